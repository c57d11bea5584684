"""What an algorithm declares, one part per stage, and the registry of those declared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from torch import Generator

import rl_core.algorithms
import rl_core.on_policy.metrics
from rl_core.collect.source import Source
from rl_core.environments.lanes import Lanes
from rl_core.networks.mapping import Networks
from rl_core.registry import Registry, discover
from rl_core.run_controls import RunControls
from rl_core.streams import Streams
from rl_core.types import Spaces
from rl_core.updates.rule import Declared
from rl_core.updates.term import Line, Term
from rl_core.updates.update import Estimate, Onlooker

C = TypeVar("C", bound=RunControls)


@dataclass(frozen=True, slots=True)
class Algorithm(Generic[C]):
    """One part per stage: networks, source, estimate, terms, rules. A part may remember; the loop knows nothing else.

    The equation on the screen is the list of `terms` in force, and after them the lines of `where`.
    """

    id: str
    title: str
    doc: str
    ref: str
    controls: type[C]
    networks: Callable[[Spaces, C, Generator], Networks]
    source: Callable[[Lanes, Any, Streams, C, Callable[[], float]], Source]
    estimate: Callable[[Any, Spaces], Estimate]
    see: Callable[[Any, Any, Any], Any]  # samples, networks, controls -> what terms read
    terms: tuple[Term, ...]
    rules: tuple[Declared, ...]
    where: tuple[Line, ...] = ()
    instruments: tuple[Callable[[Any, Lanes, bool], Onlooker | None], ...] = ()  # networks, lanes, whether watched

    @property
    def groups(self) -> tuple[str, ...]:
        """Every parameter group that a rule moves."""
        return tuple(group for rule in self.rules for group in rule.groups)

    def in_force(self, c: C) -> tuple[Term, ...]:
        """The terms that are summed under these controls."""
        return tuple(term for term in self.terms if term.in_force(c))

    def to_json(self) -> dict[str, Any]:
        """The row of the catalog."""
        text = {"id": self.id, "title": self.title, "doc": self.doc, "ref": self.ref}
        return text | {"equation": [line.to_json() for line in self.equation()]}

    def equation(self) -> Sequence[Line]:
        """Every line that the screen may show."""
        return (*self.terms, *self.where)


algorithms: Registry[Algorithm[Any]] = Registry("algorithm")


def algorithm(declared: Algorithm[C]) -> Algorithm[C]:
    """Declare an algorithm."""
    algorithms.add(declared.id, declared)
    return declared


def discover_algorithms() -> None:
    """Import every file of algorithms and of what they measure, so that each declares itself."""
    discover(rl_core.algorithms)
    discover(rl_core.on_policy.metrics)
