"""What a tab asked for and was told over its websockets, read by the rule that the stream states."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, Request, WebSocket

Span = tuple[int, int]


class Load:
    """One load of the page: what it applied of each run, across all its sockets."""

    def __init__(self) -> None:
        self.sockets = 0
        self.asked: dict[str, list[int]] = {}
        """Positions from which the page asked for a run to go on: the page's own word on what it has."""
        self.spans: dict[str, list[Span]] = {}
        """What it holds, in order: the history that it read, then every range that it had not seen before."""
        self.rows: dict[int, int] = {}
        """The update of each row by its number."""
        self.reloads = 0

    def position(self, run: str) -> int:
        return self.spans[run][-1][1]

    def ask(self, message: dict[str, Any]) -> None:
        run, after = message["run"], message.get("after")
        if message["type"] != "subscribe" or after is None:
            return
        self.asked.setdefault(run, []).append(after["seq"])
        self.spans.setdefault(run, [(1, after["seq"])] if after["seq"] else [(0, 0)])

    def hear(self, message: dict[str, Any]) -> None:
        self.reloads += message.get("resume") == "reload"
        if message["type"] not in ("frame", "event", "skip") or message["run"] not in self.spans:
            return
        run, (first, last) = message["run"], span(message)
        position = self.position(run)
        if first <= position + 1 and last > position:
            self.spans[run].append((position + 1, last))
        if message["type"] == "frame":
            self.rows |= dict(zip(range(first, last + 1), message["rows"]["update"], strict=True))


class Wire:
    """Listens to a page from its first request; a new document begins a new load."""

    def __init__(self, page: Page) -> None:
        self.loads: list[Load] = []
        self.main = page.main_frame
        page.on("request", self._request)
        page.on("websocket", self._socket)

    @property
    def load(self) -> Load:
        return self.loads[-1]

    def _request(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.main:
            self.loads.append(Load())

    def _socket(self, socket: WebSocket) -> None:
        load = self.load
        load.sockets += 1
        socket.on("framesent", lambda text: load.ask(json.loads(text)))
        socket.on("framereceived", lambda text: load.hear(json.loads(text)))


def span(message: dict[str, Any]) -> Span:
    """Return the sequence numbers that a frame, event or skip covers."""
    if message["type"] == "frame":
        return message["first_seq"], message["seq"]
    if message["type"] == "skip":
        return message["from"], message["to"]
    return message["seq"], message["seq"]
