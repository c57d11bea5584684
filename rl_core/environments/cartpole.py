"""CartPole as arrays: all lanes in one call, equal to Gymnasium's CartPole-v1 step for step."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rl_core.environments.lanes import EnvironmentInfo, environment
from rl_core.environments.state_lanes import State, StateLanes
from rl_core.types import Actions, BoolArray, Discrete, FloatArray

GRAVITY = 9.8  # m/s^2
POLE_MASS = 0.1  # kg
TOTAL_MASS = 1.1  # kg, cart and pole
HALF_LENGTH = 0.5  # m
POLE_MASS_LENGTH = POLE_MASS * HALF_LENGTH
FORCE = 10.0  # N
TAU = 0.02  # s between two states
THETA_LIMIT = 12 * 2 * math.pi / 360  # rad
X_LIMIT = 2.4  # m


@environment
class CartPole(StateLanes):
    """Balance a pole on a cart by pushing it left or right; reward 1 for every step (Barto, Sutton, Anderson 1983).

    The state is x (m), its speed (m/s), theta (rad), its speed (rad/s).
    """

    info = EnvironmentInfo(
        id="CartPole-v1",
        title="CartPole",
        doc="A pole stands on a cart; push left or right to keep it up. Reward 1 per step; the episode ends when the"
        " pole tilts beyond 12 degrees, the cart leaves the track (2.4 m), or after 500 steps (truncated).",
        obs_size=4,
        actions=Discrete(("left", "right")),
        max_episode_steps=500,
        solved_at=475.0,
        array=True,
        renderer="cartpole",
    )
    state_size = 4

    def begin(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Nearly upright and nearly at rest."""
        return rng.uniform(-0.05, 0.05, 4)

    def advance(self, actions: Actions, lanes: slice) -> tuple[FloatArray, BoolArray]:
        """One Euler step: Florian's equations (2007) in Gymnasium's order of operations, so that rounding agrees."""
        x, x_dot, theta, theta_dot = self.state[:, lanes]
        force = np.where(actions == 1, FORCE, -FORCE)
        cos, sin = np.cos(theta), np.sin(theta)
        temp = (force + POLE_MASS_LENGTH * np.square(theta_dot) * sin) / TOTAL_MASS
        length = HALF_LENGTH * (4.0 / 3.0 - POLE_MASS * np.square(cos) / TOTAL_MASS)
        theta_acc = (GRAVITY * sin - cos * temp) / length
        x_acc = temp - POLE_MASS_LENGTH * theta_acc * cos / TOTAL_MASS
        x += TAU * x_dot
        x_dot += TAU * x_acc
        theta += TAU * theta_dot
        theta_dot += TAU * theta_acc
        return np.ones(len(x), np.float32), (np.abs(x) > X_LIMIT) | (np.abs(theta) > THETA_LIMIT)

    def observe(self, state: State) -> FloatArray:
        """The state itself."""
        return state.T.astype(np.float32)
