"""Who may do what, and how sessions begin and end (S8, S9, S11, S14, S24)."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute
from limits import RateLimitItemPerSecond
from websockets.exceptions import ConnectionClosed, InvalidStatus

from backend.auth import roles
from backend.live.messages import client_message
from tests.backend.kit import START, FakeAgent, Running, received, running, until
from tests.backend.security.test_origin import logged_in


async def test_S8_no_secret_is_written_anywhere(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = (await server.client.post("/api/login-keys")).json()["key"]
    token = (await server.client.post("/api/tokens")).json()["token"]
    async with httpx.AsyncClient(base_url=server.settings.url, trust_env=False) as browser:
        await browser.post(f"/api/session?key={key}", json={"key": key})
        [secret] = browser.cookies.values()
        await browser.get(f"/api/runs?token={token}", headers={"Referer": f"http://x/?token={token}"})
    await server.client.get("/api/session", headers={"Authorization": f"Bearer {token}"})
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("policyscope"))
    stored = b"".join(path.read_bytes() for path in server.settings.data_dir.glob("policyscope.db*"))
    assert "/api/session" in ours
    for word in (key, token, secret):
        assert word not in ours
        assert word.encode() not in stored


def walk(routes: Iterable[Any]) -> Iterator[Any]:
    """Yield every route, those of included routers too: newer versions of FastAPI keep them nested."""
    for route in routes:
        nested = getattr(route, "original_router", None)
        yield from walk(nested.routes) if nested else [route]


async def test_S9_every_route_and_message_is_in_the_role_table(server: Running) -> None:
    found = {(path, method) for path, methods in roles.HTTP.items() for method in methods}
    asgi = list(walk(server.app.routes))
    listed = {(route.path, m) for route in asgi if isinstance(route, APIRoute) for m in route.methods}
    listed |= {(route.path, "GET") for route in asgi if route.path == "/openapi.json"}
    assert listed == found
    assert {route.path for route in asgi if isinstance(route, APIWebSocketRoute)} == set(roles.SOCKETS)
    tags = client_message.json_schema()["discriminator"]["mapping"]
    assert set(tags) == set(roles.MESSAGES)


async def test_S9_a_stranger_gets_401_everywhere_but_at_the_door(server: Running) -> None:
    async with httpx.AsyncClient(base_url=server.settings.url, trust_env=False) as stranger:
        for template, methods in roles.HTTP.items():
            path = re.sub(r"\{.*?\}", "x", template)
            for method, role in methods.items():
                status = (await stranger.request(method, path)).status_code
                assert (status == 401) is (role != "nobody"), (method, path)
        for wrong in ("Bearer nonsense", "Basic YTpi", "Bearer", "Bearer \u00e9"):
            headers = [(b"authorization", wrong.encode())]
            assert (await stranger.get("/api/runs", headers=headers)).status_code == 401


async def test_S9_the_agents_token_opens_only_the_agents_door(server: Running) -> None:
    token = (server.settings.data_dir / "agent.token").read_text()
    assert (server.settings.data_dir / "agent.token").stat().st_mode & 0o077 == 0
    as_agent = {"Authorization": f"Bearer {token}"}
    assert (await server.client.get("/api/runs", headers=as_agent)).status_code == 403
    with pytest.raises(InvalidStatus):
        await server.live(additional_headers=as_agent)
    host = ("Host", f"127.0.0.1:{server.settings.port}")
    assert await server.raw("WS", "/api/agent", [host, *server.bearer.items()]) == 403


async def test_S9_an_unlisted_address_does_not_exist(server: Running) -> None:
    for path in (
        "/api/runs/x/forks",
        "/api/runs/x/episodes/1/frames/1",
        "/api",
        "/api/",
        "/api/runs/",
        "/API/runs/../runs",
    ):
        answer = await server.client.get(path)
        assert answer.status_code == 404 or not path.startswith("/api"), path
        if path.startswith("/api"):
            assert answer.json()["error"]["code"] == "not_found", path


async def test_S11_a_flood_is_closed_and_nobody_else_notices(server: Running, agent: FakeAgent) -> None:
    async with server.live() as calm, server.live() as wild:
        with pytest.raises(ConnectionClosed) as closed:
            async with asyncio.timeout(2):
                for number in range(200):
                    await wild.send(json.dumps({"type": "unsubscribe", "id": number, "run": "x"}))
                while True:
                    await wild.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
        await calm.send(json.dumps({"type": "unsubscribe", "id": 1, "run": "x"}))
        assert (await received(calm))["type"] == "unsubscribed"


async def test_S11_sockets_messages_and_logins_are_counted(tmp_path: Path) -> None:
    async with running(tmp_path, sockets_per_session=2) as server:
        async with server.live(), server.live():
            with pytest.raises(InvalidStatus) as refused:
                await server.live()
            assert refused.value.response.status_code == 429
        async with server.live() as socket:
            await socket.send("x" * 70_000)
            with pytest.raises(ConnectionClosed):
                await received(socket)
        server.services.floods.joins = RateLimitItemPerSecond(1)
        host = ("Host", f"127.0.0.1:{server.settings.port}")
        joins = [await server.raw("WS", "/api/live", [host, *server.bearer.items()]) for _ in range(4)]
        assert 429 in joins
        statuses = [(await server.client.post("/api/session", json={"key": "x"})).status_code for _ in range(12)]
        assert statuses == [401] * 10 + [429] * 2


async def test_S14_logging_out_ends_the_session_and_its_sockets(server: Running) -> None:
    cookie = {"Cookie": await logged_in(server)}
    ours = {**cookie, "Origin": server.settings.url}
    async with httpx.AsyncClient(base_url=server.settings.url, trust_env=False) as browser:
        async with server.live(additional_headers=ours) as socket, server.live() as other:
            assert (await browser.delete("/api/session", headers=ours)).status_code == 204
            with pytest.raises(ConnectionClosed) as closed:
                await received(socket, 2)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401
            await other.send(json.dumps({"type": "unsubscribe", "id": 1, "run": "x"}))
            assert (await received(other))["type"] == "unsubscribed"
        assert (await browser.get("/api/session", headers=ours)).status_code == 401


async def test_S14_a_key_works_once_and_a_session_survives_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        key = (await server.client.post("/api/login-keys")).json()["key"]
        async with httpx.AsyncClient(base_url=server.settings.url, trust_env=False) as browser:
            statuses = [(await browser.post("/api/session", json={"key": key})).status_code for _ in range(3)]
            # The second comes with the cookie of the first and without an Origin.
            assert statuses[0] == 204
            assert 204 not in statuses[1:]
            cookie = {"Cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items())}
    async with running(tmp_path) as server:
        async with httpx.AsyncClient(base_url=server.settings.url, headers=cookie, trust_env=False) as browser:
            assert (await browser.get("/api/session")).json() == {"name": "local", "role": "admin"}
        assert (await server.client.post("/api/session", json={"key": key})).status_code == 401


IDS = [
    "os:x-v0", "evil_module:Env-v0", "CartPole", "CartPole-v", "CartPole-v1\n", "a/b/c-v0", "",
    "CаrtPole-v1", "CartPole-v１", "x" * 81 + "-v0", "a b-v0", "CartPole-v1;", "${x}-v0", "\0-v0", "-v",
]  # fmt: skip


async def test_S24_an_environment_id_is_checked_before_anything_sees_it(
    server: Running, agent: FakeAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "marker"
    (tmp_path / "evil_module.py").write_text(f"open({str(marker)!r}, 'w')")
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    for wrong in IDS:
        body = {"algorithm": "ppo", "environment": {"id": wrong}}
        answer = await server.client.post("/api/runs", json=body)
        assert answer.status_code == 422, wrong
        assert answer.json()["error"]["field"] == "environment.id", wrong
    huge = await server.client.post("/api/runs", json={"algorithm": "ppo", "environment": {"id": "x" * 10_000_000}})
    assert huge.status_code == 413
    good = {**START, "environment": {"id": "lab.x/CartPole-v1"}}
    assert (await server.client.post("/api/runs", json=good)).status_code == 201
    assert not marker.exists()
    assert not {name for name in set(sys.modules) - before if "evil" in name}


async def test_a_late_viewer_sees_what_until_sees(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    async with server.live() as socket:
        await socket.send(json.dumps({"type": "subscribe", "id": 1, "run": run}))
        assert (await until(socket, lambda m: m["type"] == "subscribed"))[-1]["run"]["id"] == run
