"""A summand of the loss: its value, how it is written, and the parameters that it is meant to reach."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from rl_core.conditions import Condition, condition_json, holds

Value = Callable[[Any], Tensor]
When = Condition | tuple[Condition, ...]  # of several all hold


@dataclass(frozen=True, slots=True)
class Line:
    r"""A piece of the equation on the screen: what it says, and what computes it from samples seen by networks.

    `@name@` stands for a control: its value's own LaTeX, or its symbol. Where `when` does not hold the line is absent.
    Every line is a summand, `symbol = ..` or `.. \le ..`, and a test evaluates it as it stands.
    """

    latex: str
    value: Value
    when: When | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that has to hold."""
        if self.when is None:
            return ()
        return (self.when,) if isinstance(self.when[0], str) else self.when

    def in_force(self, c: Any) -> bool:
        """Whether the line belongs to the equation under these controls."""
        return all(holds(condition, c) for condition in self.conditions)

    def to_json(self) -> dict[str, Any]:
        """The catalog's form."""
        shown: dict[str, Any] | None = None
        for condition in reversed(self.conditions):
            shown = condition_json(condition) | ({} if shown is None else {"and": shown})
        return {"latex": self.latex, "when": shown}


@dataclass(frozen=True, slots=True)
class Term(Line):
    r"""A summand of the loss that is minimised: a scalar whose gradient is meant for the groups `into`.

    `estimates` says that its gradient estimates -\nabla J, which a truth can be set beside.
    """

    name: str = ""
    into: tuple[str, ...] = ()
    estimates: bool = False


def term(
    name: str, latex: str, into: str | tuple[str, ...], when: When | None = None, estimates: bool = False
) -> Callable[[Value], Term]:
    """Declare the function below as a term."""
    groups = (into,) if isinstance(into, str) else into
    return lambda value: Term(latex, value, when, name, groups, estimates)


def where(latex: str, when: When | None = None) -> Callable[[Value], Line]:
    """Declare what a symbol of the equation stands for, by the function below."""
    return lambda value: Line(latex, value, when)


@dataclass(frozen=True, slots=True)
class Deed(Line):
    """A line about what a rule does: its value is read from an update (`Update`) in which the rule has acted."""


def deed(latex: str, when: When | None = None) -> Callable[[Value], Deed]:
    """Declare what a symbol of a rule stands for, by the function below."""
    return lambda value: Deed(latex, value, when)


def only(declared: Term, when: When) -> Term:
    """The same term, left out where `when` does not hold."""
    return replace(declared, when=when)


class Losses:
    """The terms in force at one minibatch, by name, and the samples seen by the networks that they were made from."""

    __slots__ = ("at", "declared", "terms")

    def __init__(self, declared: Iterable[Term], at: Any) -> None:
        self.at, self.declared = at, tuple(declared)
        self.terms: dict[str, Tensor] = {term.name: term.value(at) for term in self.declared}

    def total(self, names: Collection[str] | None = None) -> Tensor:
        """The sum that is minimised, or of the terms of these names; 0 where there are none."""
        parts = [value for name, value in self.terms.items() if names is None or name in names]
        return sum(parts) if parts else next(iter(self.terms.values())).new_zeros(())  # type: ignore[return-value]
