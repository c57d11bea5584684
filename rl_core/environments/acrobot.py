"""Acrobot as arrays: all lanes in one call, equal to Gymnasium's Acrobot-v1 step for step."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rl_core.environments.lanes import EnvironmentInfo, environment
from rl_core.environments.state_lanes import State, StateLanes
from rl_core.types import Actions, BoolArray, Discrete, FloatArray

# Both links are 1 m long and weigh 1 kg, their centre of mass is in the middle and their inertia is 1 kg m^2.
CENTRE = 0.5  # m
INERTIA = 1.0  # kg m^2
GRAVITY = 9.8  # m/s^2
TAU = 0.2  # s between two states
MAX_SPEED_1 = 4 * math.pi  # rad/s
MAX_SPEED_2 = 9 * math.pi  # rad/s


@environment
class Acrobot(StateLanes):
    """Swing two links up by a torque between them; reward -1 for every step before the goal (Sutton 1996).

    The state is theta_1 (rad, 0 hangs down), theta_2 (rad, relative to the first link) and their speeds (rad/s).
    """

    info = EnvironmentInfo(
        id="Acrobot-v1",
        title="Acrobot",
        doc="Two links hang from a joint; a torque of -1, 0 or +1 N m acts between them. Swing the free end one link's"
        " length above the upper joint. Reward -1 per step, 0 for the step that arrives; at most 500 steps.",
        obs_size=6,
        actions=Discrete(("torque -1 N m", "no torque", "torque +1 N m")),
        max_episode_steps=500,
        solved_at=-100.0,
        array=True,
        renderer="acrobot",
    )
    state_size = 4

    def begin(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Hanging nearly at rest; Gymnasium rounds this one state to float32."""
        return rng.uniform(-0.1, 0.1, 4).astype(np.float32).astype(np.float64)

    def reset(self, lane: int, seed: int) -> FloatArray:
        """As Gymnasium: the cosines of the first state are those of float32, which round otherwise."""
        super().reset(lane, seed)
        return _observation(self.state[:, lane : lane + 1].astype(np.float32))[0, :]

    def advance(self, actions: Actions, lanes: slice) -> tuple[FloatArray, BoolArray]:
        """One Runge-Kutta step of fourth order, angles wrapped and speeds bounded after it."""
        state = self.state[:, lanes]
        theta_1, theta_2, speed_1, speed_2 = state
        state[:] = _runge_kutta(state, np.asarray(actions - 1.0, np.float64))
        _wrap(theta_1)
        _wrap(theta_2)
        np.clip(speed_1, -MAX_SPEED_1, MAX_SPEED_1, out=speed_1)
        np.clip(speed_2, -MAX_SPEED_2, MAX_SPEED_2, out=speed_2)
        terminated_t = -np.cos(theta_1) - np.cos(theta_2 + theta_1) > 1.0
        return np.where(terminated_t, np.float32(0.0), np.float32(-1.0)), terminated_t

    def observe(self, state: State) -> FloatArray:
        """Cosine and sine of each angle, then the speeds (rad/s)."""
        return _observation(state)


def _observation(state: State | FloatArray) -> FloatArray:
    theta_1, theta_2, speed_1, speed_2 = state
    rows = [np.cos(theta_1), np.sin(theta_1), np.cos(theta_2), np.sin(theta_2), speed_1, speed_2]
    return np.stack(rows, axis=1).astype(np.float32)


def _runge_kutta(s: State, torque: NDArray[np.float64]) -> State:
    half = TAU / 2.0
    k1 = _derivative(s, torque)
    k2 = _derivative(s + half * k1, torque)
    k3 = _derivative(s + half * k2, torque)
    k4 = _derivative(s + TAU * k3, torque)
    return s + TAU / 6.0 * (k1 + 2 * k2 + 2 * k3 + k4)


def _derivative(s: State, torque: NDArray[np.float64]) -> State:
    """d/dt of the state: the equations of Sutton and Barto's book, in Gymnasium's order of operations."""
    theta_1, theta_2, speed_1, speed_2 = s
    sin_2, cos_2 = np.sin(theta_2), np.cos(theta_2)
    # float_power, because Gymnasium's `**` on a scalar is the C library's pow, and x * x rounds otherwise
    squared_1, squared_2 = np.float_power(s[2:], 2)
    d1 = CENTRE**2 + (1.0 + CENTRE**2 + 2 * CENTRE * cos_2) + INERTIA + INERTIA
    d2 = (CENTRE**2 + CENTRE * cos_2) + INERTIA
    phi2 = CENTRE * GRAVITY * np.cos(theta_1 + theta_2 - math.pi / 2.0)
    phi1 = (
        -CENTRE * squared_2 * sin_2
        - 2 * CENTRE * speed_2 * speed_1 * sin_2
        + (CENTRE + 1.0) * GRAVITY * np.cos(theta_1 - math.pi / 2)
        + phi2
    )
    pull_2 = torque + d2 / d1 * phi1 - CENTRE * squared_1 * sin_2 - phi2
    acc_2 = pull_2 / (CENTRE**2 + INERTIA - np.float_power(d2, 2) / d1)
    acc_1 = -(d2 * acc_2 + phi1) / d1
    return np.stack([speed_1, speed_2, acc_1, acc_2])


def _wrap(angle: NDArray[np.float64]) -> None:
    """Into [-pi, pi] in place by whole turns, subtracted one by one as Gymnasium does."""
    while (above := angle > math.pi).any():
        angle[above] -= 2 * math.pi
    while (below := angle < -math.pi).any():
        angle[below] += 2 * math.pi
