"""One run on its way to its viewers: the newest records, each message written once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from backend.api.wire import encode
from backend.live.frames import Item, Names, take, thin

RING_ROWS = 8_192
"""Rows and events kept in memory for each run; a viewer further behind is told what it missed."""
RING_BYTES = 12 << 20
"""Memory for the records of each run, whatever the width of its rows."""
EVENT_BYTES, COLUMN_BYTES, NUMBER_BYTES, BIN_BYTES, EPISODE_BYTES = 2_000, 350, 32, 120, 700
"""What an event, a frame's column, a number, a bin and an episode take: lists and dicts weigh more than digits."""
WRITTEN = 16


@dataclass(frozen=True, slots=True)
class Shape:
    """What a viewer wants of each frame; viewers of one shape share one text."""

    metrics: Names = "*"
    distributions: Names = "*"


class Channel:
    """The committed records of one run that are still in memory, and their texts."""

    def __init__(self, run: str, epoch: int, head: int) -> None:
        self.run = run
        self.epoch = epoch
        self.head = head
        self.items: deque[Item] = deque()
        self.rows = 0
        self.bytes = 0
        self.written: dict[tuple[int, int, Shape], str] = {}
        self.touched = time.monotonic()

    @property
    def start(self) -> int:
        """The first seq in memory."""
        return self.items[0].first if self.items else self.head + 1

    def publish(self, epoch: int, payloads: Iterable[dict[str, Any]]) -> None:
        """Append committed records; a new epoch forgets the old one."""
        self.touched = time.monotonic()
        if epoch != self.epoch:
            self.__init__(self.run, epoch, 0)  # type: ignore[misc]
        for payload in payloads:
            item = Item.of(payload)
            if not self.items or item.last > self.items[-1].last:
                self.items.append(item)
                self.rows += item.last - item.first + 1
                self.bytes += weight(item)
                self.head = max(self.head, item.last)
        self.trim()

    def trim(self) -> None:
        """Let the oldest records go once the ring is over its bound; the newest always stays."""
        while len(self.items) > 1 and (self.rows > RING_ROWS or self.bytes > RING_BYTES):
            gone = self.items.popleft()
            self.rows -= gone.last - gone.first + 1
            self.bytes -= weight(gone)

    def pending(self, cursor: int) -> list[Item]:
        """Return the records in memory from `cursor` on; found from the end, where most viewers are."""
        found: list[Item] = []
        for item in reversed(self.items):
            if item.last < cursor:
                break
            found.append(item)
        found.reverse()
        return found

    def next(self, cursor: int, shape: Shape) -> tuple[str, int] | None:
        """Return the text of the next message from memory and the cursor after it."""
        taken = take(self.pending(cursor), cursor)
        if taken is None:
            return None
        payload, after = taken
        key = (cursor, after, shape)
        text = self.written.get(key)
        if text is None:
            text = self.written[key] = self.write(payload, shape)
            if len(self.written) > WRITTEN:
                del self.written[next(iter(self.written))]
        return text, after

    def write(self, payload: dict[str, Any], shape: Shape) -> str:
        """Write a record for viewers of one shape."""
        body = thin(payload, shape.metrics, shape.distributions) if payload["type"] == "frame" else payload
        return encode({**body, "run": self.run, "epoch": self.epoch}).decode()


def weight(item: Item) -> int:
    """Return about how many bytes of memory a record takes, as Python objects."""
    if not item.is_frame:
        return EVENT_BYTES
    frame = item.payload
    columns = len(frame["rows"]) + sum(len(scalar) for scalar in frame["scalars"].values())
    bins = sum(len(found["counts"]) for found in frame["distributions"].values())
    rows = item.last - item.first + 1
    numbers = columns * (COLUMN_BYTES + NUMBER_BYTES * rows)
    return numbers + BIN_BYTES * bins + EPISODE_BYTES * len(frame["ended"])
