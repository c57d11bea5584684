"""-(1/M) sum A log pi and c_v = 0.5 times the mean of (V - (A + V))^2 = A^2, GAE(1.0) at 0.99."""

from __future__ import annotations

from typing import Any

from tests.references.plain import gae, log_policy


def losses(net: Any, b: Any) -> dict[str, float]:
    """Of the first step on a batch."""
    a, _ = gae(net, b, 1.0)
    log_pi = log_policy(net, b.obs_t[:-1].numpy(), b.action_t.numpy())
    return {"policy": float(-(a * log_pi).mean()), "value": float(0.5 * (a**2).mean())}
