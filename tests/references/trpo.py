"""-(1/M) sum rho A with GAE(0.95) at 0.99; its optimiser fits V alone, c_v 0.5."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.references.plain import gae, log_policy


def losses(net: Any, b: Any) -> dict[str, float]:
    """Of the first step on a batch."""
    a, _ = gae(net, b, 0.95)
    rho = np.exp(log_policy(net, b.obs_t[:-1].numpy(), b.action_t.numpy()) - b.log_prob_t.numpy())
    return {"policy": float(-(rho * a).mean()), "value": float(0.5 * (a**2).mean())}
