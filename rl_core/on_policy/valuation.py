"""What the critic says of a batch: V of every state and true successor, and Q of the taken actions if it has it."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.data.batch import Batch
from rl_core.networks.actor_critic import ActorCritic
from rl_core.networks.forward import graphless
from rl_core.on_policy.estimate import Values
from rl_core.types import ActionSpace, FloatArray


class Valuation:
    r"""V_\phi; of a critic with a value per action V = \sum_a \pi(a|s) Q_\phi(s, a), and the baseline Q_\phi(s, a).

    Built after the parameters have found their place; follows them as they change.
    """

    def __init__(self, net: ActorCritic, actions: ActionSpace) -> None:
        self._net = net
        self._forward = None if net.critic is None else graphless(net.critic, net.trunk)
        self._policy = net.acting(actions).output
        self._per_action = net.critic is not None and net.critic.sizes[-1] > 1

    def __call__(self, b: Batch) -> Values | None:
        """Without a graph; None without a critic."""
        if self._forward is None:
            return None
        obs, cut_obs = b.obs_t.cpu().numpy(), b.cut_obs.cpu().numpy()
        out, cut = self._forward(obs, ()), self._forward(cut_obs, ())
        if not self._per_action:
            return Values.of(self._put(out[..., 0], b), self._put(cut[..., 0], b), b)
        v, v_cut = (self._mean(q, seen) for q, seen in ((out, obs), (cut, cut_obs)))
        return Values.of(self._put(v, b), self._put(v_cut, b), b).with_baseline(_taken(self._put(out, b), b))

    def with_graph(self, b: Batch) -> Values:
        """The same under the critic's graph; the policy's probabilities are numbers."""
        if not self._per_action:
            return Values.of(self._net.value(b.obs_t), self._net.value(b.cut_obs), b)
        q, q_cut = self._net.q(b.obs_t), self._net.q(b.cut_obs)
        v, v_cut = (
            (constant(self._net.policy(x).params).exp() * y).sum(-1) for x, y in ((b.obs_t, q), (b.cut_obs, q_cut))
        )
        return Values.of(v, v_cut, b).with_baseline(_taken(q, b))

    def _mean(self, q: FloatArray, obs: FloatArray) -> FloatArray:
        z = self._policy(obs, ())
        pi = np.exp(z - z.max(-1, keepdims=True))
        mean: FloatArray = (pi * q).sum(-1) / pi.sum(-1)
        return mean

    def _put(self, x: FloatArray, b: Batch) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(x)).to(b.obs_t.device)


def _taken(q: Tensor, b: Batch) -> Tensor:
    """Q(s_t, a_t) [T, N] from Q of all T+1 rows."""
    return q[:-1].gather(-1, b.action_t.unsqueeze(-1)).squeeze(-1)
