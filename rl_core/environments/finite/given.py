"""A finite MDP whose arrays are given by whoever starts the run."""

from __future__ import annotations

from typing import Any

from rl_core.environments.finite.declared import finite
from rl_core.tabular.mdp import TabularMDP

HALF = [[[0.0, 1.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]]
PAID = [[[0.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]]


@finite("TabularMDP-v0", "MDP of your own")
def given(
    P: list[Any] = HALF,
    R: list[Any] = PAID,
    rho: list[Any] = [1.0, 0.0],  # noqa: B006
    horizon: int = 1,
    terminal: list[Any] = [False, True],  # noqa: B006
) -> TabularMDP:
    """Arrays of your own: P[s, a, s'] and R[s, a, s'] as nested lists, rho[s], terminal[s] and the horizon in steps.

    As it stands it is a bandit: the second action pays 1.
    """
    return TabularMDP(P, R, rho, horizon, terminal=terminal)
