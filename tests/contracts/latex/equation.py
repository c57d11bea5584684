r"""The text of an equation, read as a whole: what one line defines, the others may use; L is the sum of the summands.

A line that begins with L=, + or - is a summand of the loss, any other a definition or a bound (`evaluator`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tests.contracts.latex.arithmetic import Array, Moment, Node, Numbers, Point, Sampled, gradient
from tests.contracts.latex.evaluator import Reader, name_of

LEADING = re.compile(r"^(?:\\\\|\\quad|\\;|,|\s)+")


class Equation:
    """The lines of a text at some parameters."""

    def __init__(self, lines: Sequence[str], data: Sampled, point: Point) -> None:
        self._data, self._made, table = data, dict[bytes, Numbers](), data.table(point)
        bare = {line: LEADING.sub("", line) for line in lines}
        summands = [line for line, text in bare.items() if text.startswith(("L=", "+", "-"))]
        sides = {line: text.split("=")[0] for line, text in bare.items() if line not in summands and "=" in text}
        symbols = {name_of(symbol): line for line, symbol in sides.items()}
        self._read = {
            line: Reader(text.removeprefix("L="), {*symbols, "L"}, table).line() for line, text in bare.items()
        }
        defined = {symbol: _once(self._read[line]) for symbol, line in symbols.items()}
        defined["L"] = _once(lambda m: np.sum([self._read[line](m)[0] for line in summands], keepdims=True))
        self._moment = Moment(self._at, point, defined)

    def _at(self, point: Point) -> Numbers:
        key = _key(point)
        if key not in self._made:
            self._made[key] = self._data.table(point)
        return self._made[key]

    def value(self, line: str) -> Array:
        """What a line is worth."""
        return self._read[line](self._moment).real

    def total(self) -> float:
        """L."""
        return float(self._moment.look("L").real[0])

    def gradient(self) -> Array:
        """dL in every parameter, one vector after another."""
        vectors = [name for name, x in self._moment.point.items() if len(x)]
        return np.concatenate([gradient(lambda m: m.look("L"), name, self._moment)[:, 0, 0] for name in vectors])


def _once(f: Node) -> Node:
    """f, computed once at the same parameters."""
    made = dict[bytes, Array]()

    def at(m: Moment) -> Array:
        key = _key(m.point)
        if key not in made:
            made[key] = f(m)
        return made[key]

    return at


def _key(point: Point) -> bytes:
    return b"".join(x.astype(complex).tobytes() for x in point.values())
