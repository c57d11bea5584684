"""Pendulum as arrays: all lanes in one call, equal to Gymnasium's Pendulum-v1 step for step."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rl_core.environments.lanes import EnvironmentInfo, environment
from rl_core.environments.state_lanes import State, StateLanes
from rl_core.types import Actions, BoolArray, Box, FloatArray

GRAVITY = 10.0  # m/s^2
MASS = 1.0  # kg
LENGTH = 1.0  # m
TAU = 0.05  # s between two states
MAX_SPEED = 8.0  # rad/s
MAX_TORQUE = 2.0  # N m


@environment
class Pendulum(StateLanes):
    """Swing a pendulum up and hold it there; reward -(theta^2 + 0.1 theta_dot^2 + 0.001 u^2) for every step.

    The state is theta (rad, 0 stands up, not wrapped) and its speed (rad/s).
    """

    info = EnvironmentInfo(
        id="Pendulum-v1",
        title="Pendulum",
        doc="A pendulum starts anywhere; a torque of at most 2 N m must swing it up and hold it. Reward minus the"
        " squared angle from upright, 0.1 times the squared speed and 0.001 times the squared torque; 200 steps."
        " Gymnasium names no bar; a mean return above -200 is usually taken for a pendulum that stands.",
        obs_size=3,
        actions=Box((-MAX_TORQUE,), (MAX_TORQUE,), ("torque (N m)",)),
        max_episode_steps=200,
        solved_at=-200.0,
        array=True,
        renderer="pendulum",
    )
    state_size = 2

    def begin(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Any angle, and a speed of at most 1 rad/s."""
        high = np.array([math.pi, 1.0])
        return rng.uniform(-high, high)

    def advance(self, actions: Actions, lanes: slice) -> tuple[FloatArray, BoolArray]:
        """One semi-implicit Euler step in Gymnasium's order of operations; the reward is that of the state before."""
        theta, speed = self.state[:, lanes]
        torque = np.clip(actions[:, 0].astype(np.float32), -MAX_TORQUE, MAX_TORQUE)  # and stays float32, as there
        reward_t = -_cost(theta, speed, torque)
        speed += (3 * GRAVITY / (2 * LENGTH) * np.sin(theta) + 3.0 / (MASS * LENGTH**2) * torque) * TAU
        np.clip(speed, -MAX_SPEED, MAX_SPEED, out=speed)
        theta += speed * TAU
        return reward_t.astype(np.float32), np.zeros(len(theta), np.bool_)

    def observe(self, state: State) -> FloatArray:
        """Cosine and sine of theta, then its speed (rad/s)."""
        theta, speed = state
        return np.stack([np.cos(theta), np.sin(theta), speed], axis=1).astype(np.float32)


def _cost(theta: NDArray[np.float64], speed: NDArray[np.float64], torque: FloatArray) -> NDArray[np.float64]:
    """Gymnasium's cost; float_power is its scalar `**`, and its float32 square may lie 3e-10 beside this one."""
    angle = (theta + math.pi) % (2 * math.pi) - math.pi
    return np.float_power(angle, 2) + 0.1 * np.float_power(speed, 2) + 0.001 * np.square(torque)
