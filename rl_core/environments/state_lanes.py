"""Lanes whose state is a table of float64: one row per quantity, one column per lane."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from rl_core.environments.lanes import ArrayLanes, StepResult
from rl_core.types import Action, Actions, BoolArray, FloatArray, IntArray

State = NDArray[np.float64]  # [S, K]: the columns of K lanes
ALL = slice(None)


class StateLanes(ArrayLanes):
    """The life of an array environment around its equations: seeds, the step limit, one lane or all of them."""

    state_size: int

    def __init__(self, num_lanes: int) -> None:
        super().__init__(num_lanes)
        # float64 like Gymnasium's, and its columns are views: the equations change them in place
        self.state: State = np.zeros((self.state_size, num_lanes))
        self.steps: IntArray = np.zeros(num_lanes, dtype=np.int64)

    @abstractmethod
    def begin(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """The first state [S] of an episode, drawn as Gymnasium draws it."""

    @abstractmethod
    def advance(self, actions: Actions, lanes: slice) -> tuple[FloatArray, BoolArray]:
        """One step of the lanes' columns, in place; rewards [K] and whether the MDP ended [K]."""

    @abstractmethod
    def observe(self, state: State) -> FloatArray:
        """The observations [K, D] of K columns."""

    def reset(self, lane: int, seed: int) -> FloatArray:
        """The episode that Gymnasium's generator begins for this seed."""
        self.state[:, lane] = self.begin(np.random.Generator(np.random.PCG64(seed)))
        self.steps[lane] = 0
        return self.observe(self.state[:, lane : lane + 1])[0, :]

    def step(self, actions: Actions, active: BoolArray | None = None) -> StepResult:
        """One step of every lane, active or not: a lane left out would cost more than it saves."""
        reward_t, terminated_t = self.advance(actions, ALL)
        self.steps += 1
        return StepResult(self.observe(self.state), reward_t, terminated_t, self.steps >= self._limit)

    def step_lane(self, lane: int, action: Action) -> FloatArray:
        """One step of one lane."""
        only = slice(lane, lane + 1)
        self.advance(np.asarray(action)[None], only)
        self.steps[lane] += 1
        return self.observe(self.state[:, only])[0, :]

    def render_state(self, lane: int) -> tuple[float, ...]:
        """The rows of `state`."""
        return tuple(self.state[:, lane].tolist())

    @property
    def _limit(self) -> int:
        limit = self.info.max_episode_steps
        assert limit is not None
        return limit
