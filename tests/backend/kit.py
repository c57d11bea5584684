"""A running server in the test's own event loop, and an agent without an engine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from backend.app import create_app
from backend.services import Services
from backend.serving import listening, uvicorn_config
from backend.settings import Settings

CATALOG: dict[str, Any] = {
    "algorithms": [{"id": "ppo", "title": "PPO"}],
    "environments": [
        {"id": "CartPole-v1"},
        {"id": "Free-v0", "actions": {"kind": "box", "shape": [1], "low": [-math.inf], "high": [math.inf]}},
    ],
    "recipes": [],
    "metrics": [
        {"name": "policy/entropy", "kind": "scalar", "unit": "nat"},
        {"name": "ratio/max", "kind": "scalar", "unit": "1"},
        {"name": "advantage", "kind": "distribution", "grid": "g", "edges": [-1.0, 0.0, 1.0]},
    ],
    "controls": {"ppo": [{"name": "gamma", "kind": "number", "default": 0.99, "live": True}]},
}
START = {"recipe": "cartpole-ppo", "name": "a"}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """A server that listens, and a client that is logged in."""

    settings: Settings
    services: Services
    client: httpx.AsyncClient
    token: str
    app: FastAPI

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def start_run(self, **body: Any) -> str:
        """Start a run and return its id."""
        answer = await self.client.post("/api/runs", json={**START, **body})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def run(self, run: str) -> dict[str, Any]:
        """Return a run's record."""
        record: dict[str, Any] = (await self.client.get(f"/api/runs/{run}")).json()
        return record

    async def until(self, run: str, ready: Callable[[dict[str, Any]], bool], seconds: float = 5.0) -> dict[str, Any]:
        """Wait until a run's record is as wanted."""
        async with asyncio.timeout(seconds):
            while not ready(record := await self.run(run)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return record

    def live(self, **options: Any) -> connect:
        """Open the live socket."""
        url = self.settings.url.replace("http", "ws") + "/api/live"
        options.setdefault("additional_headers", self.bearer)
        return connect(url, subprotocols=["policyscope.v1"], compression=None, proxy=None, **options)  # type: ignore[list-item]

    async def raw(self, method: str, path: str, headers: list[tuple[str, str]]) -> int:
        """Send a request exactly as written and return the status; `WS` is a handshake."""
        lines = [f"{'GET' if method == 'WS' else method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers)]
        if method == "WS":
            key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
            lines += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", key]
        elif method not in ("GET", "HEAD"):
            lines += ["Content-Length: 0"]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.settings.port)
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        try:
            async with asyncio.timeout(5):
                status = int((await reader.readline()).split()[1])
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        return status


@contextlib.asynccontextmanager
async def running(data_dir: Path, **settings: Any) -> AsyncIterator[Running]:
    """Serve on a free port."""
    given: dict[str, Any] = {
        "port": free_port(),
        "local_agent": False,
        "agent_grace_s": 0.05,
        "sockets_per_session": 100,
        "sockets_per_second": 1000,
    }
    made = Settings(data_dir=data_dir, **(given | settings))
    app = create_app(made)
    server = uvicorn.Server(uvicorn_config(app))
    with listening("127.0.0.1", made.port) as listener:
        task = asyncio.create_task(server._serve(sockets=[listener]))
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.005)
        token = (data_dir / "local.token").read_text()
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with httpx.AsyncClient(base_url=made.url, headers=headers, trust_env=False) as client:
                yield Running(made, app.state.services, client, token, app)
        finally:
            server.should_exit = True
            await task


@dataclass
class FakeRun:
    """A trainer in a few lines: a journal in memory and commands that take effect at once."""

    run: str
    epoch: int
    config: dict[str, Any]
    journal: list[dict[str, Any]] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    alive: bool = True
    paused: bool = False
    update: int = 0

    @property
    def head(self) -> int:
        return self.journal[-1]["seq"] if self.journal else 0

    def event(self, kind: str, /, **data: Any) -> None:
        """Log a fact."""
        about = {
            "type": "event",
            "seq": self.head + 1,
            "kind": kind,
            "at_update": self.update,
            "wall": 0.1 * self.update,
        }
        self.journal.append({**about, "data": data})
        if kind in ("finished", "stopped", "failed"):
            self.alive = False

    def rows(self, n: int = 1, value: float | None = 0.5) -> None:
        """Log a frame of updates."""
        updates = list(range(self.update + 1, self.update + n + 1))
        first, self.update = self.head + 1, self.update + n
        self.journal.append(frame(first, updates, value))

    def obey(self, command: dict[str, Any]) -> None:
        """Apply a command once."""
        if command["id"] in self.applied or not self.alive:
            return
        self.applied.append(command["id"])
        op = command["op"]
        if op == "controls":
            changes = [{"name": k, "old": self.values.get(k), "new": v} for k, v in command["values"].items()]
            self.values |= command["values"]
            about = {key: command[key] for key in ("edit_id", "version", "by")}
            self.event("control_changed", **about, changes=changes)
            return
        if op == "step":
            self.rows(command["updates"])
            self.paused = True
        if op in ("pause", "resume"):
            self.paused = op == "pause"
            self.event(f"{op}d" if op[-1] == "e" else op, by=command["by"])
        extra = {"updates_per_s": command["updates_per_s"]} if op == "pace" else {}
        self.event("action_done", action_id=command["id"], action=op, update=self.update, **extra)
        if op == "stop":
            self.event("stopped", reason="stopped by request")


def frame(first: int, updates: list[int], value: float | None = 0.5) -> dict[str, Any]:
    """Make a frame; its one distribution is of the last update."""
    n = len(updates)
    return {
        "type": "frame",
        "first_seq": first,
        "seq": first + n - 1,
        "rows": {
            "update": updates,
            "n": [1] * n,
            "grad_steps": [4 * u for u in updates],
            "env_steps": [100 * u for u in updates],
            "episodes": list(updates),
            "wall": [0.1 * u for u in updates],
        },
        "scalars": {"policy/entropy": {"last": [value] * n}},
        "ended": [
            {
                "episode": u,
                "update": u,
                "env_steps": 100 * u,
                "wall": 0.1 * u,
                "return": 7.0,
                "length": 7,
                "kind": "train",
            }
            for u in updates
        ],
        "distributions": {
            "advantage": {
                "update": updates[-1],
                "grid": "g",
                "n": 2,
                "min": 0.5,
                "max": 0.5,
                "nonfinite": 0,
                "counts": [[2, 2]],
            }
        },
    }


class FakeAgent:
    """Speaks the agent's protocol; runs survive its disconnections, as they do on a disk."""

    def __init__(self, server: Running, *, ready: bool = True) -> None:
        self.server = server
        self.ready = ready
        self.runs: dict[str, FakeRun] = {}
        self.starts: list[str] = []
        self.commands: list[dict[str, Any]] = []
        self.sent: dict[str, int] = {}
        self.settled: dict[str, int] = {}
        self.forgotten: list[str] = []
        self.watched: list[tuple[str, float]] = []
        self.episodes: dict[int, dict[str, Any]] = {}
        self.pictures: dict[tuple[int, int], bytes] = {}
        self.disk: dict[str, int] = dict.fromkeys(("journal", "checkpoints", "episodes", "log"), 0)
        self.studies: list[dict[str, Any]] = []
        self.lab: dict[str, Any] | None = None
        self.given_up: list[int] = []
        self.socket: ClientConnection | None = None
        self.task: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Say hello and begin to obey."""
        token = (self.server.settings.data_dir / "agent.token").read_text()
        url = self.server.settings.url.replace("http", "ws") + "/api/agent"
        headers = {"Authorization": f"Bearer {token}"}
        self.socket = await connect(url, additional_headers=headers, compression=None, proxy=None)
        runs = [{"run": r.run, "epoch": r.epoch, "head": r.head, "alive": r.alive} for r in self.runs.values()]
        await self.send("hello", protocol=1, agent="fake", boot_id="b", catalog=CATALOG, runs=runs)
        self.task = asyncio.create_task(self.listen())
        await self.server.services.link.connected.wait()

    async def disconnect(self) -> None:
        """Go; the server notices before this returns."""
        assert self.socket is not None
        assert self.task is not None
        await self.socket.close()
        await self.task
        await self.server.services.link.gone.wait()

    async def send(self, kind: str, **fields: Any) -> None:
        """Send one message."""
        assert self.socket is not None
        await self.socket.send(msgspec.msgpack.encode({"t": kind, **fields}))

    async def reply(self, message: dict[str, Any], result: Any) -> None:
        """Answer a request."""
        await self.send("reply", id=message["id"], result=result)

    async def listen(self) -> None:
        """Obey until the connection ends."""
        assert self.socket is not None
        with contextlib.suppress(ConnectionClosed):
            async for data in self.socket:
                await self.take(msgspec.msgpack.decode(data))

    async def take(self, message: dict[str, Any]) -> None:
        """Obey one message."""
        match message["t"]:
            case "welcome":
                for run, at in message["runs"].items():
                    self.sent[run] = at["settled"]
                    await self.ship(run)
            case "start":
                await self.start(message)
            case "command":
                self.commands.append(message["command"])
                if run := self.runs.get(message["run"]):
                    run.obey(message["command"])
                    await self.ship(run.run)
            case "settled":
                self.settled[message["run"]] = message["seq"]
            case "forget":
                self.forgotten.append(message["run"])
            case "watch":
                self.watched.append((message["run"], message["fps"]))
            case "read_episode":
                await self.reply(message, {"episode": self.episodes.get(message["n"])})
            case "read_frame":
                await self.reply(message, {"jpeg": self.pictures.get((message["n"], message["k"]))})
            case "study":
                self.studies.append(message)
                if self.lab is not None:
                    await self.reply(message, self.lab)
            case "give_up":
                self.given_up.append(message["id"])
            case "disk":
                await self.reply(message, self.disk)
            case "resolve" | "check_edit" | "log":
                await self.reply(message, answer(message))
            case "shutdown":
                for run in self.runs.values():
                    run.event("paused", suspended=True, by=None)
                    run.alive = False
                    await self.ship(run.run)
                assert self.socket is not None
                await self.socket.close()

    async def start(self, message: dict[str, Any]) -> None:
        """Fork a trainer, once."""
        self.starts.append(message["run"])
        run = self.runs.get(message["run"])
        if run is None:
            run = self.runs[message["run"]] = FakeRun(message["run"], message["epoch"], message["config"])
            run.values = dict(message["config"]["controls"])
            self.sent[run.run] = 0
            if self.ready:
                run.event("started", seed=0)
        elif message["resume"]:
            run.alive = run.paused = True
        await self.send("trainer", run=run.run, epoch=run.epoch, alive=True, pid=1, exit=None)
        await self.ship(run.run)

    async def ship(self, run_id: str) -> None:
        """Send what the journal has gained."""
        run = self.runs[run_id]
        fresh = [payload for payload in run.journal if payload["seq"] > self.sent[run_id]]
        if fresh:
            self.sent[run_id] = run.head
            await self.send("records", run=run_id, epoch=run.epoch, records=fresh)
        if not run.alive:
            await self.send("trainer", run=run_id, epoch=run.epoch, alive=False, pid=None, exit="exit 0")

    async def rows(self, run_id: str, n: int = 1, value: float | None = 0.5) -> None:
        """Train a little, once the trainer is there."""
        async with asyncio.timeout(5):
            while run_id not in self.runs:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        self.runs[run_id].rows(n, value)
        await self.ship(run_id)


def answer(message: dict[str, Any]) -> dict[str, Any]:
    """Play the engine."""
    if message["t"] == "log":
        return {"text": "hello\n"}
    if message["t"] == "check_edit":
        gamma = message["edit"].get("gamma", 0.5)
        wrong = {"code": "out_of_range", "message": f"gamma is {gamma}; allowed 0 to 1.", "field": "controls.gamma"}
        return {"errors": [] if 0 <= gamma <= 1 else [wrong]}
    body = message["body"]
    if body.get("recipe") != "cartpole-ppo":
        wrong = {"code": "unknown_recipe", "message": "There is no such recipe.", "field": "recipe"}
        return {"errors": [{**wrong, "did_you_mean": ["cartpole-ppo"]}]}
    config: dict[str, Any] = {
        "recipe": "cartpole-ppo",
        "algorithm": "ppo",
        "environment": {"id": "CartPole-v1", "num_envs": 8, "kwargs": {}},
        "controls": {"gamma": 0.99, "advantage": "block"} | (body.get("controls") or {}),
        "seed": body.get("seed") or 0,
        "budget": {"env_steps": 1000},
        "name": body.get("name") or "",
        "tags": body.get("tags") or [],
        "pace": None,
    }
    return {"config": config}


async def received(socket: ClientConnection, seconds: float = 5.0) -> dict[str, Any]:
    """Return the next message of a live socket."""
    async with asyncio.timeout(seconds):
        message: dict[str, Any] = json.loads(await socket.recv())
    return message


async def until(socket: ClientConnection, ready: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Return messages up to the first that fits."""
    found = [await received(socket)]
    while not ready(found[-1]):
        found.append(await received(socket))
    return found
