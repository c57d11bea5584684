"""A rollout that keeps the policy's graph: what it says is computed by torch beside the fast pass that acts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from rl_core.data.batch import LivePolicy
from rl_core.networks.actor_critic import ActorCritic
from rl_core.types import FloatArray

Keep = Literal["log_prob", "outputs"]


class LiveRecorder:
    """Gathers [T] graphs of one rollout; they last for one gradient step, since the parameters then change in place."""

    def __init__(self, net: ActorCritic, keep: Keep) -> None:
        self._net, self._keep = net, keep
        self._device = next(net.parameters()).device
        self._params: list[Tensor] = []
        self._log_prob: list[Tensor] = []

    def note(self, obs: FloatArray, masks: Sequence[FloatArray], action: Any) -> None:
        """The policy at observations [N, D], and with `log_prob` at the actions taken there."""
        pi = self._net.policy(self._put(obs), tuple(self._put(mask) for mask in masks))
        self._params.append(pi.params)
        if self._keep == "log_prob":
            self._log_prob.append(pi.log_prob(self._put(action)))

    def policy(self) -> LivePolicy:
        """All steps, [T, N, ..]."""
        return LivePolicy(torch.stack(self._params), torch.stack(self._log_prob) if self._log_prob else None)

    def _put(self, array: Any) -> Tensor:
        return torch.from_numpy(array).to(self._device)
