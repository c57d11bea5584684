"""MountainCar with a continuous force as arrays, equal to Gymnasium's MountainCarContinuous-v0 step for step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rl_core.environments.lanes import EnvironmentInfo, environment
from rl_core.environments.state_lanes import State, StateLanes
from rl_core.types import Actions, BoolArray, Box, FloatArray

POWER = 0.0015  # position units per step^2 at full force
GRAVITY = 0.0025  # position units per step^2
# Gymnasium keeps its state in float32 after the first step, and compares with limits rounded alike.
MIN_POSITION, MAX_POSITION, GOAL = np.float32(-1.2), np.float32(0.6), np.float32(0.45)
MAX_SPEED = np.float32(0.07)  # position units per step


@environment
class MountainCarContinuous(StateLanes):
    """Drive a weak car out of a valley with little force; 100 for the flag, minus 0.1 a^2 per step (Moore 1990).

    The state is the position (-1.2 to 0.6, the valley is at -0.52) and its speed per step.
    """

    info = EnvironmentInfo(
        id="MountainCarContinuous-v0",
        title="MountainCar, continuous",
        doc="A car in a valley is too weak to drive up the hill: it must swing back first. Each step costs 0.1 times"
        " the squared force, the flag at 0.45 pays 100; at most 999 steps. Doing nothing is a local optimum.",
        obs_size=2,
        actions=Box((-1.0,), (1.0,), ("force (of full)",)),
        max_episode_steps=999,
        solved_at=90.0,
        array=True,
        renderer="mountaincar",
    )
    state_size = 2

    def begin(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """At rest near the bottom."""
        return np.array([rng.uniform(-0.6, -0.4), 0.0])

    def advance(self, actions: Actions, lanes: slice) -> tuple[FloatArray, BoolArray]:
        """Speed first, then position, rounded to float32 where Gymnasium's are; the left wall stops the car."""
        state, is_first = self.state[:, lanes], self.steps[lanes] == 0  # the first state alone is float64
        position, speed = state
        slope = GRAVITY * np.cos(_rounded(3 * position, is_first))
        speed += _rounded(_push(actions[:, 0], slope), is_first)
        speed[:] = np.clip(_rounded(speed, is_first), -MAX_SPEED, MAX_SPEED)
        position += speed
        state[:] = state.astype(np.float32)
        np.clip(position, MIN_POSITION, MAX_POSITION, out=position)
        speed[(position == MIN_POSITION) & (speed < 0)] = 0.0
        terminated_t = (position >= GOAL) & (speed >= 0)
        cost = np.square(actions[:, 0].astype(np.float64)) * 0.1
        return (np.where(terminated_t, 100.0, 0.0) - cost).astype(np.float32), terminated_t

    def observe(self, state: State) -> FloatArray:
        """The state itself."""
        return state.T.astype(np.float32)


def _rounded(x: NDArray[np.float64], is_exact: BoolArray) -> NDArray[np.float64]:
    return np.where(is_exact, x, x.astype(np.float32))


def _push(force: NDArray[Any], slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """Force minus slope: in float32 inside the bounds, in float64 beyond them, where Gymnasium takes Python's 1.0."""
    inside = force.astype(np.float32) * np.float32(POWER) - slope.astype(np.float32)
    return np.where(np.abs(force) <= 1, inside, np.where(force > 0, POWER, -POWER) - slope)
