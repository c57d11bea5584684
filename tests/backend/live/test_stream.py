"""The live socket from outside: resume without gap or duplicate, errors, leaks."""

from __future__ import annotations

import asyncio
import gc
import json
import math
import os
import random
import threading
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from backend.live import channel as channels
from backend.live import endpoint
from backend.live.messages import server_message
from tests.backend.kit import FakeAgent, Running, received, until


async def subscribe(socket: ClientConnection, run: str, after: dict[str, int] | None = None, **more: Any) -> Any:
    """Subscribe and return the answer."""
    await socket.send(json.dumps({"type": "subscribe", "id": 1, "run": run, "after": after, **more}))
    return (await until(socket, lambda m: m["type"] in ("subscribed", "error")))[-1]


def spans(messages: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return the ranges of frames, events and skips."""
    found = []
    for message in messages:
        if message["type"] == "skip":
            found.append((message["from"], message["to"]))
        elif message["type"] in ("frame", "event"):
            found.append((message.get("first_seq", message["seq"]), message["seq"]))
    return found


async def test_a_viewer_that_comes_and_goes_misses_nothing(
    server: Running, agent: FakeAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "RING_ROWS", 40)  # so that resuming reads memory, the store, and both
    monkeypatch.setattr(endpoint, "CHUNK_ROWS", 16)
    luck = random.Random(3)
    run = await server.start_run()
    await server.until(run, lambda r: r["head"] == 1)
    seen: list[tuple[int, int]] = []
    done = asyncio.Event()

    async def train() -> None:
        for _ in range(150):
            await agent.rows(run, luck.randint(1, 4))
            if luck.random() < 0.1:
                agent.runs[run].event("solved", mean=1.0)
            await asyncio.sleep(0.002)
        await agent.ship(run)
        done.set()

    async def watch() -> None:
        while not (done.is_set() and seen and seen[-1][1] == agent.runs[run].head):
            async with server.live() as socket:
                at = {"epoch": 1, "seq": seen[-1][1] if seen else 0}
                rate = {} if luck.random() < 0.5 else {"max_hz": 50}
                assert (await subscribe(socket, run, at, **rate))["resume"] == "replay"
                for _ in range(luck.randint(1, 12)):
                    try:
                        message = await received(socket, 0.1)
                    except TimeoutError:
                        break
                    server_message.validate_python(message)
                    seen.extend(spans([message]))
                    assert message["type"] != "skip"
            await asyncio.sleep(luck.random() * 0.03)

    await asyncio.wait_for(asyncio.gather(train(), watch()), 30)
    expected = 1
    for first, last in seen:
        assert first == expected
        expected = last + 1
    assert expected == agent.runs[run].head + 1


async def test_where_a_stream_begins(server: Running, agent: FakeAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "REPLAY_ROWS", 10)
    run = await server.start_run()
    await agent.rows(run, 30)
    await server.until(run, lambda r: r["head"] == 31)
    table = [
        (None, "live"),
        ({"epoch": 1, "seq": 31}, "replay"),
        ({"epoch": 1, "seq": 25}, "replay"),
        ({"epoch": 1, "seq": 3}, "reload"),
        ({"epoch": 1, "seq": 99}, "reload"),
        ({"epoch": 0, "seq": 31}, "reload"),
    ]
    async with server.live() as socket:
        for after, resume in table:
            answer = await subscribe(socket, run, after)
            assert (answer["resume"], answer["head"], answer["epoch"]) == (resume, 31, 1), after
            assert answer["run"]["id"] == run
        await agent.rows(run, 1)
        messages = await until(socket, lambda m: m["type"] == "frame")
        assert spans(messages)[-1] == (32, 32)


async def test_a_viewer_gets_the_metrics_it_asked_for(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await server.until(run, lambda r: r["head"] == 1)
    async with server.live() as all_of_it, server.live() as little:
        await subscribe(all_of_it, run)
        await subscribe(little, run, metrics=["none"], distributions=[])
        await agent.rows(run, 2, math.nan)
        full = (await until(all_of_it, lambda m: m["type"] == "frame"))[-1]
        thin = (await until(little, lambda m: m["type"] == "frame"))[-1]
    assert full["scalars"] == {"policy/entropy": {"last": ["NaN", "NaN"]}}
    assert full["distributions"]["advantage"]["counts"] == [[2, 2]]
    assert thin["scalars"] == thin["distributions"] == {}
    assert thin["rows"] == full["rows"]


async def test_controls_can_be_set_over_the_socket(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await server.until(run, lambda r: r["state"] == "running")
    async with server.live() as socket:
        await subscribe(socket, run)
        edit = {
            "type": "set_controls",
            "id": 7,
            "run": run,
            "values": {"gamma": 0.5},
            "expect_version": 1,
            "edit_id": "u",
        }
        await socket.send(json.dumps(edit))
        messages = await until(socket, lambda m: m["type"] == "event")
        assert messages[-1]["data"]["edit_id"] == "u"
        await socket.send(json.dumps({**edit, "id": 8, "edit_id": "v"}))
        stale = (await until(socket, lambda m: m["type"] == "error"))[-1]
        assert stale["id"] == 8
        assert stale["error"]["current"]["version"] == 2


BAD: list[tuple[str, int | None]] = [
    ("", None),
    ("[]", None),
    ("{", None),
    ("null", None),
    ("[" * 5000, None),
    ('{"id": 4}', 4),
    ('{"type": "dance", "id": 4}', 4),
    ('{"type": "watch", "id": 4, "run": "r"}', 4),
    ('{"type": "subscribe", "id": 4}', 4),
    ('{"type": "subscribe", "id": "x", "run": "r"}', None),
    ('{"type": "subscribe", "id": NaN}', None),
    ('{"type": "subscribe", "id": 4, "run": "r", "extra": 1}', 4),
    ('{"type": "subscribe", "id": 4, "run": "nobody"}', 4),
    ('{"type": "subscribe", "id": 4, "run": "r", "max_hz": 0}', 4),
    ('{"type": "subscribe", "id": 4, "run": "\\ud800"}', None),
]


async def test_what_is_not_understood_is_answered_and_harms_nobody(server: Running) -> None:
    async with server.live() as socket:
        for text, message_id in BAD:
            await socket.send(text)
            answer = await received(socket)
            assert answer["type"] == "error", text
            assert set(answer["error"]) == {"code", "message", "field", "did_you_mean", "current"}
            if message_id is not None:
                assert answer["id"] == message_id, text


async def test_a_deleted_run_is_told(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await agent.rows(run, 1)
    async with server.live() as socket:
        await subscribe(socket, run)
        agent.runs[run].event("finished", reason="budget used up")
        await agent.ship(run)
        await until(socket, lambda m: m["type"] == "run" and m["run"]["state"] == "finished")
        await server.client.delete(f"/api/runs/{run}")
        assert (await until(socket, lambda m: m["type"] == "deleted"))[-1]["run"] == run


async def test_a_hundred_visits_leave_nothing_behind(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await server.until(run, lambda r: r["state"] == "running")

    async def visit() -> None:
        async with server.live() as socket:
            await subscribe(socket, run, {"epoch": 1, "seq": 0})

    for _ in range(10):
        await visit()
    gc.collect()
    files, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(100):
        await visit()
    await asyncio.sleep(0.2)
    gc.collect()
    assert not server.services.hub.viewers
    assert not server.services.floods.open
    assert len(os.listdir("/proc/self/fd")) - files <= 5
    assert threading.active_count() - threads <= 2
