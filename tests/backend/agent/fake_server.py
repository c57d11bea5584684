"""The server's end of the agent's websocket, which keeps what it hears and checks that nothing is lost or doubled."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.server import Request, Response, Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

TOKEN = "secret-of-the-agent"


class FakeServer:
    """Stores records as the real store does: seqs already there are ignored, gaps are a fault."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.records: dict[str, list[dict[str, Any]]] = {}
        self.arrived: dict[str, list[float]] = {}
        self.batches: dict[str, list[int]] = {}
        """The number of records in each message of a run."""
        self.settled: dict[str, int] = {}
        self.faults: list[str] = []
        self.hellos: list[dict[str, Any]] = []
        self.trainers: list[dict[str, Any]] = []
        self.replies: dict[int, dict[str, Any]] = {}
        self.views: list[dict[str, Any]] = []
        self.attempts = 0
        self.settles = True
        self._server: Server | None = None
        self._socket: ServerConnection | None = None
        self._heard = asyncio.Event()

    async def open(self, port: int = 0) -> None:
        self._server = await serve(self._serve, "127.0.0.1", port, process_request=self._admit, max_size=None)
        port = self._server.sockets[0].getsockname()[1]
        write(self.data_dir / "agent.token", TOKEN)
        write(self.data_dir / "server.json", json.dumps({"url": f"ws://127.0.0.1:{port}/api/agent", "pid": 1}))

    async def close(self) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()
            self._server = self._socket = None

    async def send(self, message: dict[str, Any]) -> None:
        assert self._socket is not None, "the agent is not connected"
        await self._socket.send(msgspec.msgpack.encode(message))

    async def start(self, run: str, *, resume: bool = False, **config: Any) -> None:
        await self.send({"t": "start", "run": run, "epoch": 1, "config": config, "resume": resume})

    async def command(self, run: str, op: str, ident: str | None = None, **more: Any) -> None:
        await self.send({"t": "command", "run": run, "command": {"id": ident or f"{op}-1", "op": op, **more}})

    async def until(self, condition: Callable[[], Any], seconds: float = 10.0) -> None:
        """Wait for a condition on what was heard; fails when it does not come true."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not in {seconds} s; {self.trainers=} {self.faults=}"
            self._heard.clear()
            try:
                await asyncio.wait_for(self._heard.wait(), 0.05)
            except TimeoutError:
                continue

    async def connected(self) -> None:
        await self.until(lambda: self._socket is not None)

    def rows(self, run: str) -> int:
        return len(self.records.get(run, []))

    def last(self, run: str) -> dict[str, Any]:
        return self.records[run][-1] if self.records.get(run) else {}

    def kinds(self, run: str) -> list[str]:
        return [record["kind"] for record in self.records.get(run, []) if record["type"] == "event"]

    def pid(self, run: str) -> int:
        return next(m["pid"] for m in reversed(self.trainers) if m["run"] == run and m["alive"])

    async def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        self.attempts += 1
        if request.headers.get("Authorization") == f"Bearer {TOKEN}":
            return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, "no")

    async def _serve(self, socket: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                data = await socket.recv()
                assert isinstance(data, bytes)
                await self._hear(socket, msgspec.msgpack.decode(data))
                self._heard.set()
        if self._socket is socket:
            self._socket = None

    async def _hear(self, socket: ServerConnection, message: dict[str, Any]) -> None:
        match message["t"]:
            case "hello":
                self.hellos.append(message)
                runs = {r["run"]: {"epoch": 1, "settled": self.settled.get(r["run"], 0)} for r in message["runs"]}
                await socket.send(msgspec.msgpack.encode({"t": "welcome", "runs": runs}))
                self._socket = socket
            case "records":
                await self._store(message)
            case "trainer":
                self.trainers.append({**message, "rows": self.rows(message["run"])})
            case "view":
                self.views.append(message)
            case "reply":
                self.replies[message["id"]] = message

    async def _store(self, message: dict[str, Any]) -> None:
        run = message["run"]
        stored = self.records.setdefault(run, [])
        self.batches.setdefault(run, []).append(len(message["records"]))
        for record in message["records"]:
            head = stored[-1]["seq"] if stored else 0
            if record["seq"] <= self.settled.get(run, 0):
                self.faults.append(f"{run}: {record['seq']} was settled")
            elif record.get("first_seq", record["seq"]) > head + 1:
                self.faults.append(f"{run}: {head} is followed by {record['seq']}")
            elif record["seq"] > head:
                stored.append(record)
                self.arrived.setdefault(run, []).append(time.monotonic())
        if self.settles:
            await self.settle(run)

    async def settle(self, run: str) -> None:
        """Say that everything of a run is stored for good."""
        self.settled[run] = self.last(run)["seq"]
        await self.send({"t": "settled", "run": run, "epoch": 1, "seq": self.settled[run]})


def write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
