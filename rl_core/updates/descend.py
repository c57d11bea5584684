"""Descent along the gradient of the loss: epochs of minibatches, each one backward pass and one optimiser step."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from rl_core.telemetry.metric import scalar
from rl_core.telemetry.reading import Reading
from rl_core.updates.flat import FlatParameters
from rl_core.updates.optimisers import OptimiserControls, build_optimiser, set_learning_rates
from rl_core.updates.report import GradientReport, note
from rl_core.updates.rule import Declared, PlainRule
from rl_core.updates.step import backward, descend
from rl_core.updates.term import Losses
from rl_core.updates.update import Step, Update


@dataclass(frozen=True, slots=True)
class Passes:
    """How often each batch is gone through, in how many parts, and when that ends early; read from the controls."""

    epochs: Callable[[Any], int] = lambda c: 1
    minibatches: Callable[[Any, int], int] = lambda c, samples: 1
    stop: Callable[[Losses], bool] | None = None  # before a step, the first of an update excepted
    estimate_again: Callable[[Any], bool] = lambda c: False  # before every epoch but the first


@dataclass(frozen=True, slots=True)
class EndedEarly(Reading):
    """The epoch, counted from 0, in which the passes were stopped."""

    epoch: int


@scalar("policy/epoch_stopped", title="Epochs ended early", unit="epoch", latex=r"k_{\text{stop}}", colour="violet")
def epoch_stopped(u: EndedEarly) -> float:
    """Epoch, counted from 0, in which the KL ended the update; absent where every epoch was whole."""
    return u.epoch


class Descend(PlainRule):
    """One optimiser over its groups; what gates let through from other terms is applied, what is others' is not."""

    def __init__(self, flat: FlatParameters, c: OptimiserControls, groups: tuple[str, ...], passes: Passes) -> None:
        self.groups = tuple(name for name in flat.groups if name in groups)
        self.optimiser = build_optimiser(flat, c, self.groups)
        self._others = tuple(name for name in flat.groups if name not in groups)
        self._passes = passes

    def __call__(self, u: Update) -> int:
        """Every step of every epoch."""
        set_learning_rates(self.optimiser, u.c)
        samples, before, mine = u.samples, len(u.steps), self._mine(u)
        for epoch in range(self._passes.epochs(u.c)):
            if epoch and self._passes.estimate_again(u.c):
                samples = u.estimate.again(u, samples)
            for m in u.minibatches(samples, self._passes.minibatches(u.c, len(samples))):
                if not self._step(u, m, mine):
                    u.leave(EndedEarly(epoch))
                    return len(u.steps) - before
        return len(u.steps) - before

    def _step(self, u: Update, m: Any, mine: frozenset[str]) -> bool:
        """One step, or False where the passes end before it; the first is always taken, so every update has one."""
        began, stop = time.perf_counter(), self._passes.stop
        losses = u.losses(m)
        if u.steps and stop is not None and stop(losses):
            return False
        report = self.fill(u, losses, mine)
        middle = time.perf_counter()
        norm = self.descend(u)
        u.note_gradient()
        u.steps.append(Step(m, losses, norm))
        note(u, report)
        u.seconds["backward"] += middle - began
        u.seconds["optimiser"] += time.perf_counter() - middle
        return True

    def descend(self, u: Update) -> Tensor:
        """Step along the gradient, clipped in place; its norm before that."""
        return descend(u.flat, self.optimiser, u.c.max_grad_norm)

    def fill(self, u: Update, losses: Losses, mine: frozenset[str]) -> GradientReport:
        """The gradient of what reaches the rule's groups; the other groups keep 0."""
        backward(losses.total(mine), u.flat)
        for name in self._others:
            u.flat.part(name).zero_()
        return GradientReport()

    def _mine(self, u: Update) -> frozenset[str]:
        """The terms that are meant for one of the groups, or that a gate lets through to one."""
        leaks = {loss for loss, group in u.c.passing_edges() if group in self.groups}
        return frozenset(t.name for t in u.terms if t.name in leaks or not set(self.groups).isdisjoint(t.into))

    def state(self) -> Any:
        """The moments."""
        return self.optimiser.state_dict()

    def restore(self, state: Any) -> None:
        """Go on with saved moments."""
        self.optimiser.load_state_dict(state)


def descending(*groups: str, passes: Passes | None = None) -> Declared:
    """Declare descent on some groups of parameters."""
    return Declared(groups, lambda flat, c: Descend(flat, c, groups, passes or Passes()))
