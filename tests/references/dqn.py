"""The mean of (Q(s, a) - r - 0.99 (1 - d) max Q_target(s', a'))^2."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.references.plain import forward


def losses(net: Any, b: Any) -> dict[str, float]:
    """Of the first step on a batch."""
    rows = np.arange(len(b.action))
    q = forward(net, b.obs.numpy(), "q")[rows, b.action.numpy()]
    successor = forward(net, b.obs_tp1.numpy(), "q_target").max(-1)
    y = b.reward.numpy() + 0.99 * np.where(b.terminated.numpy(), 0.0, successor)
    return {"td": float(((q - y) ** 2).mean())}
