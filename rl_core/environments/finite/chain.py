"""A row of states in which a near, small reward hides a far, large one."""

from __future__ import annotations

import numpy as np

from rl_core.environments.finite.declared import finite
from rl_core.tabular.mdp import TabularMDP, blank

LEFT, RIGHT = 0, 1


@finite("Chain-v0", "Chain", ("left", "right"))
def chain(states: int = 6, slip: float = 0.1, horizon: int = 20) -> TabularMDP:
    """A row of states: right leads step by step to 1 at the far end, left back to the start for 0.1.

    With probability `slip` the other action happens. A policy that explores little settles for the near reward.
    Strens 2000.
    """
    p, r = blank(states, 2)
    end = states - 1
    for s in range(end):
        for a in (LEFT, RIGHT):
            p[s, a, 0] += slip if a == RIGHT else 1 - slip
            p[s, a, s + 1] += 1 - slip if a == RIGHT else slip
    r[:, :, 0], r[:, :, end] = 0.1, 1.0
    return TabularMDP(p, r, np.eye(states)[0], horizon, terminal=np.arange(states) == end)
