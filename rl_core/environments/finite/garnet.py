"""A random finite MDP."""

from __future__ import annotations

import numpy as np

from rl_core.environments.finite.declared import finite
from rl_core.tabular.mdp import TabularMDP, blank


@finite("Garnet-v0", "Random MDP")
def garnet(states: int = 5, actions: int = 3, horizon: int = 6, branching: int = 3, mdp_seed: int = 0) -> TabularMDP:
    """Random transitions to `branching` states each and random rewards, N(0, 1); the last state is terminal.

    Archibald, McKinnon and Thomas 1995.
    """
    rng = np.random.default_rng(mdp_seed)
    p, r = blank(states, actions)
    for row in p.reshape(-1, states):
        row[rng.choice(states, min(branching, states), replace=False)] = rng.dirichlet(np.ones(min(branching, states)))
    rho = np.append(rng.dirichlet(np.ones(states - 1)), 0.0)
    r[:] = rng.normal(size=r.shape)
    return TabularMDP(p, r, rho, horizon, terminal=np.arange(states) == states - 1)
