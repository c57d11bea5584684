"""The finite MDPs that ship with the engine, each a function of a few numbers."""

from __future__ import annotations

import numpy as np

from rl_core.mdp import Float64, TabularMDP

LEFT, RIGHT = 0, 1
MOVES = ((0, -1), (0, 1), (-1, 0), (1, 0))  # left, right, up, down as (row, column)


def random_mdp(states: int = 5, actions: int = 3, horizon: int = 6, branching: int = 3, mdp_seed: int = 0) -> TabularMDP:
    """Random transitions to `branching` states each, random rewards N(0, 1); the last state is terminal.

    Garnet problems: Archibald, McKinnon and Thomas 1995.
    """
    rng = np.random.default_rng(mdp_seed)
    p = np.zeros((states, actions, states))
    for row in p.reshape(-1, states):
        row[rng.choice(states, min(branching, states), replace=False)] = rng.dirichlet(np.ones(min(branching, states)))
    rho = np.append(rng.dirichlet(np.ones(states - 1)), 0.0)
    return TabularMDP(p, rng.normal(size=p.shape), rho, horizon, terminal=_last(states))


def chain(states: int = 6, slip: float = 0.1, horizon: int = 20) -> TabularMDP:
    """A row of states: right leads to 1 at the far end, left back to the start for 0.1; a slip does the other thing.

    Strens 2000: the near reward hides the far one from a policy that explores little.
    """
    p, r = _empty(states, 2)
    for s in range(states - 1):
        for a, other in ((LEFT, RIGHT), (RIGHT, LEFT)):
            for taken, probability in ((a, 1 - slip), (other, slip)):
                goal = s + 1 if taken == RIGHT else 0
                p[s, a, goal] += probability
                r[s, a, goal] = 1.0 if goal == states - 1 else 0.1 * (taken == LEFT)
    return TabularMDP(p, r, _first(states), horizon, terminal=_last(states))


def grid(width: int = 4, height: int = 4, slip: float = 0.1, horizon: int = 30) -> TabularMDP:
    """A grid from one corner to the other: each step costs 0.04, the goal pays 1, the pit beside it -1.

    With probability `slip` the step goes in a random direction (Russell and Norvig, section 17.1, generalised).
    """
    p, r = _empty(width * height, 4)
    goal, pit = width * height - 1, width * height - 1 - width
    for s in range(width * height):
        for a in range(4):
            for taken in range(4):
                p[s, a, _moved(s, taken, width, height)] += slip / 4 + (1 - slip) * (taken == a)
    r[:] = -0.04
    r[:, :, goal], r[:, :, pit] = 1.0, -1.0
    terminal = np.zeros(width * height, np.bool_)
    terminal[[goal, pit]] = True
    return TabularMDP(p, r, _first(width * height), horizon, terminal=terminal)


def corridor(length: int = 10) -> TabularMDP:
    """The first action decides a reward of +1 or -1 that is paid `length` steps later; all others do nothing.

    State 0 is the choice, then two parallel walks that no action leaves: the credit has to travel the whole way.
    """
    states = 2 * length + 2
    end = states - 1
    p, r = _empty(states, 2)
    for a in (LEFT, RIGHT):
        p[0, a, 1 + a * length] = 1.0
        for k in range(length):
            s = 1 + a * length + k
            follower = s + 1 if k < length - 1 else end
            p[s, :, follower] = 1.0
            r[s, :, follower] = (1.0 if a == RIGHT else -1.0) * (follower == end)
    return TabularMDP(p, r, _first(states), length + 1, terminal=_last(states))


def split() -> TabularMDP:
    """A leads to B or C by chance whatever is done; B pays 1 and C 0 on leaving (Sutton and Barto 2018, example 11.2).

    Semi-gradient TD finds V = (1/2, 1, 0); the residual gradient (1/2, 3/4, 1/4).
    """
    p, r = _empty(4, 2)
    p[0, :, 1] = p[0, :, 2] = 0.5
    p[1:3, :, 3] = 1.0
    r[1, :, 3] = 1.0
    return TabularMDP(p, r, _first(4), 2, terminal=_last(4))


def _empty(states: int, actions: int) -> tuple[Float64, Float64]:
    return np.zeros((states, actions, states)), np.zeros((states, actions, states))


def _first(states: int) -> Float64:
    return np.eye(states)[0]


def _last(states: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.arange(states) == states - 1


def _moved(s: int, a: int, width: int, height: int) -> int:
    row, column = s // width + MOVES[a][0], s % width + MOVES[a][1]
    return s if not (0 <= row < height and 0 <= column < width) else row * width + column
