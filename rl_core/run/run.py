"""The loop: collect, estimate, update, emit; edits apply between updates."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from rl_core.algorithms.algorithm import algorithms
from rl_core.config import RunConfig, resolve
from rl_core.environments.make import make_lanes
from rl_core.run.checkpoint import FORMAT, Checkpoints, check_format
from rl_core.run.learner import Learner
from rl_core.run.log import Discard, Log, Sink
from rl_core.run.measure import Measurer
from rl_core.run.snapshot import PolicySnapshot
from rl_core.run.stopwatch import Stopwatch
from rl_core.run.threads import one_thread
from rl_core.streams import Streams
from rl_core.telemetry.frames import Frames
from rl_core.telemetry.metrics.optimisation import Spent
from rl_core.types import Spaces
from rl_core.updates.update import Update

logger = logging.getLogger("policyscope.run")

LEAK_INTERVAL = 0.5  # s between two leak matrices
CHECKPOINT_INTERVAL = 60.0  # s between two checkpoints that nobody asked for


class Kept(Protocol):
    """Remembers something that a resumed run must find again."""

    def state(self) -> Any:
        """For a checkpoint."""

    def restore(self, state: Any) -> None:
        """Go on from a checkpoint."""


class Run:
    """One training run: everything it is between two updates, and what an update does; it does not know its driver."""

    def __init__(
        self,
        config: RunConfig,
        sink: Sink | None = None,
        checkpoints: Checkpoints | None = None,
        telemetry: bool = True,
    ) -> None:
        self.config, self.c = config, config.parsed_controls()
        self.algorithm = algorithms[config.algorithm]
        self.streams, self.watch = Streams(config.seed), Stopwatch()
        self.lanes = make_lanes(config.environment.id, config.environment.num_envs, config.environment.kwargs)
        info = self.lanes.info
        self.learner = Learner(self.algorithm, self.c, Spaces((info.obs_size,), info.actions), self.streams)
        self.source = self.learner.source(self.lanes, self.c, lambda: self.watch.wall)
        self.learner.watched_in(self.lanes, telemetry)
        self._follow()
        self.checkpoints = checkpoints
        self.kept: dict[str, Kept] = {}  # what others want to find again in this run's checkpoints
        self._log = Log(sink or Discard())
        self._frames = Frames(self._log.frame) if telemetry else None
        self._measurer = Measurer(self.learner)
        self.update, self.solved = 0, False
        self.recent: deque[float] = deque(maxlen=1000)
        self._probed_at = float("-inf")
        self._checkpointed_at = time.perf_counter()
        self._update_ended = 0.0  # by the watch, so that pauses do not count

    def begin(self) -> None:
        """The first word of a run."""
        self.watch.go()
        self.event("started", {"seed": self.config.seed})

    @np.errstate(all="ignore")  # a run that diverges is shown as NaN and infinity, not as warnings in its log
    def advance(self) -> None:
        """One update."""
        began, cpu, before = time.perf_counter(), time.process_time(), self.source.env_steps
        progress, probe = self.progress(), self._probe_due(began)
        batch = self.source.collect(self.c.at(progress))
        collected = time.perf_counter()
        u = self.learner.update(batch, self.c, progress, probe)
        self.update += 1
        seconds = {"collect": collected - began, "cpu": time.process_time() - cpu}
        self._emit(batch, u, self.source.env_steps - before, u.seconds | seconds)
        self._note_solved(batch)
        if self.checkpoints and time.perf_counter() - self._checkpointed_at > CHECKPOINT_INTERVAL:
            self.checkpoint()

    def progress(self) -> float:
        """The fraction of the budget used."""
        return self.config.budget.used(self.source.env_steps, self.update, self.source.episodes)

    def edit(self, values: Mapping[str, Any]) -> None:
        """Use other control values from the next update on."""
        self.c = self.c.edited(dict(values))
        self._follow()
        self._probed_at = float("-inf")
        self.learner.edited()

    def snapshot(self) -> PolicySnapshot:
        """The policy as it is now, for somebody else to play."""
        parameters, statistics = self.learner.flat.vector.cpu().numpy(), self.source.acting()
        return PolicySnapshot(
            self.config, self.c, self.update, np.concatenate([parameters, statistics.astype(np.float32)])
        )

    def event(self, kind: str, data: dict[str, Any], at_update: int | None = None) -> None:
        """Log a fact, after every row that came before it."""
        if self._frames:
            self._frames.flush()
        self._log.event(kind, self.update if at_update is None else at_update, self.watch.wall, data)
        logger.info("update %d: %s %s", self.update, kind.replace("_", " "), data)

    def checkpoint(self) -> str | None:
        """Write a checkpoint, where there is a place for one; its file name."""
        self._checkpointed_at = time.perf_counter()
        if self.checkpoints is None:
            return None
        path = self.checkpoints.save(self.update, self.state())
        self.event("checkpoint", {"path": path.name, "update": self.update, "bytes": path.stat().st_size})
        return path.name

    def state(self) -> dict[str, Any]:
        """Everything from which the run goes on bit for bit."""
        return {
            "format": FORMAT, "controls": self.c.values(),
            "update": self.update, "wall": self.watch.wall, "solved": self.solved,
            "recent": list(self.recent), "kept": {name: part.state() for name, part in self.kept.items()},
            "learner": self.learner.state(), "source": self.source.state(), "streams": self.streams.state(),
            "measurer": self._measurer.state(),
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a checkpoint."""
        check_format(state)
        self.update, self.solved, self.watch = state["update"], state["solved"], Stopwatch(state["wall"])
        self.c = type(self.c).model_validate(state["controls"])
        self._update_ended = state["wall"]
        self.recent.extend(state["recent"])
        for name, part in self.kept.items():
            part.restore(state["kept"][name])
        self.learner.restore(state["learner"])
        self.source.restore(state["source"])
        self._follow()
        self.streams.restore(state["streams"])
        self._measurer.restore(state["measurer"])

    def _follow(self) -> None:
        """Hand the controls to what acts on them between updates."""
        self.source.follow(self.c)

    def _emit(self, batch: Any, u: Update, env_steps: int, seconds: dict[str, float]) -> None:
        self.recent.extend(episode.ret for episode in batch.episodes)
        if self._frames is None:
            return
        wall = self.watch.wall
        elapsed, self._update_ended = wall - self._update_ended, wall
        axes = {
            "update": self.update, "grad_steps": self.learner.grad_steps, "env_steps": self.source.env_steps,
            "episodes": self.source.episodes, "wall": wall,
        }  # fmt: skip
        self._frames.add(axes, self._measurer.read(u, Spent(env_steps, seconds, elapsed)), batch.episodes)

    def _probe_due(self, now: float) -> bool:
        due = self._frames is not None and now - self._probed_at >= LEAK_INTERVAL
        if due:
            self._probed_at = now
        return due

    def _note_solved(self, batch: Any) -> None:
        bar, window = self.lanes.info.solved_at, self.c.solved_window
        if self.solved or bar is None or not batch.episodes or len(self.recent) < window:
            return
        mean = sum(list(self.recent)[-window:]) / window
        if mean >= bar:
            self.solved = True
            about = {"mean": mean, "bar": bar, "window": window, "env_steps": self.source.env_steps}
            self.event("solved", about | {"episodes": self.source.episodes})


def train(
    config: Mapping[str, Any] | RunConfig,
    listen: Callable[[dict[str, Any]], None] | None = None,
    telemetry: bool = True,
) -> Run:
    """Train in this process until the budget is used up; `listen` receives every frame and event. Returns the run."""
    with one_thread():
        run = Run(config if isinstance(config, RunConfig) else resolve(config), Discard(listen), telemetry=telemetry)
        run.begin()
        while run.progress() < 1.0:
            run.advance()
        run.event("finished", {"reason": "budget used up"})
        run.lanes.close()
    return run
