"""What one update leaves behind for the metrics to read."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from rl_core.algorithms.algorithm import StepReport
from rl_core.data.samples import Estimates, Losses, Minibatch
from rl_core.on_policy.gradient import GradientReport, ScoreProbe
from rl_core.on_policy.samples import Samples
from rl_core.on_policy.truth import Known
from rl_core.telemetry.probes import Probe


@dataclass(slots=True)
class Trace:
    """What the steps of one update leave behind, still as tensors: reading a number now would stall the loop."""

    estimates: Estimates
    samples: Samples
    minibatches: list[Minibatch]
    losses: list[Losses]
    norms: list[Tensor]
    first_gradient: dict[str, Tensor]
    pressure: dict[str, float]
    probe: Probe | None
    steps_per_epoch: int
    seconds: dict[str, float]
    gradients: list[GradientReport]  # of every step of the optimiser
    step: StepReport | None = None  # of an actor that no optimiser moves
    score: ScoreProbe | None = None
    known: Known | None = None  # where the environment is a finite MDP
    graph: tuple[int, int] | None = None  # nodes of the first loss's graph, and bytes they saved
    kl_coef: float | None = None  # of the KL penalty, where there is one
    epoch_stopped: int | None = None  # counted from 0; None where every epoch was whole

    def add(self, m: Minibatch, losses: Losses, norm: Tensor, report: GradientReport) -> None:
        """Keep what one step was made of."""
        self.minibatches.append(m)
        self.losses.append(losses)
        self.norms.append(norm)
        self.gradients.append(report)
