"""The estimate of value methods: none, samples are what the memory gave."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.data.batch import Batch
from rl_core.data.samples import Estimates
from rl_core.data.transitions import Transitions
from rl_core.estimators.returns import reward_to_go
from rl_core.types import Spaces
from rl_core.updates.update import Forgetful, Update


class AsTheyAre(Forgetful):
    """Transitions pass through; of a batch that somebody played Q says what each step was worth."""

    def __init__(self, net: Any, spaces: Spaces) -> None:
        self._net = net

    def __call__(self, u: Update) -> Transitions:
        """The transitions themselves."""
        transitions: Transitions = u.batch
        return transitions

    def again(self, u: Update, samples: Transitions) -> Transitions:
        """Nothing of them is an estimate."""
        return samples

    def prepared(self, u: Update, m: Transitions, index: Tensor) -> Transitions:
        """As they are."""
        return m

    def judged(self, b: Batch, c: Any) -> Estimates:
        """V = max_a Q, the advantage Q(s, a) - V, and the TD error of Q along the episode; all [T, N]."""
        q = constant(self._net["q"](b.obs_t))
        v = q.amax(-1)
        v_tp1 = v[1:].reshape(-1).index_put((b.cut_index,), constant(self._net["q"](b.cut_obs)).amax(-1))
        v_tp1 = v_tp1.view_as(b.reward_t) * (~b.terminated_t).to(v.dtype)
        taken = q[:-1].gather(-1, b.action_t.unsqueeze(-1)).squeeze(-1)
        target = b.reward_t + c.gamma * v_tp1
        g_t = reward_to_go(b.reward_t, v_tp1, b.terminated_t, b.end_t, c.gamma)
        return Estimates(taken - v[:-1], target, v[:-1], g_t, target - taken, torch.zeros_like(g_t))

    def value(self, b: Batch) -> float:
        """The largest Q of the one state."""
        return float(np.max(constant(self._net["q"](b.obs_t[0])).cpu().numpy()))
