"""Reads one update's numbers from the tensors it left behind; nothing here is read by the training itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rl_core.collect.acting import acting
from rl_core.estimators.reductions import reduction_scale
from rl_core.on_policy.advantages import Estimated
from rl_core.on_policy.gradient import ScoreProbe
from rl_core.on_policy.kl_control import Beta
from rl_core.on_policy.samples import flat as flat_of
from rl_core.on_policy.truth import Known
from rl_core.run.learner import Learner
from rl_core.telemetry.deviation import Deviation
from rl_core.telemetry.heads import head
from rl_core.telemetry.probes import Probe
from rl_core.telemetry.record import Array, ExactReading, GradientReading, TrustRegionStep, UpdateRecord
from rl_core.types import ActionSpace, Box
from rl_core.updates.descend import EndedEarly, Gradients
from rl_core.updates.probing import GraphSize
from rl_core.updates.trust_region import StepReport
from rl_core.updates.update import Update


@dataclass(slots=True)
class Clockings:
    """Seconds of one update: collecting, processor time of all phases, and wall time since the last update ended."""

    collect: float
    cpu: float
    elapsed: float


class Measurer:
    """Remembers the last gradient and parameters, to compare with the next."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._acting, self._head = acting(learner.net, learner.spaces.actions), head(learner.spaces.actions)
        self._last_gradient: Array | None = None
        self._last_parameters = _array(learner.flat.vector).copy()
        self._deviation = Deviation()

    def record(self, u: Update, spent: Clockings) -> UpdateRecord:
        """The record of the update that has just ended."""
        b, c, m, last = u.batch, u.c, u.samples, u.steps[-u.steps_per_epoch :]
        e = u.left[Estimated].estimates
        pi = self._pi(u)
        steps = [m] if len(u.steps) == 1 else [x.samples for x in last]
        stored = self._head.normal(_joined([x.behaviour for x in steps]))
        action = m.action.cpu().numpy()
        log_ratio = (
            _joined([x.losses.at.log_rho for x in last]) if len(u.steps) > 1 else self._moved(stored, pi, action)
        )
        parameters = _array(self._learner.flat.vector).copy()
        moved, self._last_parameters = parameters - self._last_parameters, parameters
        gradients = {name: _array(g) for name, g in u.first_gradient.items()}
        has_critic, probe, known, beta = (
            self._learner.net.critic is not None,
            u.find(Probe),
            u.find(Known),
            u.find(Beta),
        )
        ended, log_weight = u.find(EndedEarly), last[-1].losses.at.log_weight
        return UpdateRecord(
            advantage=_array(m.advantage),
            returns=_array(flat_of(e.return_t, b)),
            value=_array(flat_of(e.value_t, b)) if has_critic else None,
            target=_array(m.target) if has_critic else None,
            td_error=None if e.td_error_t is None else _array(flat_of(e.td_error_t, b)),
            action=action,
            log_prob=_array(m.log_prob),
            log_ratio=log_ratio,
            ratio_m1=np.expm1(log_ratio),
            first_log_ratio=_array(u.steps[0].losses.at.log_rho),
            kl_exact=self._head.kl(stored, pi),
            entropy=self._head.entropy(pi),
            max_entropy=self._head.max_entropy,
            log_sigma=self._head.log_sigma(pi),
            bounds=_bounds(self._learner.spaces.actions),
            clip=c.clip if type(self._learner._algorithm).__name__ and self._learner._algorithm.id == "ppo" else None,
            losses=_means([x.losses.terms for x in last]),
            grad_norms=_array(torch.stack([x.norm for x in u.steps])),
            max_grad_norm=c.max_grad_norm,
            group_norms={name: _norm(g) for name, g in gradients.items()},
            grad_cosine=self._cosine(np.concatenate(list(gradients.values()))),
            param_norm=_norm(parameters),
            update_norm=_norm(moved),
            learning_rate=c.learning_rate,
            env_steps=len(action),
            seconds=u.seconds | {"collect": spent.collect, "cpu": spent.cpu},
            elapsed=spent.elapsed,
            taken=_taken(u),
            exact=None if known is None else self._exact(known, u),
            baseline=_array(flat_of(e.baseline_t, b)),
            step=_step(u),
            log_weight=None if log_weight is None else _array(log_weight),
            epochs=lambda: _epochs(u),
            kl_coef=None if beta is None else beta.value,
            epoch_stopped=None if ended is None else ended.epoch,
            pressure=u.pressure,
            leaks=probe.leaks if probe else {},
            trunk_cosine=probe.trunk_cosine if probe else None,
        )

    def edited(self) -> None:
        """The estimator may be another one from now on."""
        self._deviation.forget()

    def state(self) -> dict[str, Any]:
        """What the next update is compared with, for a checkpoint."""
        gradient = None if self._last_gradient is None else torch.from_numpy(self._last_gradient)
        last = {"gradient": gradient, "parameters": torch.from_numpy(self._last_parameters)}
        return last | {"deviation": self._deviation.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on comparing from a checkpoint."""
        self._last_gradient = None if state["gradient"] is None else _array(state["gradient"])
        self._last_parameters = _array(state["parameters"])
        self._deviation.restore(state["deviation"])

    def _exact(self, known: Known, u: Update) -> ExactReading:
        """The reading beside this update's estimate, rescaled from its reduction to a mean over episodes."""
        exact, b = _array(known.ascent), u.batch
        if known.estimate is None:
            return self._deviation.read(known.J, known.optimum, exact, exact, 1.0)
        ended = int(flat_of(b.terminated_t | b.truncated_t, b).sum())
        scale = len(u.samples) / (ended * reduction_scale(u.c.reduction, *u.samples.sizes)) if ended else None
        return self._deviation.read(known.J, known.optimum, exact, _array(known.estimate), scale)

    def _pi(self, u: Update) -> Array:
        """The policy of the last epoch; where an update is a single step, the one after it."""
        if len(u.steps) > 1:
            return _joined([x.losses.at.pi.params for x in u.steps[-u.steps_per_epoch :]])
        m = u.samples
        return self._head.normal(self._acting.params(self._acting.output(_array(m.obs), [_array(x) for x in m.masks])))

    def _moved(self, old: Array, new: Array, action: NDArray[Any]) -> Array:
        return self._head.log_prob(new, action) - self._head.log_prob(old, action)

    def _cosine(self, gradient: Array) -> float | None:
        before, self._last_gradient = self._last_gradient, gradient
        if before is None:
            return None
        lengths = _norm(gradient) * _norm(before)
        return float(gradient @ before) / lengths if lengths else float("nan")


def _array(x: Tensor) -> Array:
    out: Array = x.detach().cpu().numpy()
    return out


def _norm(x: Array) -> float:
    return math.sqrt(float(x @ x))


def _means(terms: list[dict[str, Tensor]]) -> dict[str, float]:
    """The mean of each loss over the steps of an epoch, read in one go."""
    rows = _array(torch.stack([value for row in terms for value in row.values()])).reshape(len(terms), -1)
    return dict(zip(terms[0], rows.mean(0).tolist(), strict=True))


def _taken(u: Update) -> GradientReading:
    """Sums over the steps of what each cost; the parts that a probe measured are of the first."""
    reports = u.left[Gradients].reports
    apart = [report for report in reports if report.surrogate_seconds is not None]
    known, score, graph = u.find(Known), u.find(ScoreProbe), u.find(GraphSize)
    taken = known.seconds if known and known.estimate is None else 0.0  # taken, not only compared
    single = 1 if u.find(StepReport) else 0
    return GradientReading(
        calls=single + sum(report.calls for report in reports),
        policy_seconds=taken + sum(report.seconds for report in apart) if apart else None,
        surrogate_seconds=sum(report.surrogate_seconds or 0.0 for report in apart) if apart else None,
        difference=max((report.difference or 0.0 for report in apart), default=None),
        variance=score.variance if score else None,
        analytic=score.analytic_norm if score else None,
        analytic_difference=score.analytic_difference if score else None,
        nodes=graph.nodes if graph else None,
        saved_bytes=graph.saved_bytes if graph else None,
    )


def _joined(parts: list[Tensor]) -> Array:
    return _array(parts[0] if len(parts) == 1 else torch.cat(parts))


def _step(u: Update) -> TrustRegionStep | None:
    s = u.find(StepReport)
    if s is None:
        return None
    searched = s.gain is not None
    return TrustRegionStep(s.residuals, s.predicted_kl, s.measured_kl, s.step_norm, searched, s.gain, s.backtracks)


def _epochs(u: Update) -> list[Array]:
    """Log ratios before each epoch's steps, one array per epoch; an actor that takes one step moves in none of them."""
    taken, size = [] if u.find(StepReport) else u.steps, u.steps_per_epoch
    return [_joined([x.losses.at.log_rho for x in taken[at : at + size]]) for at in range(0, len(taken), size)]


def _bounds(actions: ActionSpace) -> tuple[Array, Array] | None:
    """Low and high [D_a], where actions are continuous."""
    if not isinstance(actions, Box):
        return None
    return np.array(actions.low, np.float32), np.array(actions.high, np.float32)
