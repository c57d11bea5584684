"""Live watching: a child plays the newest policy in real time and sends each moment to whoever listens."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import numpy as np

from rl_core.data.batch import Batch
from rl_core.evaluate.child import Child
from rl_core.evaluate.document import policy
from rl_core.evaluate.mirror import Mirror
from rl_core.evaluate.policy_copy import PolicyCopy
from rl_core.evaluate.recorded_lane import RecordedLane, record_lane
from rl_core.journal.views import ViewSender
from rl_core.run.run import Run
from rl_core.run.snapshot import PolicySnapshot

logger = logging.getLogger("policyscope.watching")

NICENESS = 5  # somebody is looking
ALONE = 5.0  # s without a listener before the watcher leaves


class Watcher:
    """The trainer's end: at most one child, shown the parameters after each update while it lives."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._child: Child | None = None
        self._mirror: Mirror | None = None
        self._shown, self._fps = -1, 0.0

    def watch(self, role: PolicySnapshot, fps: float) -> None:
        """Play at most `fps` steps per second; 0 = no more. Another rate takes another child."""
        if self._child is not None and fps == self._fps:
            return
        self.close()
        self._fps = fps
        if fps <= 0:
            return
        mirror = Mirror(len(role.parameters))
        mirror.write(role.update, role.parameters)
        directory = self._directory
        try:
            self._child = Child(lambda tell: perform(role, fps, mirror, ViewSender(directory)), NICENESS)
        except OSError as failed:
            logger.warning("nobody can watch: %s", failed)
        self._mirror, self._shown = mirror, role.update

    def show(self, run: Run) -> None:
        """Show the parameters after an update, and notice when the child has left."""
        if self._child is None or self._mirror is None:
            return
        if run.update != self._shown:
            self._mirror.write(run.update, run.snapshot().parameters)
            self._shown = run.update
        code = self._child.ended()
        if code is not None:
            told = self._child.told()
            if code:
                logger.warning("the live view ended with exit code %d: %s", code, told)
            self._child = self._mirror = None

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
        self._child = self._mirror = None


def perform(role: PolicySnapshot, fps: float, mirror: Mirror, sender: ViewSender) -> None:
    """Episode after episode in real time, each action by the newest parameters, until nobody has listened a while."""
    stage = record_lane(role.config.environment, keep=False)
    understudy = PolicyCopy(role, stage, int(np.random.SeedSequence().generate_state(1)[0]))
    update, episode, ret, t, due = role.update, 1, 0.0, 0, time.monotonic()
    while sender.unheard_for < ALONE:
        newest = mirror.read()
        if newest is not None and newest[0] != update:
            update = newest[0]
            understudy.learn(newest[1])
        b, value = understudy.step()
        ret += stage.last_reward
        about = {"update": update, "episode": episode, "t": t, "return": ret, "value": value}
        sender.send(about | moment(b, stage))
        episode, ret, t = (episode + 1, 0.0, 0) if b.episodes else (episode, ret, t + 1)
        due = max(due + 1 / fps, time.monotonic() - 1 / fps)
        time.sleep(max(0.0, due - time.monotonic()))


def moment(b: Batch, stage: RecordedLane) -> dict[str, Any]:
    """One step as a live message holds it: the state, and what was done in it."""
    pictured = stage.camera is not None
    chosen = {name: (values or [None])[0] for name, values in policy(b, stage).items()}
    return chosen | {
        "state": None if pictured else stage.acted_on,
        "image": (stage.acted_on or None) if pictured else None,
        "reward": stage.last_reward,
        "done": bool(b.episodes),
    }
