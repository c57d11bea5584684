"""A registered Gymnasium environment whose observations say which episode and step they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium as gym
import numpy as np

ID = "PolicyscopeTiny-v0"
LIMIT = 5


class Tiny(gym.Env[Any, Any]):
    """Observation (episode tag, step). Action `start + 1` at step 3 terminates; after LIMIT steps it is truncated."""

    def __init__(self, start: int = 0) -> None:
        self.observation_space = gym.spaces.Box(-np.inf, np.inf, (2,), np.float32)
        self.action_space = gym.spaces.Discrete(2, start=start)
        self._start, self._tag, self._step = start, 0.0, 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self._tag, self._step = float(self.np_random.integers(1, 1_000_000)), 0
        return self._observe(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action)
        self._step += 1
        return self._observe(), float(self._step), self._step == 3 and action == self._start + 1, False, {}

    def _observe(self) -> Any:
        return np.array([self._tag, self._step], np.float32)


@contextmanager
def registered(env_id: str, entry_point: Any, **settings: Any) -> Iterator[str]:
    """The id, registered while the block runs."""
    gym.register(env_id, entry_point=entry_point, **settings)
    try:
        yield env_id
    finally:
        del gym.registry[env_id]
