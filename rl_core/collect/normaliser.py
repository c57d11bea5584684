"""Running statistics of observations and returns, by which observations and rewards are brought to scale 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rl_core.controls import Controls, choice
from rl_core.types import BoolArray, FloatArray

Normalising = Literal["off", "running", "frozen"]
FloatVector = NDArray[np.float64]

MODES: tuple[Normalising, ...] = ("off", "running", "frozen")
LIMIT = 10.0  # normalised observations and rewards are clipped to +-LIMIT
EPSILON = 1e-8  # added to the variance


class NormalisationControls(Controls):
    """Whether observations and rewards are scaled, and which observations the update sees."""

    normalise_obs: Normalising = choice(
        r"\hat s", "off", title="Observation normalisation",
        effect="Inputs of very different scales become comparable; frozen keeps the statistics gathered so far.",
    )  # fmt: skip
    """Subtract the running mean of the observations and divide by their standard deviation."""

    normalise_reward: Normalising = choice(
        r"\hat r", "off", title="Reward normalisation",
        effect="Value loss and gradients no longer depend on the reward's unit; shown returns stay the environment's.",
        ref="VecNormalize of Stable-Baselines3",
    )  # fmt: skip
    """Divide rewards by the running standard deviation of the discounted return, without moving their mean."""

    norm_at_update: Literal["as_acted", "updated"] = choice(
        r"\hat s_{\text{update}}", "as_acted",
        when=[("normalise_obs", "not", "off")],
        title="Normalisation at the update", spec="B-8",
        effect="Normalised again with newer statistics, log pi belongs to inputs nobody acted on: ratio not 1.",
    )  # fmt: skip
    """Whether the update sees the observations as the policy acted on them, or with the statistics they have moved."""


@dataclass(slots=True)
class Moments:
    """Count, mean and sum of squared deviations of rows [K, D], in float64."""

    count: float
    mean: FloatVector
    m2: FloatVector

    @classmethod
    def none(cls, size: int) -> Moments:
        """Of nothing."""
        return cls(0.0, np.zeros(size), np.zeros(size))

    def merge(self, rows: NDArray[Any]) -> None:
        """Take in more rows [K, D] (Chan, Golub and LeVeque 1983, eq. 2.1)."""
        x = np.asarray(rows, np.float64)
        if not len(x):
            return
        total, mean = self.count + len(x), x.mean(0)
        shift = mean - self.mean
        self.m2 = self.m2 + np.square(x - mean).sum(0) + shift * shift * (self.count * len(x) / total)
        self.mean = self.mean + shift * (len(x) / total)
        self.count = total

    @property
    def variance(self) -> FloatVector:
        """Over all rows, ddof 0; 1 before there are any."""
        return self.m2 / self.count if self.count else np.ones_like(self.m2)


class Normaliser:
    r"""s -> clip((s - mean) / std, +-10) and r -> clip(r / std(R), +-10), R_t = \gamma R_{t-1} + r_t, 0 after an end.

    The statistics rest while a rollout is collected and take in the whole of it afterwards, so one batch has one
    normaliser; before the first rollout observations pass unchanged. As in Stable-Baselines3's VecNormalize a batch's
    rewards are divided by statistics that count them already. An evaluator sees what the trainer sees by loading its
    `vector` (modes included) whenever it copies the parameters, and lets them `rest`.
    """

    def __init__(self, obs_size: int, lanes: int) -> None:
        self._obs, self._returns = Moments.none(obs_size), Moments.none(1)
        self._running_return = np.zeros(lanes)
        self.obs_mode: Normalising = "off"
        self.reward_mode: Normalising = "off"
        self._gamma = 1.0
        self._prepare()

    def follow(self, c: NormalisationControls, gamma: float) -> None:
        """Use the modes and the discount in force."""
        self.obs_mode, self.reward_mode, self._gamma = c.normalise_obs, c.normalise_reward, gamma
        self._prepare()

    @property
    def scales_obs(self) -> bool:
        """Whether `obs` changes anything, now or after a rollout."""
        return self.obs_mode != "off"

    def obs(self, x: FloatArray) -> FloatArray:
        """Observations [.., D] as the policy sees them."""
        if not self._scaling:
            return x
        scaled: FloatArray = np.clip((x - self._mean) * self._inverse, -LIMIT, LIMIT)
        return scaled

    def learn_obs(self, x: NDArray[Any]) -> None:
        """Take in the raw observations [K, D] that were acted on."""
        if self.obs_mode == "running":
            self._obs.merge(x)
            self._prepare()

    def rewards(self, r_t: FloatArray, is_end: BoolArray, valid: BoolArray | None) -> FloatArray:
        """Rewards [T, N] scaled, after their discounted returns were taken in; `is_end` [T, N] are true ends."""
        if self.reward_mode == "running":
            returns = self._discounted(r_t, is_end)
            self._returns.merge((returns if valid is None else returns[valid]).reshape(-1, 1))
        if self.reward_mode == "off" or not self._returns.count:
            return r_t
        std = np.float32(np.sqrt(self._returns.variance[0] + EPSILON))
        scaled: FloatArray = np.clip(r_t / std, -LIMIT, LIMIT)
        return scaled

    def begin_all(self) -> None:
        """Every lane begins an episode."""
        self._running_return[:] = 0.0

    @property
    def vector(self) -> FloatVector:
        """Everything that acting depends on, as 2 D + 6 numbers: modes, then count, mean and m2 of both."""
        modes = [float(MODES.index(mode)) for mode in (self.obs_mode, self.reward_mode)]
        return np.concatenate([modes, *(np.r_[m.count, m.mean, m.m2] for m in (self._obs, self._returns))])

    def load(self, vector: Sequence[float] | NDArray[Any]) -> None:
        """Take over the `vector` of another normaliser."""
        v, d = np.asarray(vector, np.float64), len(self._obs.mean)
        self.obs_mode, self.reward_mode = MODES[int(v[0])], MODES[int(v[1])]
        self._obs = Moments(float(v[2]), v[3 : 3 + d].copy(), v[3 + d : 3 + 2 * d].copy())
        self._returns = Moments(float(v[-3]), v[-2:-1].copy(), v[-1:].copy())
        self._prepare()

    def rest(self) -> None:
        """Go on normalising, but learn no more."""
        self.obs_mode, self.reward_mode = (
            "frozen" if mode == "running" else mode for mode in (self.obs_mode, self.reward_mode)
        )

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {"vector": self.vector.tolist(), "running_return": self._running_return.tolist()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.load(state["vector"])
        self._running_return = np.array(state["running_return"])

    def _prepare(self) -> None:
        self._scaling = self.obs_mode != "off" and self._obs.count > 0
        self._mean = self._obs.mean.astype(np.float32)
        self._inverse = (1.0 / np.sqrt(self._obs.variance + EPSILON)).astype(np.float32)

    def _discounted(self, r_t: FloatArray, is_end: BoolArray) -> FloatVector:
        returns, running = np.empty(r_t.shape), self._running_return
        for t, reward in enumerate(r_t):
            running = running * self._gamma + reward
            returns[t] = running
            running = np.where(is_end[t], 0.0, running)
        self._running_return = running
        return returns
