"""The data that move between the stages, and the conventions of their axes.

Time index: `r_t` is the reward received *for* (s_t, a_t); `v_tp1` is the value of the true successor of (s_t, a_t), the
last observation of the old episode where an episode ends, never the first one of the next. Axes: T steps, N lanes
(parallel environments), M = number of valid samples, D observation size, D_a action size, P parameters of a policy's
distribution (A logits, or means and log sigmas).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
Array = FloatArray  # what metrics are read from
Actions = IntArray | FloatArray  # [N], or [N, D_a]
Action = int | FloatArray  # of one lane
Forward = Callable[[FloatArray, Sequence[FloatArray]], FloatArray]  # inputs and dropout masks -> outputs, no graph


@dataclass(frozen=True, slots=True)
class Discrete:
    """Actions 0..n-1, each with a name."""

    names: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many."""
        return len(self.names)

    def to_json(self) -> dict[str, Any]:
        """The catalog's form."""
        return {"kind": "discrete", "n": self.n, "names": list(self.names)}


@dataclass(frozen=True, slots=True)
class Box:
    """Actions in R^D_a with bounds per dimension, in the environment's units."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    names: tuple[str, ...]

    @property
    def size(self) -> int:
        """D_a."""
        return len(self.names)

    def to_json(self) -> dict[str, Any]:
        """The catalog's form."""
        bounds = {"low": list(self.low), "high": list(self.high)}
        return {"kind": "box", "shape": [self.size], "names": list(self.names)} | bounds


ActionSpace = Discrete | Box


@dataclass(frozen=True, slots=True)
class Spaces:
    """What networks are built between: the shape of an observation, and the actions."""

    obs_shape: tuple[int, ...]
    actions: ActionSpace

    @property
    def obs_size(self) -> int:
        """Numbers in an observation."""
        return math.prod(self.obs_shape)


@dataclass(frozen=True, slots=True)
class Episode:
    """One finished episode: its undiscounted return (reward) and length (steps)."""

    number: int
    env_steps: int
    ret: float
    length: int
    wall: float
