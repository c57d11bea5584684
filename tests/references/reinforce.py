"""-(1/N) sum_i sum_t G_t log pi(a_t|s_t), gamma = 0.99."""

from __future__ import annotations

from typing import Any

from tests.references.plain import log_policy


def losses(net: Any, b: Any) -> dict[str, float]:
    """Of the first step on a batch."""
    log_pi = log_policy(net, b.obs_t[:-1].numpy(), b.action_t.numpy())
    total = 0.0
    for n in range(b.shape[1]):
        g = 0.0
        for t in reversed(range(b.shape[0])):
            if b.valid_t is None or b.valid_t[t, n]:
                g = float(b.reward_t[t, n]) + 0.99 * g
                total -= g * log_pi[t, n]
    return {"policy": total / b.shape[1]}
