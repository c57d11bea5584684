"""A finite Markov decision process given by its arrays, small enough that everything about it can be computed."""

from __future__ import annotations

import copy
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
LARGEST = 4_000_000  # entries of P: 32 MB, and as much for R
ROUNDING = 1e-9  # how far from 1 a row of probabilities may sum


class Outcomes(NamedTuple):
    """What may follow each (s, a), at most B different things; all [S, A, B], and behind the last one p is 0."""

    p: Float64
    state: Int64
    reward: Float64


class TabularMDP:
    r"""P[s, a, s'] and R[s, a, s'] for S states and A actions, rho[s], terminal[s], H steps, discount gamma.

    A terminal state absorbs and pays nothing; after `horizon` steps the episode is over, and what would have followed
    is not part of J. The reward of (s, a, s') is received for (s, a). Raises ValueError with what is wrong.
    """

    def __init__(
        self,
        P: ArrayLike,
        R: ArrayLike,
        rho: ArrayLike,
        horizon: int,
        gamma: float = 1.0,
        terminal: ArrayLike | None = None,
    ) -> None:
        self.P, self.R = _array("P", P, 3), _array("R", R, 3)
        self.rho = _array("rho", rho, 1)
        n_states = len(self.rho)
        flags = np.zeros(n_states) if terminal is None else _array("terminal", terminal, 1)
        self.terminal: NDArray[np.bool_] = flags.astype(np.bool_)
        self.horizon, self.gamma = _horizon(horizon), _gamma(gamma)
        self._check_shapes(n_states)
        _check_distribution("rho", self.rho)
        _check_distribution("P[s, a]", self.P[~self.terminal])
        self._absorb()

    @property
    def n_states(self) -> int:
        """S."""
        return len(self.rho)

    @property
    def n_actions(self) -> int:
        """A."""
        return int(self.P.shape[1])

    @cached_property
    def outcomes(self) -> Outcomes:
        """The successors that P allows, in their order: sums over them take a fraction of those over all states."""
        width = int((self.P > 0).sum(-1).max())
        state = np.argsort(self.P == 0, axis=-1, kind="stable")[..., :width]
        p, reward = (np.take_along_axis(x, state, -1) for x in (self.P, self.R))
        return Outcomes(p, state, np.where(p > 0, reward, 0.0))

    @property
    def sweep(self) -> int:
        """Products in one pass over all steps, [S, S] and [S, A, B] each: what anything exact about it costs."""
        return (self.n_states**2 + self.outcomes.p.size) * self.horizon

    def discounted(self, gamma: float) -> TabularMDP:
        """The same MDP under another discount; the arrays are shared."""
        other = copy.copy(self)
        other.gamma = _gamma(gamma)
        return other

    def to_json(self) -> dict[str, Any]:
        """The arguments that build it again, as plain lists."""
        arrays = {"P": self.P.tolist(), "R": self.R.tolist(), "rho": self.rho.tolist()}
        return arrays | {"terminal": self.terminal.tolist(), "horizon": self.horizon, "gamma": self.gamma}

    def _check_shapes(self, n_states: int) -> None:
        n_actions = self.P.shape[1]
        expected = {"P": (n_states, n_actions, n_states), "R": (n_states, n_actions, n_states), "terminal": (n_states,)}
        for name, shape in expected.items():
            found = getattr(self, name).shape
            if found != shape:
                raise ValueError(
                    f"{name} has shape {found}; rho has {n_states} states and P {n_actions} actions, so expected "
                    f"{shape}. The axes are [state, action, next state]."
                )

    def _absorb(self) -> None:
        """Terminal states stay where they are and pay nothing, whatever was given for them."""
        self.P[self.terminal] = 0.0
        for s in np.flatnonzero(self.terminal):
            self.P[s, :, s] = 1.0
        self.R[self.terminal] = 0.0


def blank(states: int, actions: int) -> tuple[Float64, Float64]:
    """P and R [S, A, S] full of zeros, to be filled in; raises ValueError for sizes that make no sense or no room."""
    if states < 2 or actions < 1:
        raise ValueError(f"{states} states and {actions} actions; expected at least 2 states and 1 action.")
    if states * actions * states > LARGEST:
        raise ValueError(f"{states} states and {actions} actions; P would have more than {LARGEST:,} entries.")
    return np.zeros((states, actions, states)), np.zeros((states, actions, states))


def _array(name: str, given: ArrayLike, ndim: int) -> Float64:
    try:
        array = np.asarray(given).astype(np.float64)  # a copy, so that nobody else changes it
    except (TypeError, ValueError) as failed:
        raise ValueError(f"{name} is not an array of numbers: {failed}. Give nested lists of equal length.") from None
    if array.ndim != ndim or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}; expected {ndim} axes, none of them empty.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a number that is not finite; expected finite numbers only.")
    return array


def _check_distribution(name: str, rows: Float64) -> None:
    if (rows < 0).any():
        raise ValueError(f"{name} has the negative entry {rows.min():g}; probabilities are at least 0.")
    off = np.abs(rows.sum(-1) - 1.0)
    if off.size and off.max() > ROUNDING:
        total = rows.sum(-1).reshape(-1)[off.argmax()]
        raise ValueError(f"{name} sums to {total:.12g}; probabilities over the states sum to 1. Divide by the sum.")


def _horizon(horizon: int) -> int:
    if isinstance(horizon, bool) or int(horizon) != horizon or horizon < 1:
        raise ValueError(f"horizon is {horizon}; expected a whole number of steps, at least 1.")
    return int(horizon)


def _gamma(gamma: float) -> float:
    if not 0.0 <= gamma <= 1.0:
        raise ValueError(f"gamma is {gamma}; allowed 0 to 1.")
    return float(gamma)
