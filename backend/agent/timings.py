"""Every waiting time of the agent, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timings:
    """What the agent waits for, and how long."""

    stop: float = 5.0
    """For a trainer to follow a stop, before SIGTERM, and again before SIGKILL."""
    suspend: float = 5.0
    """For all trainers to write their checkpoints at a shutdown."""
    orphan: float = 60.0
    """Without a server and without a trainer, before the agent leaves."""
    welcome: float = 10.0
    """For the server to answer a hello."""
    lease: float = 12.0
    """Without a word that somebody still watches a run, before its watching ends."""
    silence: float = 4.0
    """Without a view of a watched run, before its trainer is asked again."""
    study: float = 60.0
    """For an experiment of the laboratory, before it is ended and refused as too slow."""
    backoff_min: float = 0.1
    backoff_max: float = 2.0
    poll_fast: float = 0.005
    poll_slow: float = 0.05
    fast_for: float = 0.25
    """After the last record, before polling slows down."""
