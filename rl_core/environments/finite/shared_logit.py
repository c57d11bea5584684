r"""Where leaving out \gamma^t turns the gradient round."""

from __future__ import annotations

import numpy as np

from rl_core.environments.finite.declared import finite
from rl_core.tabular.mdp import TabularMDP, blank


@finite("SharedLogit-v0", "One logit for all states", ("pass", "take"), features="constant")
def shared_logit(delay: int = 10) -> TabularMDP:
    r"""Taking pays +1 at once and -2 `delay` steps later; all states look the same, so one probability p serves all.

    dJ/dp = 1 - 2 \gamma^delay, at \gamma = 0.9 and 10 steps +0.30; without \gamma^t the direction is 1 - 2 = -1. With
    a logit per state only the size of its part would be wrong.
    """
    if delay < 1:
        raise ValueError(f"delay is {delay}; the second payment comes at least 1 step after the first.")
    p, r = blank(delay + 2, 2)
    for s in range(delay + 1):
        p[s, :, s + 1] = 1.0
    r[0, 1, 1] = 1.0
    r[delay, 1, delay + 1] = -2.0
    return TabularMDP(p, r, np.eye(delay + 2)[0], delay + 1, terminal=np.arange(delay + 2) == delay + 1)
