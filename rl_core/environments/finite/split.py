"""The smallest MDP on which semi-gradient and residual gradient disagree."""

from __future__ import annotations

import numpy as np

from rl_core.environments.finite.declared import finite
from rl_core.tabular.mdp import TabularMDP, blank


@finite("Split-v0", "A-split")
def split() -> TabularMDP:
    """A leads to B or C by chance whatever is done; leaving B pays 1, leaving C nothing.

    Semi-gradient TD finds V = (1/2, 1, 0), the residual gradient (1/2, 3/4, 1/4): let the value target pass its
    gradient and watch V. Sutton and Barto 2018, example 11.2.
    """
    p, r = blank(4, 2)
    p[0, :, 1] = p[0, :, 2] = 0.5
    p[1:3, :, 3] = 1.0
    r[1, :, 3] = 1.0
    return TabularMDP(p, r, np.eye(4)[0], 2, terminal=np.arange(4) == 3)
