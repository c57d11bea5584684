"""A finite MDP stepped in N lanes at once; observations are the features of its states."""

from __future__ import annotations

import numpy as np

from rl_core.environments.finite.declared import Finite
from rl_core.environments.lanes import Lanes, StepResult
from rl_core.tabular.mdp import Float64
from rl_core.types import Action, Actions, BoolArray, FloatArray, IntArray


class TabularLanes(Lanes):
    """Each episode's chance is drawn when it begins: a uniform number for the first state and one per step.

    The horizon ends the MDP (terminated, what would have followed is no part of J), or is told as a time limit.
    """

    def __init__(self, finite: Finite, num_lanes: int) -> None:
        self.finite, self.info, self.num_lanes = finite, finite.info, num_lanes
        self.mdp = finite.mdp
        self._reach, self._begin = self.mdp.outcomes.p.cumsum(-1), self.mdp.rho.cumsum()
        self._last = (self.mdp.outcomes.p > 0).sum(-1) - 1
        self._reward = self.mdp.outcomes.reward.astype(np.float32)
        self._phi: FloatArray = finite.features.astype(np.float32)
        self._lane = np.arange(num_lanes)
        self.state: IntArray = np.zeros(num_lanes, np.int64)
        self.steps: IntArray = np.zeros(num_lanes, np.int64)
        self._chance: Float64 = np.zeros((self.mdp.horizon, num_lanes))

    def reset(self, lane: int, seed: int) -> FloatArray:
        """A state drawn from rho."""
        first, *chance = np.random.Generator(np.random.PCG64(seed)).random(self.mdp.horizon + 1)
        self.state[lane] = min(int((self._begin <= first).sum()), self.mdp.n_states - 1)
        self.steps[lane] = 0
        self._chance[:, lane] = chance
        observation: FloatArray = self._phi[self.state[lane]]
        return observation

    def step(self, actions: Actions, active: BoolArray | None = None) -> StepResult:
        """One step of every lane; one that is over stays where it is."""
        t = np.minimum(self.steps, self.mdp.horizon - 1)
        before, a = self.state, np.asarray(actions, np.int64)
        k = self._outcome(before, a, self._chance[t, self._lane])
        self.state = self.mdp.outcomes.state[before, a, k]
        self.steps = self.steps + 1
        ended_t, late_t = self.mdp.terminal[self.state], self.steps >= self.mdp.horizon
        cut_t = late_t & ~ended_t if self.finite.truncates else np.zeros(self.num_lanes, np.bool_)
        return StepResult(self._phi[self.state], self._reward[before, a, k], ended_t | (late_t & ~cut_t), cut_t)

    def step_lane(self, lane: int, action: Action) -> FloatArray:
        """One step of one lane."""
        before, a = self.state[lane : lane + 1], np.array([int(action)])
        k = self._outcome(before, a, self._chance[self.steps[lane] : self.steps[lane] + 1, lane])
        self.state[lane] = self.mdp.outcomes.state[before, a, k][0]
        self.steps[lane] += 1
        observation: FloatArray = self._phi[self.state[lane]]
        return observation

    def _outcome(self, s: IntArray, a: IntArray, chance: Float64) -> IntArray:
        """Where uniform numbers [N] in [0, 1) fall among the outcomes of (s, a); rounding never falls outside."""
        k: IntArray = np.minimum((self._reach[s, a] <= chance[:, None]).sum(-1), self._last[s, a])
        return k
