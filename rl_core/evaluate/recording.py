"""A recording: so many whole episodes of one policy, each written to disk and summed up in a line."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from rl_core.evaluate.child import Tell
from rl_core.evaluate.document import document
from rl_core.evaluate.policy_copy import PolicyCopy
from rl_core.evaluate.recorded_lane import RecordedLane, record_lane
from rl_core.journal.episodes import EpisodeFolder
from rl_core.run.snapshot import PolicySnapshot

LIMIT = 60  # s for one episode

Reason = Literal["schedule", "edit", "request"]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be recorded, and who wants to know."""

    reason: Reason
    episodes: int = 1
    seed: int | None = None
    action_id: str | None = None

    def seed_of(self, k: int, run_seed: int, n: int) -> int:
        """The seed of its k-th episode: the one asked for and those after it, else one of the run's and the number."""
        if self.seed is not None:
            return self.seed + k
        return int(np.random.SeedSequence([run_seed, 300, n]).generate_state(1)[0])


def record(role: PolicySnapshot, job: Job, folder: EpisodeFolder, first: int, tell: Tell) -> None:
    """Play and write the episodes of a job, numbered from `first` on; a process that takes too long is ended."""
    stage = record_lane(role.config.environment, keep=True)
    for k in range(job.episodes):
        signal.alarm(LIMIT)
        n = first + k
        seed = job.seed_of(k, role.config.seed, n)
        about: dict[str, Any] = {"n": n, "kind": "eval", "update": role.update, "seed": seed, "reason": job.reason}
        played = about | play(role, stage, seed)
        has_pictures = played["view"]["kind"] == "images"
        folder.put(n, played, stage.views if has_pictures else [])
        tell(summary(played))


def play(role: PolicySnapshot, stage: RecordedLane, seed: int) -> dict[str, Any]:
    """One episode as a document; the same seed and parameters make the same one."""
    b, e = PolicyCopy(role, stage, seed).play()
    return document(b, e, stage)


def summary(played: dict[str, Any]) -> dict[str, Any]:
    """The data of the event `episode`."""
    told = ("n", "kind", "update", "seed", "return", "length", "reason")
    return {name: played[name] for name in told} | {"view": played["view"]["kind"]}
