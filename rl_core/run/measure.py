"""Reads one update's numbers from the tensors it left behind; nothing here is read by the training itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rl_core.algorithms.ppo import PPO
from rl_core.collect.acting import acting
from rl_core.data.batch import Batch
from rl_core.estimators.schedules import scheduled
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.on_policy.truth import Known
from rl_core.run.learner import Learner
from rl_core.run.trace import Trace
from rl_core.telemetry.deviation import Deviation
from rl_core.telemetry.heads import head
from rl_core.telemetry.record import Array, ExactReading, GradientReading, TrustRegionStep, UpdateRecord
from rl_core.types import ActionSpace, Box


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
        self._acting, self._head = acting(learner.net, learner.actions), head(learner.actions)
        self._last_gradient: Array | None = None
        self._last_parameters = _array(learner.flat.vector).copy()
        self._deviation = Deviation()

    def record(self, b: Batch, trace: Trace, c: OnPolicyControls, progress: float, spent: Clockings) -> UpdateRecord:
        """The record of the update that has just ended."""
        m, last, e = trace.samples.minibatch, trace.losses[-trace.steps_per_epoch :], trace.estimates
        pi = self._pi(trace)
        steps = [m] if len(trace.losses) == 1 else trace.minibatches[-trace.steps_per_epoch :]
        stored = self._head.normal(_joined([x.behaviour for x in steps]))
        action = m.action.cpu().numpy()
        log_ratio = _joined([x.log_ratio for x in last]) if len(trace.losses) > 1 else self._moved(stored, pi, action)
        parameters = _array(self._learner.flat.vector).copy()
        moved, self._last_parameters = parameters - self._last_parameters, parameters
        gradients = {name: _array(g) for name, g in trace.first_gradient.items()}
        flat, has_critic = trace.samples.flat, self._learner.net.critic is not None
        return UpdateRecord(
            advantage=_array(m.advantage),
            returns=_array(flat(e.return_t, b)),
            value=_array(flat(e.value_t, b)) if has_critic else None,
            target=_array(m.target) if has_critic else None,
            td_error=None if e.td_error_t is None else _array(flat(e.td_error_t, b)),
            action=action,
            log_prob=_array(m.log_prob),
            log_ratio=log_ratio,
            ratio_m1=np.expm1(log_ratio),
            first_log_ratio=_array(trace.losses[0].log_ratio),
            kl_exact=self._head.kl(stored, pi),
            entropy=self._head.entropy(pi),
            max_entropy=self._head.max_entropy,
            log_sigma=self._head.log_sigma(pi),
            bounds=_bounds(self._learner.actions),
            clip=scheduled(c.clip, c.clip_schedule, progress) if isinstance(c, PPO) else None,
            losses=_means([x.terms for x in last]),
            grad_norms=_array(torch.stack(trace.norms)),
            max_grad_norm=c.max_grad_norm,
            group_norms={name: _norm(g) for name, g in gradients.items()},
            grad_cosine=self._cosine(np.concatenate(list(gradients.values()))),
            param_norm=_norm(parameters),
            update_norm=_norm(moved),
            learning_rate=scheduled(c.learning_rate, c.learning_rate_schedule, progress),
            env_steps=len(action),
            seconds=trace.seconds | {"collect": spent.collect, "cpu": spent.cpu},
            elapsed=spent.elapsed,
            taken=_taken(trace),
            exact=None if trace.known is None else self._exact(trace.known, trace, b),
            baseline=_array(flat(e.baseline_t, b)),
            step=_step(trace),
            log_weight=None if last[-1].log_weight is None else _array(last[-1].log_weight),
            epochs=lambda: _epochs(trace),
            kl_coef=trace.kl_coef,
            epoch_stopped=trace.epoch_stopped,
            pressure=trace.pressure,
            leaks=trace.probe.leaks if trace.probe else {},
            trunk_cosine=trace.probe.trunk_cosine if trace.probe else None,
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

    def _exact(self, known: Known, trace: Trace, b: Batch) -> ExactReading:
        """The reading beside this update's estimate, rescaled from its reduction to a mean over episodes."""
        exact = _array(known.ascent)
        if known.estimate is None:
            return self._deviation.read(known.J, known.optimum, exact, exact, 1.0)
        ended = int(trace.samples.flat(b.terminated_t | b.truncated_t, b).sum())
        scale = len(trace.samples) / (ended * trace.samples.minibatch.scale) if ended else None
        return self._deviation.read(known.J, known.optimum, exact, _array(known.estimate), scale)

    def _pi(self, trace: Trace) -> Array:
        """The policy of the last epoch; where an update is a single step, the one after it."""
        if len(trace.losses) > 1:
            return _joined([x.pi.params for x in trace.losses[-trace.steps_per_epoch :]])
        m = trace.samples.minibatch
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


def _taken(trace: Trace) -> GradientReading:
    """Sums over the steps of what each cost; the parts that a probe measured are of the first."""
    apart = [report for report in trace.gradients if report.surrogate_seconds is not None]
    known = trace.known.seconds if trace.known and trace.known.estimate is None else 0.0  # taken, not only compared
    score, graph = trace.score, trace.graph or (None, None)
    return GradientReading(
        calls=sum(report.calls for report in trace.gradients),
        policy_seconds=known + sum(report.seconds for report in apart) if apart else None,
        surrogate_seconds=sum(report.surrogate_seconds or 0.0 for report in apart) if apart else None,
        difference=max((report.difference or 0.0 for report in apart), default=None),
        variance=score.variance if score else None,
        analytic=score.analytic_norm if score else None,
        analytic_difference=score.analytic_difference if score else None,
        nodes=graph[0],
        saved_bytes=graph[1],
    )


def _joined(parts: list[Tensor]) -> Array:
    return _array(parts[0] if len(parts) == 1 else torch.cat(parts))


def _step(trace: Trace) -> TrustRegionStep | None:
    s = trace.step
    if s is None:
        return None
    searched = s.gain is not None
    return TrustRegionStep(s.residuals, s.predicted_kl, s.measured_kl, s.step_norm, searched, s.gain, s.backtracks)


def _epochs(trace: Trace) -> list[Array]:
    """Log ratios before each epoch's steps, one array per epoch; an actor that takes one step moves in none of them."""
    taken, size = [] if trace.step else trace.losses, trace.steps_per_epoch
    return [_joined([x.log_ratio for x in taken[at : at + size]]) for at in range(0, len(taken), size)]


def _bounds(actions: ActionSpace) -> tuple[Array, Array] | None:
    """Low and high [D_a], where actions are continuous."""
    if not isinstance(actions, Box):
        return None
    return np.array(actions.low, np.float32), np.array(actions.high, np.float32)
