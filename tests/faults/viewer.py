"""A browser without a screen: follows runs over websockets, reconnects, and remembers what it was told."""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.faults.items import Items, items
from tests.service import Service

Span = tuple[int, int]
NUMBERED = ("frame", "event", "skip")


def span(message: dict[str, Any]) -> Span:
    """Return the range of sequence numbers that a message covers."""
    if message["type"] == "frame":
        return message["first_seq"], message["seq"]
    return (message["from"], message["to"]) if message["type"] == "skip" else (message["seq"], message["seq"])


@dataclass
class Track:
    """What a viewer has of one run."""

    epoch: int
    spans: list[Span] = field(default_factory=list)
    reloads: int = 0

    @property
    def seq(self) -> int:
        return self.spans[-1][1] if self.spans else 0


class Viewer(threading.Thread):
    """Subscribes to runs from their first number on; after a cut it goes on from the last (epoch, seq) that it has."""

    metrics: str | list[str] = ["loss/total"]

    def __init__(
        self, url: str, headers: dict[str, str], *, max_hz: float | None = None, leaves_after_s: float | None = None
    ) -> None:
        super().__init__(name=f"viewer at {max_hz or 'full'} Hz", daemon=True)
        self.address = url.replace("http", "ws") + "/api/live"
        self.headers = headers
        self.max_hz = max_hz
        self.leaves_after_s = leaves_after_s
        self.tracks: dict[str, Track] = {}
        self.connections = 0
        self.complaints: list[str] = []
        self._random = random.Random(1)
        self._ended = threading.Event()

    def follow(self, run: str) -> None:
        """Follow a run from its first record on."""
        self.tracks.setdefault(run, Track(epoch=1))

    def end(self) -> None:
        """Stop following."""
        self._ended.set()
        self.join(10)

    def run(self) -> None:
        """Stay connected until the end."""
        while not self._ended.is_set():
            try:
                with self._connect() as socket:
                    self.connections += 1
                    self._listen(socket)
            except (OSError, WebSocketException):
                time.sleep(0.05)

    def _connect(self) -> ClientConnection:
        return connect(
            self.address, additional_headers=self.headers, subprotocols=["policyscope.v1"],  # type: ignore[list-item]
            compression=None, proxy=None, open_timeout=5, close_timeout=0.2, max_size=None,
        )  # fmt: skip

    def _listen(self, socket: ClientConnection) -> None:
        asked: set[str] = set()
        stays = self.leaves_after_s and self._random.uniform(0.5, 1.5) * self.leaves_after_s
        leaves_at = time.monotonic() + stays if stays else float("inf")
        while not self._ended.is_set() and time.monotonic() < leaves_at:
            for run in set(self.tracks) - asked:
                asked.add(run)
                self._subscribe(socket, run)
            try:
                message = json.loads(socket.recv(timeout=0.05))
            except TimeoutError:
                continue
            self.take(message)

    def _subscribe(self, socket: ClientConnection, run: str) -> None:
        track = self.tracks[run]
        after = {"epoch": track.epoch, "seq": track.seq}
        wanted = {"after": after, "metrics": self.metrics, "distributions": [], "max_hz": self.max_hz}
        socket.send(json.dumps({"type": "subscribe", "id": 1, "run": run, **wanted}))

    def take(self, message: dict[str, Any]) -> None:
        """Remember what a message covers."""
        kind = message["type"]
        if kind == "error":
            self.complaints.append(str(message["error"]))
        elif kind == "subscribed" and message["resume"] == "reload":
            self.tracks[message["run"]["id"]].reloads += 1
        elif kind in NUMBERED:
            track = self.tracks[message["run"]]
            track.epoch = message["epoch"]
            track.spans.append(span(message))


class Recorder(Viewer):
    """A viewer that keeps what it is told, not only which numbers."""

    metrics = "*"

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        super().__init__(url, headers)
        self.items: Items = {}

    @classmethod
    def of(cls, service: Service, record: dict[str, Any]) -> Recorder:
        """Start to read a run from its first record."""
        reader = cls(service.url, service.bearer)
        reader.follow(record["id"])
        reader.start()
        return reader

    def take(self, message: dict[str, Any]) -> None:
        """Keep a frame's rows or an event."""
        super().take(message)
        if message["type"] in ("frame", "event"):
            self.items |= items(message)
