"""Where an update's data come from; a source may remember: lanes, statistics, a replay memory, demonstrations."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray

from rl_core.collect.rollout import Collector


class Source(Protocol):
    """It counts `env_steps` and `episodes`; what it collects says which `episodes` ended meanwhile."""

    rollout: Collector  # who acts in the lanes

    @property
    def env_steps(self) -> int:
        """Steps taken so far, all lanes."""

    @property
    def episodes(self) -> int:
        """Episodes that have ended so far."""

    def collect(self, c: Any) -> Any:
        """The data of one update."""

    def follow(self, c: Any) -> None:
        """Use these controls from the next collection on."""

    def acting(self) -> NDArray[Any]:
        """What acting depends on beside the parameters, as one vector."""

    def act_as(self, acting: NDArray[Any]) -> None:
        """Act as the source does that said this."""

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
