"""Gymnasium's spaces as the vectors and actions that networks here know, or a refusal that says what does not fit."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from rl_core.types import ActionSpace, Box, Discrete, FloatArray

MAX_OBSERVATION = 100_000  # numbers; a first layer of 64 units then has 6.4 million weights


class UnsupportedSpace(ValueError):
    """A space that the networks and policies at hand cannot use, with the reason."""


class Vectors:
    """Observations of any space with a fixed size as float32 [D]; bytes of images and memories become 0 to 1."""

    def __init__(self, env_id: str, space: gym.Space[Any]) -> None:
        self._space = space
        self.size = _size(env_id, space)
        is_bytes = isinstance(space, gym.spaces.Box) and space.dtype == np.uint8
        self._scale = np.float32(1 / 255) if is_bytes else None

    def of(self, obs: Any) -> FloatArray:
        """The observation [D]; raises ValueError if it is not one of its space."""
        flat: FloatArray = np.asarray(gym.spaces.flatten(self._space, obs), dtype=np.float32)
        if flat.shape != (self.size,):
            raise ValueError(f"an observation of {flat.size} numbers came; its space has {self.size}")
        return flat if self._scale is None else flat * self._scale


def _size(env_id: str, space: gym.Space[Any]) -> int:
    """D; raises UnsupportedSpace."""
    if not space.is_np_flattenable:
        raise UnsupportedSpace(
            f"{env_id} has the observation space {type(space).__name__}, which has no fixed size; "
            "a multilayer perceptron needs one. Choose an environment whose observations flatten to a vector."
        )
    size = gym.spaces.flatdim(space)
    if size == 0:
        raise UnsupportedSpace(f"{env_id} has observations of no numbers; a policy needs at least one to act on.")
    if size > MAX_OBSERVATION:
        raise UnsupportedSpace(
            f"{env_id} has observations of {size:,} numbers; a multilayer perceptron here takes at most "
            f"{MAX_OBSERVATION:,}. Register it with a wrapper that makes them smaller, such as ResizeObservation."
        )
    return size


def action_space(env_id: str, space: gym.Space[Any], names: tuple[str, ...] = ()) -> ActionSpace:
    """The actions with `names`, or numbered ones; raises UnsupportedSpace where no policy here can act."""
    if isinstance(space, gym.spaces.Discrete):
        return Discrete(names or _numbered(int(space.n)))
    if isinstance(space, gym.spaces.Box) and np.issubdtype(space.dtype, np.floating) and space.low.size:
        low, high = space.low.ravel().tolist(), space.high.ravel().tolist()
        return Box(tuple(low), tuple(high), names or _numbered(len(low)))
    raise UnsupportedSpace(
        f"{env_id} has the action space {str(space)[:80]}; the policies here act in Discrete(n), or in a Box of real "
        "numbers. Choose an environment with such actions, or register it with a wrapper that offers them."
    )


def native(space: gym.Space[Any], action: Any) -> Any:
    """An action of ours as one of the environment's own space."""
    if isinstance(space, gym.spaces.Discrete):
        return int(action) + int(space.start)
    assert isinstance(space, gym.spaces.Box)
    wide = np.asarray(action, dtype=space.dtype).reshape(space.shape)
    # A float32 bound may lie a rounding beyond the same bound in float64.
    return np.clip(wide, space.low, space.high) if space.dtype == np.float64 else wide


def _numbered(n: int) -> tuple[str, ...]:
    return tuple(f"action {k}" for k in range(n))
