"""CartPole as arrays: all lanes in one call, equal to Gymnasium's CartPole-v1 step for step."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rl_core.environments.lanes import ArrayLanes, EnvironmentInfo, StepResult, environment
from rl_core.types import Action, Actions, BoolArray, Discrete, FloatArray, IntArray

GRAVITY = 9.8  # m/s^2
POLE_MASS = 0.1  # kg
TOTAL_MASS = 1.1  # kg, cart and pole
HALF_LENGTH = 0.5  # m
POLE_MASS_LENGTH = POLE_MASS * HALF_LENGTH
FORCE = 10.0  # N
TAU = 0.02  # s between two states
THETA_LIMIT = 12 * 2 * math.pi / 360  # rad
X_LIMIT = 2.4  # m
MAX_STEPS = 500


@environment
class CartPole(ArrayLanes):
    """Balance a pole on a cart by pushing it left or right; reward 1 for every step (Barto, Sutton, Anderson 1983)."""

    info = EnvironmentInfo(
        id="CartPole-v1",
        title="CartPole",
        doc="A pole stands on a cart; push left or right to keep it up. Reward 1 per step; the episode ends when the"
        " pole tilts beyond 12 degrees, the cart leaves the track (2.4 m), or after 500 steps (truncated).",
        obs_size=4,
        actions=Discrete(("left", "right")),
        max_episode_steps=MAX_STEPS,
        solved_at=475.0,
        array=True,
        renderer="cartpole",
    )

    def __init__(self, num_lanes: int) -> None:
        super().__init__(num_lanes)
        # float64 like Gymnasium's; rows are x (m), its speed (m/s), theta (rad), its speed (rad/s)
        self.state: NDArray[np.float64] = np.zeros((4, num_lanes))
        self.steps: IntArray = np.zeros(num_lanes, dtype=np.int64)
        self._reward: FloatArray = np.ones(num_lanes, dtype=np.float32)

    def reset(self, lane: int, seed: int) -> FloatArray:
        """A state drawn uniformly from [-0.05, 0.05]^4 by Gymnasium's generator for this seed."""
        self.state[:, lane] = np.random.Generator(np.random.PCG64(seed)).uniform(-0.05, 0.05, 4)
        self.steps[lane] = 0
        return self.state[:, lane].astype(np.float32)

    def step(self, actions: Actions, active: BoolArray | None = None) -> StepResult:
        """One Euler step of every lane."""
        _advance(self.state, actions)
        self.steps += 1
        terminated_t = (np.abs(self.state[0]) > X_LIMIT) | (np.abs(self.state[2]) > THETA_LIMIT)
        return StepResult(self.state.T.astype(np.float32), self._reward, terminated_t, self.steps >= MAX_STEPS)

    def step_lane(self, lane: int, action: Action) -> FloatArray:
        """One Euler step of one lane."""
        _advance(self.state[:, lane : lane + 1], np.array([action]))
        self.steps[lane] += 1
        return self.state[:, lane].astype(np.float32)

    def render_state(self, lane: int) -> tuple[float, ...]:
        """x (m), its speed, theta (rad), its speed."""
        return tuple(self.state[:, lane].tolist())


def _advance(state: NDArray[np.float64], actions: Actions) -> None:
    """One step in place: the equations of Florian 2007 in Gymnasium's order of operations, so that rounding agrees."""
    x, x_dot, theta, theta_dot = state
    force = np.where(actions == 1, FORCE, -FORCE)
    cos, sin = np.cos(theta), np.sin(theta)
    temp = (force + POLE_MASS_LENGTH * np.square(theta_dot) * sin) / TOTAL_MASS
    theta_acc = (GRAVITY * sin - cos * temp) / (HALF_LENGTH * (4.0 / 3.0 - POLE_MASS * np.square(cos) / TOTAL_MASS))
    x_acc = temp - POLE_MASS_LENGTH * theta_acc * cos / TOTAL_MASS
    x += TAU * x_dot
    x_dot += TAU * x_acc
    theta += TAU * theta_dot
    theta_dot += TAU * theta_acc
