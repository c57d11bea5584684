"""MountainCar as arrays: all lanes in one call, equal to Gymnasium's MountainCar-v0 step for step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rl_core.environments.lanes import EnvironmentInfo, environment
from rl_core.environments.state_lanes import State, StateLanes
from rl_core.types import Actions, BoolArray, Discrete, FloatArray

FORCE = 0.001  # position units per step^2
GRAVITY = 0.0025  # position units per step^2
MIN_POSITION, MAX_POSITION, GOAL = -1.2, 0.6, 0.5
MAX_SPEED = 0.07  # position units per step


@environment
class MountainCar(StateLanes):
    """Drive a weak car out of a valley by swinging; reward -1 for every step (Moore 1990).

    The state is the position (-1.2 to 0.6, the valley is at -0.52) and its speed per step.
    """

    info = EnvironmentInfo(
        id="MountainCar-v0",
        title="MountainCar",
        doc="A car in a valley is too weak to drive up the hill: it must swing back first. Reward -1 per step until"
        " the flag at 0.5. At most 200 steps. Chance rarely finds the flag, so that most methods learn nothing.",
        obs_size=2,
        actions=Discrete(("push left", "coast", "push right")),
        max_episode_steps=200,
        solved_at=-110.0,
        array=True,
        renderer="mountaincar",
    )
    state_size = 2

    def begin(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """At rest near the bottom."""
        return np.array([rng.uniform(-0.6, -0.4), 0.0])

    def advance(self, actions: Actions, lanes: slice) -> tuple[FloatArray, BoolArray]:
        """Speed first, then position, in Gymnasium's order of operations; the left wall stops the car."""
        position, speed = self.state[:, lanes]
        # np.cos of float64 is the C library's, like the math.cos of Gymnasium
        speed += (actions - 1) * FORCE + np.cos(3 * position) * (-GRAVITY)
        np.clip(speed, -MAX_SPEED, MAX_SPEED, out=speed)
        position += speed
        np.clip(position, MIN_POSITION, MAX_POSITION, out=position)
        speed[(position == MIN_POSITION) & (speed < 0)] = 0.0
        return np.full(len(position), -1.0, np.float32), (position >= GOAL) & (speed >= 0)

    def observe(self, state: State) -> FloatArray:
        """The state itself."""
        return state.T.astype(np.float32)
