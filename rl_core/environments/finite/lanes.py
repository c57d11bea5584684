"""A finite MDP stepped in N lanes at once; observations are the states, one-hot."""

from __future__ import annotations

import numpy as np

from rl_core.environments.lanes import EnvironmentInfo, Lanes, StepResult
from rl_core.mdp import Float64, TabularMDP
from rl_core.types import Action, Actions, BoolArray, FloatArray, IntArray


class TabularLanes(Lanes):
    """Each episode's chance is drawn when it begins: a uniform number for the first state and one per step.

    The horizon ends the MDP (terminated, not truncated): what would have followed is no part of J.
    """

    def __init__(self, info: EnvironmentInfo, mdp: TabularMDP, num_lanes: int) -> None:
        self.info, self.mdp, self.num_lanes = info, mdp, num_lanes
        self._reach, self._begin = mdp.P.cumsum(-1), mdp.rho.cumsum()
        self._one_hot = np.eye(mdp.n_states, dtype=np.float32)
        self._lane = np.arange(num_lanes)
        self.state: IntArray = np.zeros(num_lanes, np.int64)
        self.steps: IntArray = np.zeros(num_lanes, np.int64)
        self._chance: Float64 = np.zeros((mdp.horizon, num_lanes))

    def reset(self, lane: int, seed: int) -> FloatArray:
        """A state drawn from rho."""
        first, *chance = np.random.Generator(np.random.PCG64(seed)).random(self.mdp.horizon + 1)
        self.state[lane], self.steps[lane] = _reached(self._begin, np.float64(first)), 0
        self._chance[:, lane] = chance
        observation: FloatArray = self._one_hot[self.state[lane]]
        return observation

    def step(self, actions: Actions, active: BoolArray | None = None) -> StepResult:
        """One step of every lane; one that is over stays where it is."""
        t = np.minimum(self.steps, self.mdp.horizon - 1)
        before, a = self.state, np.asarray(actions, np.int64)
        self.state = _reached(self._reach[before, a], self._chance[t, self._lane, None])
        self.steps = self.steps + 1
        reward_t = self.mdp.R[before, a, self.state].astype(np.float32)
        over_t = self.mdp.terminal[self.state] | (self.steps >= self.mdp.horizon)
        return StepResult(self._one_hot[self.state], reward_t, over_t, np.zeros(self.num_lanes, np.bool_))

    def step_lane(self, lane: int, action: Action) -> FloatArray:
        """One step of one lane."""
        chance = self._chance[self.steps[lane], lane]
        self.state[lane] = _reached(self._reach[self.state[lane], action], chance)
        self.steps[lane] += 1
        observation: FloatArray = self._one_hot[self.state[lane]]
        return observation


def _reached(cumulative: Float64, chance: Float64 | np.float64) -> IntArray:
    """Where a uniform number in [0, 1) falls among cumulative probabilities [.., S]; rounding never falls outside."""
    reached: IntArray = np.minimum((cumulative <= chance).sum(-1), cumulative.shape[-1] - 1)
    return reached
