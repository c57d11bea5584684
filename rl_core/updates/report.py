"""How the gradients of an update were taken."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from rl_core.telemetry.metric import scalar
from rl_core.telemetry.reading import Reading
from rl_core.updates.update import Update


@dataclass(slots=True)
class GradientReport:
    """How the gradient of one step was taken, and what it was measured against."""

    calls: int = 1  # backward passes of the step
    seconds: float = 0.0  # of the policy's part, where it was taken apart
    surrogate_seconds: float | None = None  # of the one backward pass that would have done
    difference: float | None = None  # largest entry of |taken - surrogate|
    ascent: Tensor | None = None  # [P] of the policy's part, where it was taken apart


@dataclass(slots=True)
class Gradients(Reading):
    """The reports of every step, in their order."""

    reports: list[GradientReport]


@scalar("optim/backward_calls", title="Backward passes", unit="1", latex=r"n_\nabla", colour="grey")
def backward_calls(u: Gradients) -> float:
    """Backward passes of this update: one per step, or one per sample where the gradient is taken literally."""
    return float(sum(report.calls for report in u.reports))


def note(u: Update, report: GradientReport) -> None:
    """Add the report of a step."""
    so_far = u.find(Gradients)
    if so_far is None:
        u.leave(Gradients([report]))
    else:
        so_far.reports.append(report)
