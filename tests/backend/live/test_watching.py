"""Watching: views reach those who look, each at its own rate, and the agent plays only while somebody does."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from backend.live import watching
from backend.live.messages import server_message
from backend.live.viewer import VIEW_BACKLOG, Viewer
from backend.live.watching import Watching
from tests.backend.kit import FakeAgent, Running, received, until

VIEW: dict[str, Any] = {
    "update": 7, "episode": 0, "t": 0, "state": [0.1], "image": None, "action": 1, "reward": 1.0, "return": 1.0,
    "value": float("nan"), "action_probs": [0.5, 0.5], "action_mean": None, "action_std": None, "done": False,
}  # fmt: skip


async def watch(socket: ClientConnection, run: str, on: bool = True, **more: Any) -> dict[str, Any]:
    """Ask to watch and return the answer."""
    await socket.send(json.dumps({"type": "watch", "id": 4, "run": run, "on": on, **more}))
    return (await until(socket, lambda m: m["type"] in ("watching", "error")))[-1]


async def told(agent: FakeAgent, last: tuple[str, float]) -> None:
    """Wait until the agent was told something."""
    async with asyncio.timeout(5):
        while not agent.watched or agent.watched[-1] != last:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def running_run(server: Running) -> str:
    run = await server.start_run()
    await server.until(run, lambda r: r["state"] == "running")
    return run


async def test_views_reach_those_who_watch_and_the_agent_hears_the_fastest(server: Running, agent: FakeAgent) -> None:
    run = await running_run(server)
    async with server.live() as slow, server.live() as fast, server.live() as other:
        assert await watch(slow, run, max_fps=5) == {"type": "watching", "id": 4, "run": run, "on": True}
        await watch(fast, run, max_fps=30)
        await told(agent, (run, 30.0))
        image = b"\xff\xd8" + bytes(100)
        await agent.send("view", run=run, epoch=1, view={**VIEW, "image": image})
        for socket in (slow, fast):
            message = (await until(socket, lambda m: m["type"] == "view"))[-1]
            server_message.validate_python({**message, "value": 0.0})
            assert message["value"] == "NaN"
            assert message["image"].startswith("data:image/jpeg;base64,/9gAAAAA")
        await watch(fast, run, on=False)
        await told(agent, (run, 5.0))
        await slow.close()
        await told(agent, (run, 0.0))
        await other.send(json.dumps({"type": "unsubscribe", "id": 9, "run": run}))
        assert not [m for m in await until(other, lambda m: m["type"] == "unsubscribed") if m["type"] == "view"]
    assert not any(server.services.hub.watching.runs.values())


async def test_the_wish_is_renewed(server: Running, agent: FakeAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "RENEW_SECONDS", 0.05)
    run = await running_run(server)
    async with server.live() as socket:
        await watch(socket, run)
        async with asyncio.timeout(5):
            while agent.watched.count((run, 25.0)) < 3:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_what_cannot_play_cannot_be_watched(server: Running, agent: FakeAgent) -> None:
    run = await running_run(server)
    async with server.live() as socket:
        assert (await watch(socket, "x"))["error"]["code"] == "not_found"
        assert (await watch(socket, run, max_fps=0))["error"]["field"] == "max_fps"
        await watch(socket, run)
        await agent.disconnect()
        await server.until(run, lambda r: not r["reachable"])
        assert (await watch(socket, run))["error"]["code"] == "wrong_state"
        await agent.connect()
        await server.client.post(f"/api/runs/{run}/actions", json={"action": "stop"})
        await server.until(run, lambda r: r["state"] == "stopped")
        assert (await watch(socket, run))["error"]["code"] == "wrong_state"
        await told(agent, (run, 0.0))


@pytest.mark.parametrize("wrong", [{"state": "x"}, {"image": b"x" * 70_000}, {"reward": None}])
async def test_a_wrong_view_is_left_out(server: Running, agent: FakeAgent, wrong: dict[str, Any]) -> None:
    run = await running_run(server)
    async with server.live() as socket:
        await watch(socket, run)
        await agent.send("view", run=run, epoch=1, view=VIEW | wrong)
        await agent.send("view", run=run, epoch=1, view=VIEW | {"t": 1})
        assert (await until(socket, lambda m: m["type"] == "view"))[-1]["t"] == 1
        assert server.services.link.connected.is_set()


async def shown(fps: float, views: int, unsent: int = 0) -> tuple[list[str], Viewer]:
    """Return what a viewer is sent of views that come all at once."""
    sent: list[str] = []

    async def send(text: str) -> None:
        sent.append(text)

    found, viewer = Watching(), Viewer("s", send, lambda: unsent)
    found.join("r", viewer, fps)
    pump = asyncio.create_task(viewer.pump())
    for t in range(views):
        found.show("r", VIEW | {"t": t})
        await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    viewer.close(1000)
    await pump
    found.leave_all(viewer)
    assert not viewer.views
    assert not found.runs["r"]
    return sent, viewer


async def test_a_viewer_gets_at_most_its_rate_and_then_the_newest() -> None:
    sent, _ = await shown(fps=0.01, views=50)
    assert len(sent) == 2  # the first, one more for having waited never; the others wait for their time
    sent, _ = await shown(fps=60, views=50)
    assert json.loads(sent[-1])["t"] == 49


async def test_no_picture_is_put_behind_a_full_socket() -> None:
    assert (await shown(fps=60, views=5, unsent=VIEW_BACKLOG + 1))[0] == []


async def test_telemetry_goes_before_pictures(server: Running, agent: FakeAgent) -> None:
    run = await running_run(server)
    async with server.live() as socket:
        await socket.send(json.dumps({"type": "subscribe", "id": 1, "run": run, "after": None}))
        await watch(socket, run, max_fps=60)
        for t in range(20):
            await agent.send("view", run=run, epoch=1, view=VIEW | {"t": t})
            await agent.rows(run)
        seen: list[int] = []
        while not seen or seen[-1] < 21:
            message = await received(socket)
            if message["type"] == "frame":
                seen += range(message["first_seq"], message["seq"] + 1)
        assert seen == list(range(2, 22))
