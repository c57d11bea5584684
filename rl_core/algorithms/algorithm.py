"""What an algorithm declares, and the registry of those declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rl_core.algorithms.on_policy import OnPolicyControls
from rl_core.collect.rollout import Collector
from rl_core.networks.actor_critic import ActorCritic
from rl_core.registry import Registry
from rl_core.types import Batch, Losses, Minibatch

C = TypeVar("C", bound=OnPolicyControls)


@dataclass(frozen=True, slots=True)
class Term:
    r"""A piece of the loss in force. `@name@` stands for a control: its value's own LaTeX, or its symbol.

    `when` = (control, "is" | "not", value) leaves the piece out where it does not hold.
    """

    latex: str
    when: tuple[str, str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The catalog's form."""
        when = None if self.when is None else {"control": self.when[0], self.when[1]: self.when[2]}
        return {"latex": self.latex, "when": when}


@dataclass(frozen=True, slots=True)
class Algorithm(Generic[C]):
    """An on-policy algorithm: how it collects and what it minimises; the learner does the rest."""

    id: str
    title: str
    doc: str
    ref: str
    controls: type[C]
    equation: tuple[Term, ...]
    collect: Callable[[Collector, C], Batch]
    losses: Callable[[Minibatch, ActorCritic, C], Losses]

    def to_json(self) -> dict[str, Any]:
        """The row of the catalog."""
        text = {"id": self.id, "title": self.title, "doc": self.doc, "ref": self.ref}
        return text | {"equation": [term.to_json() for term in self.equation]}


algorithms: Registry[Algorithm[Any]] = Registry("algorithm")


def algorithm(declared: Algorithm[C]) -> Algorithm[C]:
    """Declare an algorithm."""
    algorithms.add(declared.id, declared)
    return declared
