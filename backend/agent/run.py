"""One run on this machine: its directory, its trainer if that lives, and what is still to be said of it."""

import asyncio
import logging
import math
import signal
import time
from typing import Any

from backend.agent.ending import has_ended
from backend.agent.process import Process
from backend.agent.run_directory import RunDirectory
from backend.agent.timings import Timings
from rl_core.journal.inbox import InboxReader, InboxWriter
from rl_core.journal.journal import forget, head

logger = logging.getLogger(__name__)

FORGET_INTERVAL_S = 1.0


class Run:
    """A run that the store does not yet hold to its end."""

    def __init__(self, directory: RunDirectory, epoch: int) -> None:
        self.directory = directory
        self.id = directory.run_id
        self.epoch = epoch
        self.settled = 0
        self.process: Process | None = None
        self.exit: str | None = None
        self.cause: dict[str, Any] | None = None
        """Why a trainer died that no agent saw dying; written once the server has said what is settled."""
        self.stopping = False
        self.owes_exit = False
        """Whether the server still has to hear that the trainer left, once it has all records."""
        self._final_head: int | None = None
        self._forgot_at = -math.inf
        self._commands: set[str] | None = None

    @property
    def alive(self) -> bool:
        return self.process is not None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    @property
    def head(self) -> int:
        return head(self.directory.path) if self._final_head is None else self._final_head

    def note_end(self) -> None:
        """Remember the journal's last seq if no record can follow it any more."""
        if not self.alive and has_ended(self.directory.path):
            self._final_head = head(self.directory.path)

    @property
    def done(self) -> bool:
        """Whether the run has ended and the server knows all of it."""
        return self._final_head is not None and self.settled >= self._final_head and not self.owes_exit

    def settle(self, seq: int) -> None:
        """Note what the store holds, and let the journal forget it now and then."""
        self.settled = max(self.settled, seq)
        now = time.monotonic()
        if self.done or now - self._forgot_at > FORGET_INTERVAL_S:
            self._forgot_at = now
            forget(self.directory.path, self.settled)

    def deliver(self, command: dict[str, Any]) -> None:
        """Put a command into the inbox unless it is there already."""
        known = self._known_commands()
        if command["id"] in known:
            return
        writer = InboxWriter(self.directory.inbox)
        writer.append(command)
        writer.close()
        known.add(command["id"])

    def asked_to_stop(self) -> bool:
        """Whether a stop lies in the inbox: an agent that died meanwhile left it to its successor to enforce."""
        return any(command["op"] == "stop" for command in self._inbox())

    def _known_commands(self) -> set[str]:
        if self._commands is None:
            self._commands = {command["id"] for command in self._inbox()}
        return self._commands

    def _inbox(self) -> list[dict[str, Any]]:
        reader = InboxReader(self.directory.inbox)
        commands = reader.poll()
        reader.close()
        return commands


async def enforce_stop(process: Process, timings: Timings) -> None:
    """Follow a polite stop with SIGTERM and then SIGKILL, to the whole group, each after `timings.stop`."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            await asyncio.wait_for(process.exited.wait(), timings.stop)
            return
        except TimeoutError:
            logger.warning("trainer %d has not stopped, sending %s", process.pid, number.name)
            process.signal(number)
