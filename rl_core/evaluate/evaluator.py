"""The trainer's side of evaluation: when an episode is recorded, by one child at a time, and what is said of it."""

from __future__ import annotations

import logging
import time
from collections import deque
from pathlib import Path
from typing import Any

from rl_core.evaluate.child import Child
from rl_core.evaluate.recording import LIMIT, Job, Reason, record
from rl_core.evaluate.schedule import following
from rl_core.evaluate.watching import Watcher
from rl_core.journal.episodes import EpisodeFolder
from rl_core.run.run import Run

logger = logging.getLogger("policyscope.evaluator")

NICENESS = 10
INTERVAL = 2.0  # s between two recordings that nobody asked for, for each reason
PATIENCE = 10.0  # s that a run waits at its end for an episode that was asked for
POLL = 0.01  # s


class Evaluator:
    """Records and shows the policy of a run; what it does takes place in children, and is told between two updates."""

    def __init__(self, directory: Path) -> None:
        self._folder = EpisodeFolder(directory / "episodes")
        self._requests: deque[Job] = deque()
        self._edited = False
        self._last: dict[Reason, float] = {}
        self._next_update: int | None = None
        self._recording: tuple[Child, Job, int] | None = None  # and the number of its first episode
        self._watcher = Watcher(directory)

    def attend(self, run: Run) -> None:
        """Between two updates, and while the run waits: take note of who has ended, and begin what is due."""
        self._watcher.show(run)
        if self._recording is not None:
            self._note_end(run)
        if self._recording is None:
            job = self._due(run)
            if job is not None:
                self._begin(run, job)

    def edited(self) -> None:
        """The controls have changed: record the policy as it is now."""
        self._edited = True

    def request(self, episodes: int, seed: int | None, action_id: str) -> None:
        """Record when the requests before this one are done."""
        self._requests.append(Job("request", episodes, seed, action_id))

    def watch(self, run: Run, fps: float) -> None:
        """Show the policy live, or no more (0)."""
        self._watcher.watch(run.snapshot(), fps)

    def finish(self, run: Run, patient: bool) -> None:
        """Before the run's last word: every request gets its answer, and no child is left."""
        self._watcher.close()
        deadline = time.monotonic() + (PATIENCE if patient else 0.0)
        while (self._recording or self._requests) and time.monotonic() < deadline:
            self._edited, self._next_update = False, run.update + 1
            self.attend(run)
            time.sleep(POLL)
        self.close()
        for job in ([self._recording[1]] if self._recording else []) + list(self._requests):
            self._answer(run, job, run.update, [], "the run ended before it was recorded")
        self._recording = None
        self._requests.clear()

    def close(self) -> None:
        """End every child."""
        self._watcher.close()
        if self._recording is not None:
            self._recording[0].kill()
            self._discard(self._recording[1], self._recording[2])

    def _due(self, run: Run) -> Job | None:
        if self._next_update is None:  # a resumed run goes on with the schedule where it is
            self._next_update = 0 if run.update == 0 else following(run.update)
        if self._requests:
            return self._requests.popleft()
        if self._edited and self._may(run, "edit"):
            self._edited = False
            return Job("edit")
        if run.update >= self._next_update and self._may(run, "schedule"):
            self._next_update = following(run.update)
            return Job("schedule")
        return None

    def _may(self, run: Run, reason: Reason) -> bool:
        now = time.monotonic()
        if not run.c.record_episodes or now - self._last.get(reason, float("-inf")) < INTERVAL:
            return False
        self._last[reason] = now
        return True

    def _begin(self, run: Run, job: Job) -> None:
        snapshot, first, folder = run.snapshot(), self._folder.next_number, self._folder
        try:
            child = Child(lambda tell: record(snapshot, job, folder, first, tell), NICENESS)
        except OSError as failed:
            self._answer(run, job, run.update, [], f"no process could be started: {failed}")
        else:
            self._recording = child, job, first

    def _note_end(self, run: Run) -> None:
        assert self._recording is not None
        child, job, first = self._recording
        code = child.ended()
        if code is None:
            return
        self._recording = None
        told = child.told()
        episodes = [line for line in told if "n" in line]
        for line in episodes:
            self._folder.keep(line["n"], line["reason"])
            run.event("episode", line)
        self._discard(job, first + len(episodes))
        update = episodes[0]["update"] if episodes else run.update
        error = None if code == 0 else _sentence(code, told)
        self._answer(run, job, update, [line["n"] for line in episodes], error)

    def _discard(self, job: Job, first: int) -> None:
        for n in range(first, first + job.episodes):
            self._folder.discard(n)

    def _answer(self, run: Run, job: Job, update: int, episodes: list[int], error: str | None) -> None:
        if error is not None:
            logger.warning("recording (%s) failed: %s", job.reason, error)
        if job.action_id is not None:
            done = {"action_id": job.action_id, "action": "record", "update": update, "episodes": episodes}
            run.event("action_done", done | ({} if error is None else {"error": f"Not recorded: {error}."}))


def _sentence(code: int, told: list[dict[str, Any]]) -> str:
    """Why a recording ended with this exit code, negative for a signal."""
    said = next((line["error"] for line in told if "error" in line), None)
    if said is not None:
        return str(said)
    if code == -14:
        return f"it took longer than {LIMIT} s"
    return f"its process was killed by signal {-code}" if code < 0 else f"its process left with exit code {code}"
