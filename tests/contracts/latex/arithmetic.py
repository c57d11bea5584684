r"""What values of the evaluator are, and what is done with them.

Values are float64 arrays with the samples last: [M] or [1] numbers, [P, M] policies (their parameters), [P, 1, M]
vectors, [P, Q, M] matrices. Derivatives are taken by complex steps, f' = Im f(\theta + ih) / h, which are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Point = dict[str, Array]  # parameter vectors [P] by their symbol, such as \theta
Node = Callable[["Moment"], Array]  # an expression that was read

TINY = 1e-30  # of a complex step: its square is 0 beside 1, so that nothing is cut off
WIDE = 1e-3  # of differences of such derivatives


class Unreadable(ValueError):
    """A text that means nothing here."""


class Numbers(Protocol):
    """What symbols stand for at some parameters."""

    symbols: Mapping[str, Callable[[Callable[[str], Array]], Array | list[Array]]]  # a list: one for each action a
    functions: Mapping[str, Callable[[Array], Array]]  # applied to what follows in brackets
    longest: int  # steps of the longest trajectory
    actions: int
    chosen: Array  # [M], 1 for the samples that are summed over, else 0

    def shifted(self, x: Array, steps: int) -> Array:
        """x of each sample that many steps later in its trajectory, 0 beyond its ends."""


class Sampled(Protocol):
    """Samples, from which numbers are made."""

    def table(self, point: Point) -> Numbers:
        """The numbers at some parameters."""


@dataclass(frozen=True)
class Moment:
    """Where an expression is evaluated: the parameters, what the text defines, and the indices that are bound."""

    numbers: Callable[[Point], Numbers]
    point: Point
    defined: Mapping[str, Node]
    bound: Mapping[str, int] = field(default_factory=dict)

    @property
    def table(self) -> Numbers:
        """The numbers at these parameters."""
        return self.numbers(self.point)

    def moved(self, name: str, by: Array) -> Moment:
        """The same at other parameters."""
        return replace(self, point=self.point | {name: self.point[name] + by})

    def held(self) -> Moment:
        """The same with nothing to differentiate in."""
        return replace(self, point={name: x.real for name, x in self.point.items()})

    def binding(self, index: str, value: int) -> Moment:
        """The same with an index bound."""
        return replace(self, bound={**self.bound, index: value})

    def place(self, index: str) -> int:
        """What an index is bound to."""
        if index not in self.bound:
            raise Unreadable(f"No sum or product names the index {index}.")
        return self.bound[index]

    def look(self, symbol: str) -> Array:
        """What a symbol stands for: by another line of the text, or by the table."""
        free = replace(self, bound={})
        if symbol in self.defined:
            return self.defined[symbol](free)
        value = self.table.symbols[symbol](free.look)
        return value[self.place("a '" if "a '" in symbol else "a")] if isinstance(value, list) else value


def times(x: Array, y: Array) -> Array:
    """Numbers scale; of vectors and matrices the matrix product, a single entry of which is a number again."""
    if x.ndim < 3 or y.ndim < 3:
        return x * y
    if x.shape[1] != y.shape[0]:
        raise Unreadable(f"A matrix of {x.shape[:2]} meets one of {y.shape[:2]}.")
    z = np.einsum("ijm,jkm->ikm", x, y)
    return z[0, 0] if z.shape[:2] == (1, 1) else z


def over(x: Array, y: Array) -> Array:
    """The quotient."""
    return x / y


def power(x: Array, n: Array) -> Array:
    """x^n; of a matrix the inverse."""
    if x.ndim < 3:
        return x**n
    if not np.array_equal(n, [-1]):
        raise Unreadable("The only power of a matrix is -1.")
    return np.moveaxis(np.linalg.inv(np.moveaxis(x, -1, 0)), 0, -1)


def transposed(x: Array) -> Array:
    """Rows as columns."""
    return x.swapaxes(0, 1)


def smaller(x: Array, y: Array) -> Array:
    """The lesser of both, with its derivative."""
    return np.where(x.real <= y.real, x, y)


def larger(x: Array, y: Array) -> Array:
    """The greater of both, with its derivative."""
    return np.where(x.real >= y.real, x, y)


def gradient(f: Node, name: str, m: Moment) -> Array:
    """df / d parameters, a vector [P, 1, M] of a number."""
    ways = np.eye(len(m.point[name])) * 1j * TINY
    return np.stack([f(m.held().moved(name, way)).imag / TINY for way in ways])[:, None]


def hessian(f: Node, name: str, m: Moment) -> Array:
    """The matrix [P, P, 1] of second derivatives, by differences of first ones that are right to the fourth order."""

    def slope(by: Array) -> Array:
        return gradient(f, name, m.held().moved(name, by))[:, 0, 0]

    ways = np.eye(len(m.point[name])) * WIDE
    rows = [(8 * (slope(way) - slope(-way)) - slope(2 * way) + slope(-2 * way)) / (12 * WIDE) for way in ways]
    return np.stack(rows)[:, :, None]
