"""Reads one update's numbers from the tensors it left behind; nothing here is read by the training itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from rl_core.algorithms.learner import Learner, Trace
from rl_core.algorithms.on_policy import OnPolicyControls
from rl_core.algorithms.ppo import PPO
from rl_core.collect.forward import graphless
from rl_core.estimators.schedules import scheduled
from rl_core.telemetry.record import Array, UpdateRecord
from rl_core.types import Batch, IntArray

STATES = 512  # at most, for what needs another forward pass


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
        self._forward = graphless(learner.net.actor)
        self._last_gradient: Tensor | None = None
        self._last_parameters = learner.flat.vector.clone()

    def record(self, b: Batch, trace: Trace, c: OnPolicyControls, progress: float, spent: Clockings) -> UpdateRecord:
        """The record of the update that has just ended."""
        m, last = trace.samples.minibatch, trace.losses[-trace.steps_per_epoch :]
        new_log_p, old_log_p, action = self._after(trace)
        single_step = len(trace.losses) == 1
        gradient, parameters = self._gradient(trace), self._learner.flat.vector
        update = parameters - self._last_parameters
        self._last_parameters = parameters.clone()
        flat = trace.samples.flat
        has_critic, e = self._learner.net.critic is not None, trace.estimates
        return UpdateRecord(
            advantage=_array(m.advantage),
            returns=_array(flat(e.return_t, b)),
            value=_array(flat(e.value_t, b)) if has_critic else None,
            target=_array(m.target) if has_critic else None,
            td_error=None if e.td_error_t is None else _array(flat(e.td_error_t, b)),
            action=m.action.cpu().numpy(),
            log_prob=_array(m.log_prob),
            log_ratio=_taken(new_log_p - old_log_p, action) if single_step else _joined([x.log_ratio for x in last]),
            first_log_ratio=_array(trace.losses[0].log_ratio),
            kl_exact=float((np.exp(old_log_p) * (old_log_p - new_log_p)).sum(1).mean()),
            entropy=_entropy(_joined([x.log_p for x in last])),
            max_entropy=math.log(new_log_p.shape[1]),
            clip=scheduled(c.clip, c.clip_schedule, progress) if isinstance(c, PPO) else None,
            losses={name: float(torch.stack([x.terms[name].detach() for x in last]).mean()) for name in last[0].terms},
            grad_norms=_array(torch.stack(trace.norms)),
            max_grad_norm=c.max_grad_norm,
            group_norms={name: float(g.norm()) for name, g in trace.first_gradient.items()},
            grad_cosine=gradient,
            param_norm=float(parameters.norm()),
            update_norm=float(update.norm()),
            learning_rate=scheduled(c.learning_rate, c.learning_rate_schedule, progress),
            env_steps=len(m.action),
            seconds=trace.seconds | {"collect": spent.collect, "cpu": spent.cpu},
            elapsed=spent.elapsed,
            pressure=trace.pressure,
            leaks=trace.leaks,
        )

    def _after(self, trace: Trace) -> tuple[Array, Array, IntArray]:
        """log pi after the update and when it acted, for up to STATES samples, with the action taken there."""
        m = trace.samples.minibatch
        every = slice(None, None, max(1, len(m.action) // STATES))
        logits = self._forward(_array(m.obs[every]), [_array(mask[every]) for mask in m.masks])
        return _log_softmax(logits), _log_softmax(_array(m.logits[every])), m.action[every].cpu().numpy()

    def _gradient(self, trace: Trace) -> float | None:
        now, before = torch.cat(list(trace.first_gradient.values())), self._last_gradient
        self._last_gradient = now
        return None if before is None else float(torch.nn.functional.cosine_similarity(now, before, dim=0))


def _array(x: Tensor) -> Array:
    out: Array = x.detach().cpu().numpy()
    return out


def _joined(parts: list[Tensor]) -> Array:
    return _array(parts[0] if len(parts) == 1 else torch.cat(parts))


def _log_softmax(z: Array) -> Array:
    z = z - z.max(1, keepdims=True)
    out: Array = z - np.log(np.exp(z).sum(1, keepdims=True))
    return out


def _entropy(log_p: Array) -> Array:
    out: Array = -(np.exp(log_p) * log_p).sum(1)
    return out


def _taken(rows: Array, action: IntArray) -> Array:
    out: Array = np.take_along_axis(rows, action[:, None], 1)[:, 0]
    return out
