"""The instrument of the on-policy family: reads its estimate, its policy and its weights from what an update left."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from rl_core.environments.lanes import Lanes
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.advantages import Estimated
from rl_core.on_policy.metrics.estimate import EstimateReading
from rl_core.on_policy.metrics.policy import ClipReading, PolicyReading
from rl_core.on_policy.metrics.weights import EpochsReading, WeightReading
from rl_core.on_policy.samples import flat
from rl_core.telemetry.reading import Array, array
from rl_core.types import ActionSpace, Box
from rl_core.updates.trust_region import StepReport
from rl_core.updates.update import Onlooker, Update


class PolicyReader(Onlooker):
    """Numbers over the valid samples of the batch, or over the steps of the last epoch."""

    def __init__(self, net: ActorCritic, actions: ActionSpace) -> None:
        self._net, self._acting, self._head = net, net.acting(actions), net.family.measures(actions)
        self._bounds = _bounds(actions)

    def read(self, u: Update) -> None:
        """Leave them."""
        u.leave(self._estimate(u))
        policy = self._policy(u)
        u.leave(policy)
        at = u.steps[-1].losses.at
        if at.clip_range is not None:
            u.leave(ClipReading(policy.ratio_m1, at.clip_range))
        if at.log_weight is not None:
            u.leave(WeightReading(array(at.log_weight)))
        u.leave(EpochsReading(lambda: _epochs(u), weighted=at.log_weight is not None))

    def _estimate(self, u: Update) -> EstimateReading:
        b, m, e = u.batch, u.samples, u.reading(Estimated).estimates
        has_critic = self._net.critic is not None
        return EstimateReading(
            advantage=array(m.advantage),
            returns=array(flat(e.return_t, b)),
            baseline=array(flat(e.baseline_t, b)),
            td_error=None if e.td_error_t is None else array(flat(e.td_error_t, b)),
            value=array(flat(e.value_t, b)) if has_critic else None,
            target=array(m.target) if has_critic else None,
        )

    def _policy(self, u: Update) -> PolicyReading:
        m, last, several = u.samples, u.steps[-u.steps_per_epoch :], len(u.steps) > 1
        pi = self._last_policy(u)
        stored = self._head.normal(_joined([x.samples.behaviour for x in last] if several else [m.behaviour]))
        action = m.action.cpu().numpy()
        if several:
            log_ratio = _joined([x.losses.at.log_rho for x in last])
        else:
            log_ratio = self._head.log_prob(pi, action) - self._head.log_prob(stored, action)
        return PolicyReading(
            action=action,
            log_prob=array(m.log_prob),
            log_ratio=log_ratio,
            ratio_m1=np.expm1(log_ratio),
            first_log_ratio=array(u.steps[0].losses.at.log_rho),
            kl_exact=self._head.kl(stored, pi),
            entropy=self._head.entropy(pi),
            max_entropy=self._head.max_entropy,
            log_sigma=self._head.log_sigma(pi),
            bounds=self._bounds,
        )

    def _last_policy(self, u: Update) -> Array:
        """The policy of the last epoch; where an update is a single step, the one after it."""
        if len(u.steps) > 1:
            return _joined([x.losses.at.params for x in u.steps[-u.steps_per_epoch :]])
        m = u.samples
        params = self._acting.params(self._acting.output(array(m.obs), [array(x) for x in m.masks]))
        normal: Array = self._head.normal(params)
        return normal


def policy_reader(net: Any, lanes: Lanes, watched: bool) -> PolicyReader:
    """Made for a run's networks."""
    return PolicyReader(net, lanes.info.actions)


def _epochs(u: Update) -> list[Array]:
    """Log ratios before each epoch's steps, one array per epoch; an actor that takes one step moves in none of them."""
    taken, size = [] if u.find(StepReport) else u.steps, u.steps_per_epoch
    return [_joined([x.losses.at.log_rho for x in taken[at : at + size]]) for at in range(0, len(taken), size)]


def _joined(parts: list[Tensor]) -> Array:
    return array(parts[0] if len(parts) == 1 else torch.cat(parts))


def _bounds(actions: ActionSpace) -> tuple[Array, Array] | None:
    """Low and high [D_a], where actions are continuous."""
    if not isinstance(actions, Box):
        return None
    return np.array(actions.low, np.float32), np.array(actions.high, np.float32)
