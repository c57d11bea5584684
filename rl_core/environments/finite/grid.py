"""A walk over a grid past a pit."""

from __future__ import annotations

import numpy as np

from rl_core.environments.finite.declared import finite
from rl_core.tabular.mdp import TabularMDP, blank

MOVES = ((0, -1), (0, 1), (-1, 0), (1, 0))  # (row, column), in the order of the action names


@finite("Grid-v0", "Grid", ("left", "right", "up", "down"))
def grid(width: int = 4, height: int = 4, slip: float = 0.1, horizon: int = 30) -> TabularMDP:
    """From the upper left corner to the goal in the lower right one, which pays 1; the pit above it costs 1.

    Each other step costs 0.04; with probability `slip` it goes in a random direction. Russell and Norvig,
    "Artificial Intelligence", section 17.1.
    """
    cells = width * height
    goal, pit = cells - 1, cells - 1 - width
    p, r = blank(cells, 4)
    r[:] = -0.04
    for s in range(cells):
        for taken in range(4):
            p[s, :, _moved(s, taken, width, height)] += slip / 4
            p[s, taken, _moved(s, taken, width, height)] += 1 - slip
    r[:, :, goal], r[:, :, pit] = 1.0, -1.0
    return TabularMDP(p, r, np.eye(cells)[0], horizon, terminal=np.isin(np.arange(cells), (goal, pit)))


def _moved(s: int, a: int, width: int, height: int) -> int:
    row, column = s // width + MOVES[a][0], s % width + MOVES[a][1]
    return row * width + column if 0 <= row < height and 0 <= column < width else s
