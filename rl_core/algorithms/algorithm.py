"""What an algorithm declares, and the registry of those declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from torch import Tensor

import rl_core.algorithms
from rl_core.collect.rollout import Collector
from rl_core.data.batch import Batch
from rl_core.data.samples import Losses, Minibatch
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.registry import Registry, discover
from rl_core.updates.flat import FlatParameters

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
class StepReport:
    """What a step along F^{-1} g, or along F^{-1} g with a search back, measured."""

    gradient_norm: Tensor  # of the loss in the actor, at the start
    residuals: list[float]  # of the conjugate gradients, before the first and after every iteration
    predicted_kl: float  # of the step taken, from the Fisher matrix (nats)
    measured_kl: float  # nats
    step_norm: float
    gain: float | None = None  # of the surrogate, where one is searched along
    backtracks: int | None = None  # None where no step was taken, or none searched for


@dataclass(frozen=True, slots=True)
class Algorithm(Generic[C]):
    """An on-policy algorithm: how it collects and what it minimises; the learner does the rest.

    With an `actor_step` the actor takes one step on the whole batch that no optimiser takes, given the losses before:
    it moves the actor's part of the parameters and tells how that went. The optimiser then fits only the critic.
    """

    id: str
    title: str
    doc: str
    ref: str
    controls: type[C]
    equation: tuple[Term, ...]
    collect: Callable[[Collector, C], Batch]
    losses: Callable[[Minibatch, ActorCritic, C], Losses]
    actor_step: Callable[[Minibatch, Losses, ActorCritic, FlatParameters, C], StepReport] | None = None

    def to_json(self) -> dict[str, Any]:
        """The row of the catalog."""
        text = {"id": self.id, "title": self.title, "doc": self.doc, "ref": self.ref}
        return text | {"equation": [term.to_json() for term in self.equation]}


algorithms: Registry[Algorithm[Any]] = Registry("algorithm")


def algorithm(declared: Algorithm[C]) -> Algorithm[C]:
    """Declare an algorithm."""
    algorithms.add(declared.id, declared)
    return declared


def discover_algorithms() -> None:
    """Import every algorithm file, so that each declares itself."""
    discover(rl_core.algorithms)
