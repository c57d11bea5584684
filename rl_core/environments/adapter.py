"""Any other Gymnasium id: N separate environments in one loop, observations flattened to vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.envs.registration import EnvSpec
from numpy.typing import NDArray

from rl_core.environments.lanes import EnvironmentInfo, Lanes, StepResult
from rl_core.types import Action, Actions, BoolArray, Discrete, FloatArray


class UnsupportedSpace(ValueError):
    """A space that the policies at hand cannot act in, with the reason."""


class GymnasiumLanes(Lanes):
    """Lanes of a registered Gymnasium environment; slower than arrays, general."""

    def __init__(self, env_id: str, num_lanes: int, kwargs: Mapping[str, Any]) -> None:
        self.num_lanes = num_lanes
        self._envs = [gym.make(env_id, **kwargs) for _ in range(num_lanes)]
        self.info = describe(self._envs[0])
        self._space = self._envs[0].observation_space
        self._first_action = int(getattr(self._envs[0].action_space, "start", 0))

    def reset(self, lane: int, seed: int) -> FloatArray:
        """Begin an episode with the environment's own generator for this seed."""
        obs, _ = self._envs[lane].reset(seed=seed)
        return self._flat(obs)

    def step(self, actions: Actions, active: BoolArray | None = None) -> StepResult:
        """Step every active lane in turn; the others give zeros."""
        n = self.num_lanes
        obs, reward = np.zeros((n, self.info.obs_size), np.float32), np.zeros(n, np.float32)
        terminated, truncated = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
        for k in range(n) if active is None else np.flatnonzero(active):
            raw, reward[k], terminated[k], truncated[k], _ = self._envs[k].step(int(actions[k]) + self._first_action)
            obs[k] = self._flat(raw)
        return StepResult(obs, reward, terminated, truncated)

    def step_lane(self, lane: int, action: Action) -> FloatArray:
        """Step one lane alone."""
        return self._flat(self._envs[lane].step(int(action) + self._first_action)[0])

    def picture(self, lane: int) -> NDArray[np.uint8] | None:
        """The lane as the environment draws it [H, W, 3]; it has to be built with render_mode "rgb_array"."""
        drawn: NDArray[np.uint8] | None = self._envs[lane].render()  # type: ignore[assignment]
        return drawn

    def close(self) -> None:
        """Close every environment."""
        for env in self._envs:
            env.close()

    def _flat(self, obs: Any) -> FloatArray:
        return np.asarray(gym.spaces.flatten(self._space, obs), dtype=np.float32)


def describe(env: gym.Env[Any, Any]) -> EnvironmentInfo:
    """What a Gymnasium environment offers; raises UnsupportedSpace where no policy here can act in it."""
    spec, actions = env.spec, env.action_space
    assert spec is not None
    if not isinstance(actions, gym.spaces.Discrete):
        raise UnsupportedSpace(
            f"{spec.id} has the action space {actions}; a Categorical policy needs Discrete(n). "
            "Choose an environment with discrete actions."
        )
    if not env.observation_space.is_np_flattenable:
        raise UnsupportedSpace(
            f"{spec.id} has the observation space {type(env.observation_space).__name__}, which has no fixed size; "
            "a multilayer perceptron needs one. Choose an environment whose observations flatten to a vector."
        )
    return EnvironmentInfo(
        id=spec.id,
        title=spec.name,
        doc=_doc(spec),
        obs_size=gym.spaces.flatdim(env.observation_space),
        actions=Discrete(tuple(f"action {k}" for k in range(int(actions.n)))),
        max_episode_steps=spec.max_episode_steps,
        solved_at=spec.reward_threshold,
        array=False,
    )


def _doc(spec: EnvSpec) -> str:
    return f"{spec.id} of Gymnasium, stepped lane by lane."
