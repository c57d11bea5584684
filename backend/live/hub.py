"""Who watches what: channels in, viewers out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from backend.api.wire import encode
from backend.jobs.machine import TERMINAL
from backend.live.channel import Channel
from backend.live.viewer import REVOKED, Viewer
from backend.live.watching import Watching

PROGRESS = frozenset({"head", "update", "env_steps", "episodes", "last_return", "best_return"})
"""Fields that change with every frame; alone they are told once a second."""
PROGRESS_SECONDS = 1.0
IDLE_SECONDS = 60.0

RunJson = dict[str, Any]


class Hub:
    """The channels of all runs and the viewers of all channels."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.viewers: set[Viewer] = set()
        self.told: dict[str, RunJson] = {}
        self.waiting: dict[str, RunJson] = {}
        self.watching = Watching()

    def channel(self, run: str, epoch: int, head: int) -> Channel:
        """Return the channel of a run, made on first use."""
        if run not in self.channels:
            self.channels[run] = Channel(run, epoch, head)
        return self.channels[run]

    def publish(self, run: str, epoch: int, payloads: Iterable[dict[str, Any]]) -> None:
        """Give committed records to everybody who watches the run."""
        fresh = list(payloads)
        if not fresh:
            return
        before = fresh[0].get("first_seq", fresh[0]["seq"]) - 1
        self.channel(run, epoch, before).publish(epoch, fresh)
        for viewer in self.viewers:
            if run in viewer.subscriptions:
                viewer.wake.set()

    def announce(self, record: RunJson) -> None:
        """Tell every viewer of a changed record: at once, or within a second if only its counters moved."""
        run = record["id"]
        if record["state"] in TERMINAL:
            self.watching.end(run)
        if steady(record) == steady(self.told.get(run, {})):
            self.waiting[run] = record
            return
        self.waiting.pop(run, None)
        self.tell(record)

    def tell(self, record: RunJson) -> None:
        """Send a record to every viewer, written once."""
        self.told[record["id"]] = record
        text = encode({"type": "run", "run": record}).decode()
        for viewer in self.viewers:
            viewer.tell(record["id"], text)

    def forget(self, run: str) -> None:
        """Tell every viewer that a run is deleted, and keep nothing of it."""
        self.channels.pop(run, None)
        self.told.pop(run, None)
        self.waiting.pop(run, None)
        self.watching.end(run)
        text = encode({"type": "deleted", "run": run}).decode()
        for viewer in self.viewers:
            viewer.subscriptions.pop(run, None)
            viewer.tell(run, text)

    def prune(self) -> None:
        """Let go of channels that have been quiet and that nobody watches; the store has their records."""
        watched = {run for viewer in self.viewers for run in viewer.subscriptions}
        old = time.monotonic() - IDLE_SECONDS
        for run in [run for run, found in self.channels.items() if run not in watched and found.touched < old]:
            del self.channels[run]
            self.told.pop(run, None)

    def revoke(self, session: str) -> None:
        """Close every socket of a session that has ended."""
        for viewer in self.viewers:
            if viewer.session == session:
                viewer.close(REVOKED)

    async def tick(self) -> None:
        """Tell once a second which runs moved on; runs for the life of the server."""
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            for record in [self.waiting.pop(run) for run in list(self.waiting)]:
                self.tell(record)
            self.prune()


def steady(record: RunJson) -> RunJson:
    """Return a record without the fields that every frame changes."""
    return {name: value for name, value in record.items() if name not in PROGRESS and name != "version"}
