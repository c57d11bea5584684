"""Any other Gymnasium id: N separate environments in one loop, observations flattened to vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from rl_core.environments.build import build
from rl_core.environments.known import action_names, from_spec
from rl_core.environments.lanes import EnvironmentInfo, Lanes, StepResult
from rl_core.environments.spaces import Vectors, action_space, native
from rl_core.types import Action, Actions, BoolArray, FloatArray


class EnvironmentFailed(RuntimeError):
    """An environment that broke while it was used: which one, where, and with what."""


class GymnasiumLanes(Lanes):
    """Lanes of a registered Gymnasium environment; slower than arrays, general."""

    def __init__(self, env_id: str, num_lanes: int, kwargs: Mapping[str, Any]) -> None:
        self.num_lanes = num_lanes
        first = build(env_id, kwargs)
        self.info = describe(first)  # before the others are built: they may be many and heavy
        self._envs = [first, *(build(env_id, kwargs) for _ in range(num_lanes - 1))]
        self._vectors = Vectors(env_id, first.observation_space)
        self._actions = first.action_space
        self._seeds, self._steps = [0] * num_lanes, [0] * num_lanes

    def reset(self, lane: int, seed: int) -> FloatArray:
        """Begin an episode with the environment's own generator for this seed."""
        self._seeds[lane], self._steps[lane] = seed, 0
        try:
            return self._vectors.of(self._envs[lane].reset(seed=seed)[0])
        except Exception as failed:
            raise self._failed(lane, failed) from failed

    def step(self, actions: Actions, active: BoolArray | None = None) -> StepResult:
        """Step every active lane in turn; the others give zeros."""
        n = self.num_lanes
        obs, reward = np.zeros((n, self.info.obs_size), np.float32), np.zeros(n, np.float32)
        terminated, truncated = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
        for k in range(n) if active is None else np.flatnonzero(active).tolist():
            obs[k], reward[k], terminated[k], truncated[k] = self._step(k, actions[k])
        return StepResult(obs, reward, terminated, truncated)

    def step_lane(self, lane: int, action: Action) -> FloatArray:
        """Step one lane alone."""
        return self._step(lane, action)[0]

    def picture(self, lane: int) -> NDArray[np.uint8] | None:
        """The lane as the environment draws it [H, W, 3]; it has to be built with render_mode "rgb_array"."""
        drawn: NDArray[np.uint8] | None = self._envs[lane].render()  # type: ignore[assignment]
        return drawn

    def close(self) -> None:
        """Close every environment."""
        for env in self._envs:
            env.close()

    def _step(self, lane: int, action: Any) -> tuple[FloatArray, float, bool, bool]:
        self._steps[lane] += 1
        try:
            obs, reward, terminated, truncated, _ = self._envs[lane].step(native(self._actions, action))
            return self._vectors.of(obs), _number(reward), bool(terminated), bool(truncated)
        except Exception as failed:  # whatever a third-party environment raises
            raise self._failed(lane, failed) from failed

    def _failed(self, lane: int, failed: Exception) -> EnvironmentFailed:
        text = f"{type(failed).__name__}: {failed}".split("\n")[0][:300]
        where = f"step {self._steps[lane]}" if self._steps[lane] else "the reset"
        return EnvironmentFailed(f"{self.info.id} failed in {where} of an episode (seed {self._seeds[lane]}): {text}")


def describe(env: gym.Env[Any, Any]) -> EnvironmentInfo:
    """What a Gymnasium environment offers; raises UnsupportedSpace where no policy here can act in it."""
    spec = env.spec
    assert spec is not None
    actions = action_space(spec.id, env.action_space)
    names = action_names(spec.id)
    if len(names) == len(actions.names):
        actions = action_space(spec.id, env.action_space, names)
    return from_spec(spec, Vectors(spec.id, env.observation_space).size, actions)


def _number(reward: Any) -> float:
    if reward is None:  # which NumPy takes for NaN
        raise ValueError("the reward None came; expected a number")
    return reward if isinstance(reward, float) else np.asarray(reward, np.float64).item()
