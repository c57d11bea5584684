"""A source with a memory: acts a little, remembers everything for a while, and gives a random handful."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rl_core.collect.on_lanes import OnLanes
from rl_core.data.batch import Batch
from rl_core.data.transitions import Transitions

COLUMNS = ("obs", "action", "reward", "terminated", "obs_tp1")


class Memory:
    """A ring of the last `capacity` transitions; its arrays take their shapes from the first that are put in."""

    def __init__(self, capacity: int) -> None:
        self._capacity, self._at, self.size = capacity, 0, 0
        self._arrays: dict[str, NDArray[Any]] = {}

    def put(self, columns: dict[str, NDArray[Any]]) -> None:
        """Remember rows [K, ..] of every column, forgetting the oldest."""
        if not self._arrays:
            self._arrays = {name: np.zeros((self._capacity, *x.shape[1:]), x.dtype) for name, x in columns.items()}
        count = len(columns["reward"])
        place = (self._at + np.arange(count)) % self._capacity
        for name, x in columns.items():
            self._arrays[name][place] = x
        self._at, self.size = int(place[-1] + 1) % self._capacity, min(self.size + count, self._capacity)

    def draw(self, stream: np.random.Generator, count: int) -> dict[str, NDArray[Any]]:
        """`count` rows, each as likely as any other, with replacement."""
        index = stream.integers(0, self.size, count)
        return {name: x[index] for name, x in self._arrays.items()}

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        rows = {name: torch.from_numpy(x[: self.size].copy()) for name, x in self._arrays.items()}
        return {"at": self._at, "size": self.size, "rows": rows}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self._arrays, self._at, self.size = {}, 0, 0
        if state["size"]:
            self.put({name: x.numpy() for name, x in state["rows"].items()})
        self._at, self.size = state["at"], state["size"]


class Replay(OnLanes):
    """`n_steps` steps of every lane into the memory, then `batch_size` transitions out of it.

    Before it has `learning_starts` of them it goes on acting.
    """

    def __init__(self, lanes: Any, net: Any, streams: Any, c: Any, clock: Any) -> None:
        super().__init__(lanes, net, streams, c, clock)
        self._streams, self._device = streams, next(net.parameters()).device
        self._memory = Memory(c.memory_size)
        self._acting: Any = self.rollout.acting

    def dropout(self, c: Any) -> float:
        """A greedy policy silences nothing."""
        return 0.0

    def follow(self, c: Any) -> None:
        """Observations are stored as they are."""

    def acting(self) -> NDArray[Any]:
        """The statistics of observations, and how often an action is random."""
        return np.append(super().acting(), self._acting.epsilon)

    def act_as(self, acting: NDArray[Any]) -> None:
        """Explore as much as the run does."""
        super().act_as(acting[:-1])
        self._acting.epsilon = float(acting[-1])

    def collect(self, c: Any) -> Transitions:
        """A random handful of what is remembered."""
        self._acting.epsilon = c.exploring(c.progress)
        episodes = self._act(c)
        while self._memory.size < c.learning_starts:
            episodes += self._act(c)
        drawn = self._memory.draw(self._streams["minibatch"], c.batch_size)
        rows = {name: torch.from_numpy(x).to(self._device) for name, x in drawn.items()}
        return Transitions(**rows, episodes=tuple(episodes))

    def _act(self, c: Any) -> list[Any]:
        b = self.rollout.segments(c.n_steps)
        self._memory.put(_columns(b))
        return list(b.episodes)

    def state(self) -> dict[str, Any]:
        """Lanes and memory."""
        return super().state() | {"memory": self._memory.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        super().restore(state)
        self._memory.restore(state["memory"])


def _columns(b: Batch) -> dict[str, NDArray[Any]]:
    """The T x N transitions of a segment, each with its true successor."""
    obs_tp1 = _flat(b.obs_t[1:]).index_put((b.cut_index,), b.cut_obs)
    tensors = (_flat(b.obs_t[:-1]), _flat(b.action_t), _flat(b.reward_t), _flat(b.terminated_t), obs_tp1)
    return {name: x.cpu().numpy() for name, x in zip(COLUMNS, tensors, strict=True)}


def _flat(x: Tensor) -> Tensor:
    return x.reshape(-1, *x.shape[2:])
