"""What a slow reader sees on a real socket: it is kept while it reads; else a last skip and the code 1013."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from backend.live import outlet
from tests.backend.kit import FakeAgent, Running, running
from tests.backend.live.test_stream import spans, subscribe


class Slow:
    """A viewer with a small receive buffer that reads only when told."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.protocol = ClientProtocol(parse_uri(server.settings.url.replace("http", "ws") + "/api/live"))
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        # Loopback's segments are larger than this buffer, and the kernel would send them by a timer of seconds.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
        self.socket.setblocking(False)
        self.messages: list[dict[str, Any]] = []

    async def open(self, run: str) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self.socket, ("127.0.0.1", self.server.settings.port))
        request = self.protocol.connect()
        request.headers["Authorization"] = self.server.bearer["Authorization"]
        self.protocol.send_request(request)
        await self.flush()
        await self.read(1)
        message = {"type": "subscribe", "id": 1, "run": run, "after": {"epoch": 1, "seq": 0}}
        self.protocol.send_text(json.dumps(message).encode())
        await self.flush()

    async def flush(self) -> None:
        for data in self.protocol.data_to_send():
            await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def read(self, times: int | None = None, size: int = 4096) -> None:
        """Read so often, or to the end."""
        while times is None or times > 0:
            data = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, size), 10)
            if not data:
                return
            self.protocol.receive_data(data)
            await self.flush()
            for event in self.protocol.events_received():
                if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                    self.messages.append(json.loads(event.data))
            times = None if times is None else times - 1


@contextlib.asynccontextmanager
async def slow_viewer(server: Running, run: str) -> AsyncIterator[Slow]:
    """Open a viewer of a run; one that a failing test left open would be a warning, and so a failure, of another."""
    slow = Slow(server)
    with slow.socket:
        await slow.open(run)
        yield slow


async def gone(server: Running) -> None:
    """Wait until no viewer holds a place."""
    async with asyncio.timeout(10):
        while server.services.floods.open:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def fill(agent: FakeAgent, run: str, frames: int) -> None:
    for _ in range(frames):
        await agent.rows(run, 400)


async def told_to_go(server: Running) -> None:
    """Wait until the server sends no viewer anything any more."""
    async with asyncio.timeout(10):
        while server.services.hub.viewers:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_one_that_reads_nothing_finds_a_skip_and_the_code_when_it_does(tmp_path: Path) -> None:
    async with running(tmp_path, stall_s=0.3) as server:
        agent = FakeAgent(server)
        await agent.connect()
        run = await server.start_run()
        # All is there before the viewer comes, so that it is known what the last skip has to cover.
        await fill(agent, run, 12)
        await server.until(run, lambda record: record["head"] == agent.runs[run].head)
        async with slow_viewer(server, run) as slow:
            assert server.services.hub.viewers
            await told_to_go(server)
            assert server.services.floods.open.total() == 1  # it keeps its place until it has gone
            await slow.read()
        assert slow.protocol.close_rcvd is not None
        assert slow.protocol.close_rcvd.code == outlet.SLOW
        got = [(first, last) for first, last in spans(slow.messages)]
        assert slow.messages[-1]["type"] == "skip"
        assert [first for first, _ in got] == [1, *(last + 1 for _, last in got[:-1])]
        assert got[-1][1] == agent.runs[run].head
        await gone(server)
        await agent.disconnect()


async def test_one_that_never_reads_is_cut_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet, "LINGER_S", 0.2)
    async with running(tmp_path, stall_s=0.2) as server:
        agent = FakeAgent(server)
        await agent.connect()
        run = await server.start_run()
        async with slow_viewer(server, run):
            await fill(agent, run, 30)
            await gone(server)
        await agent.disconnect()


async def test_one_that_trickles_is_kept(tmp_path: Path) -> None:
    async with running(tmp_path, stall_s=1.0) as server:
        agent = FakeAgent(server)
        await agent.connect()
        run = await server.start_run()
        async with slow_viewer(server, run) as slow:
            await fill(agent, run, 30)
            for _ in range(30):
                await slow.read(1)
                await asyncio.sleep(0.1)
            assert len(server.services.hub.viewers) == 1
        await agent.disconnect()


async def test_a_viewer_that_does_not_answer_pings_is_told_why_it_goes(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    async with server.live() as socket:
        await subscribe(socket, run)
        viewer = next(iter(server.services.hub.viewers))
        held = viewer.raw_send.__self__  # type: ignore[attr-defined]
        far_end = outlet.outlet_of(held.scope)
        async with asyncio.timeout(5):
            while far_end.unsent():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        far_end.keepalive_timeout()
        await asyncio.wait_for(socket.wait_closed(), 5)
        assert socket.close_code == outlet.SLOW
