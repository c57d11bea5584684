"""Journals to the server: poll, send, slow down, and keep no more in flight than the store can soon settle."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec

from backend.agent.protocol import Message, Records, Trainer
from backend.agent.run import Run
from backend.agent.timings import Timings
from rl_core.journal.journal import JournalReader

BATCH_BYTES = 256 << 10
WINDOW_BYTES = 4 << 20
WINDOW_BATCHES = 2
"""Unsettled batches of a run: one is being committed, one waits. Where commits are slow the next batch grows meanwhile;
small ones would queue for minutes, and with them the answers to requests."""

Send = Callable[[Message], Awaitable[None]]


class Cursor:
    """How far one run has been sent over this connection, and when to look again."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.reader = JournalReader(run.directory.path, after_seq=run.settled)
        self.due = 0.0
        self._fresh_at = -math.inf
        self._in_flight: deque[tuple[int, int]] = deque()
        self._in_flight_bytes = 0

    @property
    def full(self) -> bool:
        return self._in_flight_bytes > WINDOW_BYTES or len(self._in_flight) >= WINDOW_BATCHES

    @property
    def idle(self) -> bool:
        """Whether all records are sent and settled and nothing more is to come."""
        return not self.run.alive and not self.run.owes_exit and not self._in_flight

    def sent(self, size: int) -> None:
        self._in_flight.append((self.reader.seq, size))
        self._in_flight_bytes += size

    def settled(self, seq: int) -> None:
        while self._in_flight and self._in_flight[0][0] <= seq:
            self._in_flight_bytes -= self._in_flight.popleft()[1]

    def schedule(self, now: float, size: int, timings: Timings) -> None:
        """Look again at once in a backlog, soon while records come, and ever later when they do not."""
        if size:
            self._fresh_at = now
        quiet = now - self._fresh_at
        pause = timings.poll_fast if quiet < timings.fast_for else min(timings.poll_slow, quiet / 10)
        self.due = now if size >= BATCH_BYTES // 2 else now + pause


class Shipper:
    """Sends what the journals of the given runs gain, fairly, run by run; `told_exit` hears when one is through."""

    def __init__(self, send: Send, told_exit: Callable[[Run], None], timings: Timings) -> None:
        self._send = send
        self._told_exit = told_exit
        self._timings = timings
        self._cursors: dict[str, Cursor] = {}
        self._alarm = Alarm()

    @property
    def idle(self) -> bool:
        return all(cursor.idle for cursor in self._cursors.values())

    def add(self, run: Run) -> None:
        """Ship a run from behind what is settled of it."""
        self._cursors.setdefault(run.id, Cursor(run))
        self.look_at(run)

    def look_at(self, run: Run) -> None:
        """Read the run's journal now: something has happened."""
        if run.id in self._cursors:
            self._cursors[run.id].due = 0.0
            self._alarm.ring()

    def settled(self, run: Run, seq: int) -> None:
        cursor = self._cursors.get(run.id)
        if cursor:
            cursor.settled(seq)
            if math.isinf(cursor.due):
                self.look_at(run)

    def drop(self, run_id: str) -> None:
        cursor = self._cursors.pop(run_id, None)
        if cursor:
            cursor.reader.close()

    def close(self) -> None:
        for run_id in list(self._cursors):
            self.drop(run_id)

    async def run(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            for cursor in list(self._cursors.values()):
                if cursor.due <= now():
                    await self._advance(cursor, now())
            due = min((cursor.due for cursor in self._cursors.values()), default=math.inf)
            await self._alarm.wait(due - now())

    async def _advance(self, cursor: Cursor, now: float) -> None:
        run = cursor.run
        alive = run.alive  # before reading: then nothing can follow what was read of a dead one
        cursor.due = math.inf
        records = [] if cursor.full else cursor.reader.read_raw(BATCH_BYTES)
        if records:
            await self._send_records(cursor, records, now)
        elif alive and not cursor.full:
            cursor.schedule(now, 0, self._timings)
        elif run.owes_exit and not cursor.full:
            run.owes_exit = False
            await self._send(Trainer(run.id, run.epoch, alive=False, pid=None, exit=run.exit))
            self._told_exit(run)

    async def _send_records(self, cursor: Cursor, records: list[msgspec.Raw], now: float) -> None:
        size = sum(len(record) for record in records)
        cursor.sent(size)
        cursor.schedule(now, size, self._timings)
        await self._send(Records(cursor.run.id, cursor.run.epoch, records))


class Alarm:
    """A sleep that can be cut short."""

    def __init__(self) -> None:
        self._rung = False
        self._waiter: asyncio.Future[None] | None = None

    def ring(self) -> None:
        self._rung = True
        self._wake()

    async def wait(self, seconds: float) -> None:
        if not self._rung and seconds > 0:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = None if math.isinf(seconds) else loop.call_later(seconds, self._wake)
            try:
                await self._waiter
            finally:
                self._waiter = None
                if timer:
                    timer.cancel()
        self._rung = False

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
