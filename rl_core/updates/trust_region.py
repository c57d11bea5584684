r"""Rules that step along F^{-1} g by the length that a KL of \delta allows: all of it, or searching back from it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.ad.products import Product, curvature
from rl_core.telemetry.reading import Reading
from rl_core.updates.natural import SHRINK, Solution, conjugate_gradient, line_search, measured, move, step_length
from rl_core.updates.report import GradientReport, note
from rl_core.updates.rule import Declared, PlainRule
from rl_core.updates.score import policy_parameters
from rl_core.updates.step import backward
from rl_core.updates.term import Losses
from rl_core.updates.update import Step, Update

Kl = Callable[[Any], Tensor]  # of samples seen by networks (`At`): their mean KL to the reference


@dataclass(frozen=True, slots=True)
class StepReport(Reading):
    """What a step along F^{-1} g, or along F^{-1} g with a search back, measured."""

    gradient: Tensor  # [P] ascent, of the loss in the actor, at the start
    step: Tensor  # [P] that was taken
    residuals: list[float]  # of the conjugate gradients, before the first and after every iteration
    predicted_kl: float  # of the step taken, from the Fisher matrix (nats)
    measured_kl: float  # nats
    step_norm: float
    gain: float | None = None  # of the surrogate, where one is searched along
    backtracks: int | None = None  # None where no step was taken, or none searched for

    @property
    def gradient_norm(self) -> Tensor:
        """Of the loss in the actor, at the start."""
        norm: Tensor = self.gradient.norm()
        return norm


@dataclass(frozen=True, slots=True)
class Direction:
    r"""g, x with (F + \nu I) x = g, and the step \sqrt{2 \delta / x^T (F + \nu I) x} x."""

    gradient: Tensor  # [P] ascent
    solution: Solution
    step: Tensor  # [P]
    predicted_kl: float  # step^T F step / 2, without damping


class NaturalStep(PlainRule):
    """One step on the whole batch: all that the quadratic model of the KL allows, whatever the KL then measures."""

    def __init__(self, group: str, kl: Kl) -> None:
        self.groups, self._group, self._kl = (group,), group, kl

    def __call__(self, u: Update) -> int:
        """The step."""
        began, m = time.perf_counter(), u.whole(u.samples)
        losses = u.losses(m)
        backward(losses.total(), u.flat, keep_graph=True)
        u.note_gradient()
        note(u, GradientReport())
        report = self.move(u, m, losses, natural_direction(u, losses, self._kl, self._group))
        u.leave(report)
        u.steps.append(Step(m, losses, report.gradient_norm, clipped=False))
        u.seconds["optimiser"] += time.perf_counter() - began
        return 1

    def move(self, u: Update, m: Any, losses: Losses, found: Direction) -> StepReport:
        """Take it."""
        move(u.flat.values(self._group), found.step)
        kl = measured(lambda: float(self._kl(u.see(m, u.net, u.c))))
        return StepReport(
            gradient=found.gradient,
            step=found.step,
            residuals=found.solution.residuals,
            predicted_kl=found.predicted_kl,
            measured_kl=kl,
            step_norm=float(found.step.norm()),
        )


class LineSearch(NaturalStep):
    """The same step, shortened until the surrogate improves inside the trust region (Schulman et al. 2015, app. C)."""

    def move(self, u: Update, m: Any, losses: Losses, found: Direction) -> StepReport:
        """Take what the search allows."""
        mine = [term.name for term in u.terms if self._group in term.into]
        before = float(constant(losses.total(mine)))

        def measure() -> tuple[float, float]:
            now = Losses(u.terms, u.see(m, u.net, u.c))
            return before - float(now.total(mine)), float(self._kl(now.at))

        tried = line_search(u.flat.values(self._group), found.step, measure, u.c.delta, u.c.backtracks)
        share = 0.0 if tried.backtracks is None else SHRINK**tried.backtracks
        return StepReport(
            gradient=found.gradient,
            step=share * found.step,
            residuals=found.solution.residuals,
            predicted_kl=share**2 * found.predicted_kl,
            measured_kl=tried.kl,
            step_norm=share * float(found.step.norm()),
            gain=tried.gain,
            backtracks=tried.backtracks,
        )


def natural_step(group: str, kl: Kl) -> Declared:
    """Declare the whole natural step of a group."""
    return Declared((group,), lambda flat, c: NaturalStep(group, kl))


def searched_step(group: str, kl: Kl) -> Declared:
    """Declare the natural step of a group with a search back along it."""
    return Declared((group,), lambda flat, c: LineSearch(group, kl))


def natural_direction(u: Update, losses: Losses, kl: Kl, group: str) -> Direction:
    r"""The longest step along (F + \nu I)^{-1} g that the quadratic model of the KL allows; -g is in `flat`.

    F is the Hessian of the mean KL to the reference at \theta' = \theta (Kakade 2001; Schulman et al. 2015).
    """
    c, gradient = u.c, -u.flat.part(group)
    fisher = curvature(kl(losses.at), policy_parameters(u.net))
    solution = conjugate_gradient(damped(fisher, c.damping), gradient, c.cg_iterations)
    x, f_x = solution.x, fisher(solution.x)
    scale = step_length(x, f_x + c.damping * x, c.delta)
    return Direction(gradient, solution, scale * x, 0.5 * scale**2 * float(x @ f_x))


def damped(product: Product, nu: float) -> Product:
    r"""v -> (A + \nu I) v."""
    return lambda v: product(v) + nu * v
