"""One viewer's place in one run: a cursor, so that a slow viewer costs no memory of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from backend.api.wire import encode
from backend.live.channel import Channel, Shape
from backend.live.frames import Item, take

Replay = Callable[[int], Awaitable[list[dict[str, Any]]]]
"""Reads the records after a seq from the store; an empty list if none are kept."""

Resume = Literal["replay", "live", "reload"]


class Subscription:
    """Where a viewer stands in a run, and how often it wants to hear of it."""

    def __init__(self, channel: Channel, shape: Shape, cursor: int, *, replay: Replay, max_hz: float | None) -> None:
        self.channel = channel
        self.shape = shape
        self.epoch = channel.epoch
        self.cursor = cursor
        self.sent_to = cursor
        """The cursor after the last message that the socket took."""
        self.replay = replay
        self.catching_up = cursor < channel.start
        self.backlog: deque[Item] = deque()
        self.interval = 1 / max_hz if max_hz else 0.0
        self.due = 0.0

    @property
    def behind(self) -> bool:
        """Whether there is something to send."""
        return self.epoch != self.channel.epoch or self.cursor <= self.channel.head

    def move(self, cursor: int) -> None:
        """Go on from another place; what is before it will not be sent and is no loss."""
        self.epoch, self.cursor, self.sent_to = self.channel.epoch, cursor, cursor
        self.backlog.clear()
        self.catching_up = cursor < self.channel.start

    async def next(self) -> str | None:
        """Return the next message of this run, or None if the viewer has everything."""
        if self.epoch != self.channel.epoch:
            self.move(1)
        if not self.behind:
            return None
        if self.catching_up and (text := await self.from_store()):
            return text
        if self.cursor < self.channel.start:
            return self.skip()
        return self.from_memory()

    async def from_store(self) -> str | None:
        """Return the next message that is no longer in memory; None once the rest is."""
        while self.backlog and self.backlog[0].last < self.cursor:
            self.backlog.popleft()
        if not self.backlog:
            if self.cursor >= self.channel.start:
                self.catching_up = False
                return None
            await self.preload()
        taken = take(self.backlog, self.cursor)
        if taken is None:
            self.catching_up = False
            return None
        payload, self.cursor = taken
        return self.channel.write(payload, self.shape)

    async def preload(self) -> None:
        """Read the next records from the store; raises what the store raises if they are gone."""
        self.backlog.extend(Item.of(payload) for payload in await self.replay(self.cursor - 1))

    def from_memory(self) -> str | None:
        """Return the next message from memory, written once for all viewers of this shape."""
        found = self.channel.next(self.cursor, self.shape)
        if found is None:
            return None
        text, self.cursor = found
        return text

    def give_up(self) -> str | None:
        """Announce everything that the socket has not taken: the viewer is about to be closed."""
        if self.epoch != self.channel.epoch:
            self.move(1)
        self.cursor = self.sent_to
        return self.skip_to(self.channel.head + 1) if self.behind else None

    def skip(self) -> str:
        """Announce what this viewer was too slow for and go on with the oldest record in memory."""
        return self.skip_to(self.channel.start)

    def skip_to(self, cursor: int) -> str:
        """Announce what is left out before a cursor."""
        first, self.cursor = self.cursor, cursor
        message = {"type": "skip", "run": self.channel.run, "epoch": self.epoch}
        return encode({**message, "from": first, "to": self.cursor - 1, "reason": "slow"}).decode()
