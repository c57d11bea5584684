"""Where every lane stands: its observation, its episode's seed and actions, and the returns as they grow."""

from __future__ import annotations

from typing import Any

import numpy as np

from rl_core.environments.lanes import Lanes
from rl_core.streams import Streams
from rl_core.types import Actions, Discrete, FloatArray, IntArray


class LanesState:
    """The lanes between two steps; an unfinished episode is its seed and its actions, and is restored by replaying."""

    def __init__(self, lanes: Lanes, streams: Streams) -> None:
        n = lanes.num_lanes
        self.lanes, self._streams = lanes, streams
        self.obs: FloatArray = np.zeros((n, lanes.info.obs_size), np.float32)
        self.episode_return = np.zeros(n)
        self.episode_length: IntArray = np.zeros(n, np.int64)
        self._next_episode = [0] * n
        self._seeds = [0] * n
        self._begun: IntArray = np.zeros(n, np.int64)  # clock of each lane's first step
        # (clock of the first row, actions [T, N] or [T, N, D_a] as the environment received them)
        self._history: list[tuple[int, Actions]] = []
        self._clock = 0

    def begin(self, lane: int, clock: int) -> None:
        """Begin the lane's next episode, under a seed that no other lane or episode has."""
        self._seeds[lane] = self._streams.episode_seed(lane, self._next_episode[lane])
        self._next_episode[lane] += 1
        self.obs[lane] = self.lanes.reset(lane, self._seeds[lane])
        self.episode_return[lane], self.episode_length[lane] = 0.0, 0
        self._begun[lane] = clock

    def begin_all(self) -> None:
        """Begin an episode in every lane and forget what came before."""
        self._history, self._clock = [], 0
        for lane in range(self.lanes.num_lanes):
            self.begin(lane, 0)

    @property
    def clock(self) -> int:
        """Steps taken by every lane since `begin_all`."""
        return self._clock

    def count(self, reward: FloatArray) -> None:
        """Add one step's reward to the running episodes."""
        self.episode_return += reward
        self.episode_length += 1

    def remember(self, actions: Actions) -> None:
        """Keep a rollout's executed actions [T, N, ..] as long as an unfinished episode needs them."""
        self._history.append((self._clock, actions))
        self._clock += len(actions)
        oldest = int(self._begun.min())
        self._history = [(at, a) for at, a in self._history if at + len(a) > oldest]

    def next_episodes(self) -> list[int]:
        """How many episodes each lane has begun."""
        return list(self._next_episode)

    def skip_to(self, next_episodes: list[int]) -> None:
        """Go on counting episodes from a checkpoint."""
        self._next_episode = list(next_episodes)

    def unfinished(self) -> list[dict[str, Any]]:
        """Seed and actions of each lane's running episode."""
        rows = np.concatenate([a for _, a in self._history]) if self._history else self._no_actions(0)
        first = self._history[0][0] if self._history else self._clock
        return [
            {
                "seed": self._seeds[n],
                "actions": rows[self._begun[n] - first :, n].tolist(),
                "return": float(self.episode_return[n]),
            }
            for n in range(self.lanes.num_lanes)
        ]

    def replay(self, unfinished: list[dict[str, Any]]) -> None:
        """Bring every lane to where a checkpoint left it; a float32 action survives as a float64 in between."""
        longest = max((len(row["actions"]) for row in unfinished), default=0)
        rows = self._no_actions(longest)
        for lane, row in enumerate(unfinished):
            actions = np.array(row["actions"], rows.dtype).reshape(-1, *rows.shape[2:])
            self._seeds[lane] = row["seed"]
            self.obs[lane] = self.lanes.reset(lane, row["seed"])
            for action in actions:
                self.obs[lane] = self.lanes.step_lane(lane, action)
            self.episode_return[lane], self.episode_length[lane] = row["return"], len(actions)
            self._begun[lane] = longest - len(actions)
            rows[longest - len(actions) :, lane] = actions
        self._history, self._clock = [(0, rows)], longest

    def _no_actions(self, steps: int) -> Actions:
        """Rows [T, N] or [T, N, D_a] of zeros."""
        actions, lanes = self.lanes.info.actions, self.lanes.num_lanes
        if isinstance(actions, Discrete):
            return np.zeros((steps, lanes), np.int64)
        return np.zeros((steps, lanes, actions.size), np.float32)
