"""Options of a control, one function each: its name, how it is written, and what it takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

from torch import Tensor

from rl_core.registry import Registry

F = TypeVar("F", bound=Callable[..., Tensor])


@runtime_checkable
class Given(Protocol):
    """What options are computed from: attributes under the names of their parameters, and a place for what was made."""

    made: dict[Callable[..., Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a control: its LaTeX, its function, and the facts that refusals are made from."""

    name: str
    latex: str
    function: Callable[..., Tensor]
    takes: tuple[str, ...]
    facts: frozenset[str]

    def of(self, given: Given) -> Tensor:
        """The function at the attributes of `given` that its parameters name, computed once."""
        if self.function not in given.made:
            given.made[self.function] = self.function(**{name: getattr(given, name) for name in self.takes})
        return given.made[self.function]


class Options(Registry[Option]):
    """The values of one control, in the order of their declaration."""

    def option(self, name: str, latex: str, *facts: str) -> Callable[[F], F]:
        """Declare the function below as the value `name`; what it takes are its parameters."""

        def declare(function: F) -> F:
            takes = tuple(inspect.signature(function).parameters)
            self.add(name, Option(name, latex, function, takes, frozenset(facts)))
            return function

        return declare

    def latex(self, without: str = "") -> dict[str, str]:
        """How each value is written, leaving out those of which a fact holds."""
        return {name: option.latex for name, option in self.items() if without not in option.facts}

    def names(self, fact: str = "", without: str = "") -> tuple[str, ...]:
        """The values of which a fact holds, or another does not."""
        return tuple(
            name for name, option in self.items()
            if (not fact or fact in option.facts) and without not in option.facts
        )  # fmt: skip

    def literal(self, without: str = "") -> Any:
        """The type of the control."""
        return Literal[self.names(without=without)]


return_kinds = Options("return kind")  # facts: "critic" = bootstraps with V, "baseline" = carries its own
critic_targets = Options("critic target")
baselines = Options("baseline")  # facts: "whole" = needs whole episodes and a single step, "q" = needs Q(s, a)
weights = Options("importance weight")  # facts: "weight" = multiplies log pi, so that it can be normalised and clamped
kl_estimators = Options("KL estimator")
