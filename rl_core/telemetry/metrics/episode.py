"""What an episode came to."""

from __future__ import annotations

from rl_core.telemetry.metric import per_episode
from rl_core.types import Episode


@per_episode("episode/return", title="Return", unit="reward", latex=r"\sum_t r_t", colour="blue")
def episode_return(e: Episode) -> float:
    """Undiscounted sum of the rewards of one episode."""
    return e.ret


@per_episode("episode/length", title="Episode length", unit="steps", latex=r"T", colour="grey")
def episode_length(e: Episode) -> float:
    """Steps of one episode."""
    return e.length
