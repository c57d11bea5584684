r"""A small evaluator of the LaTeX that equations are written in: a text becomes numbers, or fails.

What it reads (anything else raises `Unreadable` with the position and the text):

    x y, 2x, x/y        products are implicit; "/" divides by the whole product after it: a/bc = a/(bc)
    x+y, -x, x^n        sums, signs, powers;  x^\top, X^{-1}  of vectors and matrices;  x\odot y  entry by entry
    (x), [x], {x}       groups;  [x>y], [x<y]  1 where it is true, else 0
    \frac xy, \tfrac xy, \sqrt{x}, \log x, \exp x, \min(x, y), \max[x, y]
    \operatorname{clip}(x, \pm e), \operatorname{clip}(x, 1\pm e)
    \operatorname{sg}[x]                  the value of x, with derivative 0
    \sum x, \sum_{i,t} x                  over all samples (of the minibatch at hand)
    \sum_l x, l = 0, 1, ..;  \sum_{k\ge t} x, \prod_k x, \prod_{k\le t} x      along the trajectory of each sample
    \sum_a x, \max_{a'} x                 over actions
    \nabla_\theta x, \nabla_\theta^2 x    derivatives in a parameter vector
    f(\theta+x), f(\theta_..)             f, a symbol that the text defines, at other parameters

A sum, a product and a derivative reach to the next + or - or / of their own level. \log and \exp take one factor.
Everything else is a *symbol*: a text that the table of numbers knows, or the left side of another line of the equation.
The longest one that fits is taken. A symbol with index t is also known with index k, t+l or k+1: its value at that time
of the same trajectory, 0 beyond its end. Spacing, sizes of brackets and line breaks mean nothing. A line is an
expression, or `symbol = x`, whose value is that of x, or `x \le y`, whose value is that of x, and which must be true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, reduce

import numpy as np

from tests.contracts.latex.arithmetic import (
    Array,
    Moment,
    Node,
    Numbers,
    Unreadable,
    gradient,
    hessian,
    larger,
    over,
    power,
    smaller,
    times,
    transposed,
)

TOKEN = re.compile(r"\\(?:text|operatorname|mathrm)\{[^}]*\}|\\[A-Za-z]+|\\.|\S")
SILENT = {r"\,", r"\;", r"\!", r"\\", r"\quad", r"\textstyle", r"\big", r"\Big"}
CLOSING = {"(": ")", "[": "]", "{": "}"}
STOPS = {"+", "-", "/", "=", ",", r"\pm", r"\le", ">", "<", "", *CLOSING.values()}
ALONG = {"l": (0, 1), "k": (-1, 1), r"k \ge t": (0, 1), r"k \le t": (-1, 0)}  # from and to how many lengths away
OTHER_TIMES = {"k": ("k", 0), "{ k + 1 }": ("k", 1), "{ t + l }": ("l", 0)}


@dataclass(frozen=True)
class Token:
    """A piece of the text and where it begins."""

    text: str
    at: int


def tokens(latex: str) -> list[Token]:
    """The text in pieces, without those that mean nothing."""
    found = [Token(m.group(), m.start()) for m in TOKEN.finditer(latex)]
    return [token for token in found if token.text not in SILENT]


@cache
def name_of(latex: str) -> str:
    """The one way in which a symbol is known, however it is spaced."""
    return " ".join(token.text for token in tokens(latex))


class Reader:
    """A recursive-descent parser; `symbols` are those of the table and of the other lines of the text."""

    def __init__(self, latex: str, symbols: Iterable[str], table: Numbers) -> None:
        self._latex, self._tokens, self._at, self._table = latex, tokens(latex), 0, table
        self._symbols = {symbol: symbol.split() for symbol in (*symbols, *table.symbols, *table.functions)}

    def line(self) -> Node:
        """The whole text."""
        x = self.expression()
        if self._passes("="):
            x = self.expression()
        elif self._passes(r"\le"):
            x = self._bounded(x, self.expression())
        if self._next:
            self._fail("expected the end")
        return x

    def _bounded(self, x: Node, most: Node) -> Node:
        def checked(m: Moment) -> Array:
            if not (x(m).real <= most(m).real).all():
                raise Unreadable(f"{self._latex} is false: {x(m).real} > {most(m).real}.")
            return x(m)

        return checked

    def expression(self) -> Node:
        """Signed quotients, summed."""
        x = self._signed("-" if self._passes("-") else "+" * self._passes("+"))
        while self._next in ("+", "-"):
            sign = self._next
            self._at += 1
            x = _both(np.add, x, self._signed(sign))
        return x

    def _signed(self, sign: str) -> Node:
        x = self._product()
        while self._passes("/"):
            x = _both(over, x, self._product())
        return _of(np.negative, x) if sign == "-" else x

    def _product(self) -> Node:
        x = self._powered()
        while self._next not in STOPS:
            x = _both(np.multiply if self._passes(r"\odot") else times, x, self._powered())
        return x

    def _powered(self) -> Node:
        x = self._factor()
        while self._passes("^"):
            x = _of(transposed, x) if self._passes(r"\top") else _both(power, x, self._argument())
        return x

    def _factor(self) -> Node:
        symbol = self._symbol()
        if symbol is not None:
            return symbol
        command = COMMANDS.get(self._next)
        if command is not None:
            self._at += 1
            return command(self)
        return self._number() if self._next.isdigit() else self._group()

    def _number(self) -> Node:
        digits = re.match(r"\d+(\.\d+)?", self._latex[self._tokens[self._at].at :])
        assert digits is not None
        self._at += len(digits[0])
        return lambda m: np.array([float(digits[0])])

    def _argument(self) -> Node:
        """What ^ and a fraction take: one digit, one symbol, or a group in braces."""
        if not self._next.isdigit():
            return self._factor()
        digit = float(self._next)
        self._at += 1
        return lambda m: np.array([digit])

    def _group(self) -> Node:
        closing = self._opened()
        x = self.expression()
        if closing == "]" and self._passes(">"):
            x = _both(np.greater, _of(np.real, x), _of(np.real, self.expression()))
        elif closing == "]" and self._passes("<"):
            x = _both(np.less, _of(np.real, x), _of(np.real, self.expression()))
        self._take(closing)
        return _of(lambda value: value * 1.0, x)

    def _symbol(self) -> Node | None:
        """The longest symbol that begins here."""
        fits = [(fit[0], fit[1] is None, symbol, fit[1]) for symbol in self._symbols if (fit := self._fit(symbol))]
        if not fits:
            return None
        length, _, symbol, time = max(fits, key=lambda fit: fit[:2])
        self._at += length
        if symbol in self._table.functions:
            return _of(self._table.functions[symbol], self._group())
        if self._upcoming(2) == ["(", r"\theta"]:
            there = self._group()
            return lambda m: m.moved(r"\theta", there(m.held())[:, 0, 0] - m.held().point[r"\theta"]).look(symbol)
        if time is None:
            return lambda m: m.look(symbol)
        index, later = time
        return lambda m: m.table.shifted(m.look(symbol), m.place(index) + later)

    def _fit(self, symbol: str) -> tuple[int, tuple[str, int] | None] | None:
        """How many tokens the symbol covers here, and at which other time it stands, if it stands here."""
        at, time, before = self._at, None, ""
        for wanted in self._symbols[symbol]:
            length, other = 1, None
            if wanted != (self._tokens[at].text if at < len(self._tokens) else ""):
                length, other = self._other_time(at) if (before, wanted) == ("_", "t") else (0, None)
                if other is None or time not in (None, other):
                    return None
            at, time, before = at + length, other or time, wanted
        return at - self._at, time

    def _other_time(self, at: int) -> tuple[int, tuple[str, int] | None]:
        here = [token.text for token in self._tokens[at : at + 5]]
        length = 5 if here[:1] == ["{"] else 1
        return length, OTHER_TIMES.get(" ".join(here[:length]))

    def index(self) -> Node:
        """k and l as numbers; k is a time."""
        name = self._tokens[self._at - 1].text
        return (lambda m: m.look("t") + m.place("k")) if name == "k" else (lambda m: np.array([m.place("l")]))

    def summed(self, empty: float, join: Callable[[Array, Array], Array]) -> Node:
        """After the sign of a sum or a product: over samples, actions, or along trajectories."""
        which = self._subscript()
        if which not in ("", "i , t", "a", *ALONG):
            self._fail(f"a sum or product over {which}")
        body = self._product()
        if which in ("", "i , t"):
            return lambda m: np.sum(body(m) * m.table.chosen, -1, keepdims=True)

        def joined(m: Moment) -> Array:
            if which == "a":
                each = [body(m.binding("a", a)) for a in range(m.table.actions)]
            else:
                first, last = (way * (m.table.longest - 1) for way in ALONG[which])
                there = {j: m.table.shifted(np.ones_like(m.table.chosen), j) > 0 for j in range(first, last + 1)}
                each = [np.where(inside, body(m.binding(which[0], j)), empty) for j, inside in there.items()]
            total = np.array([empty])
            for x in each:
                total = join(total, x)
            return total

        return joined

    def _subscript(self) -> str:
        if not self._passes("_"):
            return ""
        first, self._at = self._at, self._at + 1
        if self._tokens[first].text != "{":
            return self._tokens[first].text
        while self._next not in ("}", ""):
            self._at += 1
        self._take("}")
        return " ".join(token.text for token in self._tokens[first + 1 : self._at - 1])

    def derivative(self) -> Node:
        """After a nabla: in which parameters, once or twice, and of what."""
        self._take("_")
        name = self._next
        self._take(r"\phi" if name == r"\phi" else r"\theta")
        twice = self._upcoming(2) == ["^", "2"]
        self._at += 2 * twice
        body = self._product()
        return lambda m: (hessian if twice else gradient)(body, name, m)

    def clip(self) -> Node:
        """After its name: x, and a range around 0 or 1."""
        closing = self._opened()
        x = self.expression()
        self._take(",")
        centre = 1.0 if self._passes("1") else 0.0
        self._take(r"\pm")
        half = self._product()
        self._take(closing)
        return lambda m: larger(smaller(x(m), centre + half(m)), centre - half(m))

    def extreme(self, choose: Callable[[Array, Array], Array]) -> Node:
        """After min or max: two values in brackets, or an index a' and what it is over all actions."""
        if self._next == "_":
            if self._subscript() != "a '":
                self._fail("expected the index a'")
            body = self._product()
            return lambda m: reduce(choose, (body(m.binding("a '", a)) for a in range(m.table.actions)))
        closing = self._opened()
        x = self.expression()
        self._take(",")
        both = _both(choose, x, self.expression())
        self._take(closing)
        return both

    def fraction(self) -> Node:
        """After its name."""
        x = self._argument()
        return _both(over, x, self._argument())

    def held(self) -> Node:
        """After sg."""
        x = self._group()
        return lambda m: x(m.held())

    def one(self, f: Callable[[Array], Array]) -> Node:
        """After log, exp or a root: of one factor."""
        return _of(f, self._powered())

    @property
    def _next(self) -> str:
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    def _upcoming(self, n: int) -> list[str]:
        return [token.text for token in self._tokens[self._at : self._at + n]]

    def _passes(self, text: str) -> bool:
        """Whether the next token is this one, which is then read."""
        found = self._next == text
        self._at += found
        return found

    def _take(self, text: str) -> None:
        if not self._passes(text):
            self._fail(f"expected {text}")

    def _opened(self) -> str:
        """What closes the bracket that opens here."""
        if self._next not in CLOSING:
            self._fail("this means nothing here")
        self._at += 1
        return CLOSING[self._tokens[self._at - 1].text]

    def _fail(self, why: str) -> None:
        at = self._tokens[self._at].at if self._at < len(self._tokens) else len(self._latex)
        raise Unreadable(f"{why}, at {at}: {self._latex[:at]} >>> {self._latex[at:]}")


def _of(f: Callable[[Array], Array], x: Node) -> Node:
    return lambda m: f(x(m))


def _both(f: Callable[[Array, Array], Array], x: Node, y: Node) -> Node:
    return lambda m: f(x(m), y(m))


COMMANDS: dict[str, Callable[[Reader], Node]] = {
    r"\frac": Reader.fraction, r"\tfrac": Reader.fraction, r"\nabla": Reader.derivative,
    r"\sum": lambda r: r.summed(0.0, np.add), r"\prod": lambda r: r.summed(1.0, np.multiply),
    r"\min": lambda r: r.extreme(smaller), r"\max": lambda r: r.extreme(larger),
    r"\operatorname{clip}": Reader.clip, r"\operatorname{sg}": Reader.held,
    r"\log": lambda r: r.one(np.log), r"\exp": lambda r: r.one(np.exp), r"\sqrt": lambda r: r.one(np.sqrt),
    "k": Reader.index, "l": Reader.index,
}  # fmt: skip
