"""On-policy sources: a stretch of every lane, or a whole episode of every lane."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from rl_core.collect.rollout import Collector
from rl_core.data.batch import Batch
from rl_core.environments.lanes import Lanes
from rl_core.networks.actor_critic import ActorCritic
from rl_core.streams import Streams


class OnLanes:
    """Acts with the current actor; remembers where every lane stands, and the statistics of what it saw."""

    def __init__(
        self, lanes: Lanes, net: ActorCritic, streams: Streams, c: Any, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.rollout = Collector(lanes, net, streams, self.dropout(c), clock)

    def dropout(self, c: Any) -> float:
        """Probability that a hidden unit of the actor is silenced for one step."""
        dropout: float = c.dropout
        return dropout

    @property
    def env_steps(self) -> int:
        """Steps taken so far, all lanes."""
        return self.rollout.env_steps

    @property
    def episodes(self) -> int:
        """Episodes that have ended so far."""
        return self.rollout.episodes

    def follow(self, c: Any) -> None:
        """Normalise as these controls say."""
        self.rollout.normaliser.follow(c, c.gamma)

    def acting(self) -> NDArray[Any]:
        """The statistics by which observations are normalised."""
        return self.rollout.normaliser.vector

    def state(self) -> dict[str, Any]:
        """Counters, statistics and unfinished episodes."""
        return self.rollout.state()

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.rollout.restore(state)


class Segments(OnLanes):
    """T = `n_steps` steps of every lane; episodes go on from one update into the next."""

    def collect(self, c: Any) -> Batch:
        """The next steps of every lane."""
        return self.rollout.segments(c.n_steps)


class WholeEpisodes(OnLanes):
    """One episode of every lane."""

    def collect(self, c: Any) -> Batch:
        """An episode of every lane, padded to the longest."""
        return self.rollout.whole_episodes(c.keeps)
