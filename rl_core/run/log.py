"""The run's own log: frames and events under one running seq, handed to a sink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


class Sink(Protocol):
    """Where records go: the journal of a trainer, or a list."""

    next_seq: int

    def append(self, payload: dict[str, Any], *, sync: bool = False) -> None:
        """Take one record, which covers the seqs from `next_seq` on."""


class Discard:
    """A sink that keeps nothing but the count."""

    def __init__(self, listen: Callable[[dict[str, Any]], None] | None = None) -> None:
        self.next_seq = 1
        self._listen = listen

    def append(self, payload: dict[str, Any], *, sync: bool = False) -> None:
        """Count, and tell the listener if there is one."""
        self.next_seq = payload["seq"] + 1
        if self._listen is not None:
            self._listen(payload)


@dataclass(slots=True)
class Log:
    """Numbers records and sends them; every event is on the disk before anybody can act on it."""

    sink: Sink

    def frame(self, payload: dict[str, Any]) -> None:
        """A frame takes one seq per row."""
        first = self.sink.next_seq
        seq = first + len(payload["rows"]["update"]) - 1
        self.sink.append(payload | {"first_seq": first, "seq": seq})

    def event(self, kind: str, at_update: int, wall: float, data: dict[str, Any]) -> None:
        """An event takes one seq."""
        about = {"type": "event", "seq": self.sink.next_seq, "kind": kind, "at_update": at_update}
        self.sink.append(about | {"wall": wall, "data": data}, sync=True)
