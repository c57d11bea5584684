"""One decision and a long wait for what came of it."""

from __future__ import annotations

import numpy as np

from rl_core.environments.finite.declared import finite
from rl_core.tabular.mdp import TabularMDP, blank

LEFT, RIGHT = 0, 1


@finite("Corridor-v0", "Corridor", ("left", "right"))
def corridor(length: int = 10) -> TabularMDP:
    """The first action decides whether +1 or -1 is paid `length` steps later; all other actions do nothing.

    The credit has to travel the whole way back: reward-to-go carries it at once, a one-step TD error one state an
    update.
    """
    states = 2 * length + 2
    end = states - 1
    p, r = blank(states, 2)
    for a in (LEFT, RIGHT):
        walk = 1 + a * length + np.arange(length)
        p[0, a, walk[0]] = 1.0
        p[walk[:-1], :, walk[1:]] = 1.0
        p[walk[-1], :, end] = 1.0
        r[walk[-1], :, end] = 1.0 if a == RIGHT else -1.0
    return TabularMDP(p, r, np.eye(states)[0], length + 1, terminal=np.arange(states) == end)
