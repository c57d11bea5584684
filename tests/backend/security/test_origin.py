"""What another page in the same browser can do: nothing (S1 to S7)."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

from backend.api.routes.page import NOT_BUILT
from backend.auth import roles
from backend.auth.headers import POLICY
from backend.cli import main
from tests.backend.api.test_episodes import EPISODE
from tests.backend.kit import FakeAgent, Running, free_port, running

HOSTS = [
    ("evil.example", False),
    ("evil.example:{port}", False),
    ("localhost.evil.example:{port}", False),
    ("127.0.0.1.nip.io:{port}", False),
    ("10.evil.example:{port}", False),
    ("127.0.0.1:9999", False),
    ("localhost:9999", False),
    ("localhost", False),
    ("127.0.0.1", False),
    ("", False),
    ("localhost:{port}.evil.example", False),
    ("user@localhost:{port}", False),
    ("localhost:{port}/x", False),
    ("0.0.0.0:{port}", False),
    ("[::]:{port}", False),
    ("127.0.0.2:{port}", False),
    ("localhost:{port}", True),
    ("LOCALHOST:{port}", True),
    ("127.0.0.1:{port}", True),
    ("[::1]:{port}", True),
    ("lab.example:{port}", True),
    ("proxy.example:8443", True),
]

ORIGINS = [
    ("http://127.0.0.1:{port}", True),
    ("null", False),
    ("http://evil.example", False),
    ("https://evil.example:{port}", False),
    ("http://sub.127.0.0.1:{port}", False),
    ("http://127.0.0.1:{port}.evil.example", False),
    ("http://127.0.0.1:9999", False),
    ("http://127.0.0.1", False),
    ("https://127.0.0.1:{port}", False),
    ("http://localhost:{port}", False),
    ("http://127.0.0.1:{port}/path", False),
    ("http://127.0.0.1:{port}@evil.example", False),
    ("", False),
    (None, False),
]


@pytest.fixture
async def named(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path, allowed_hosts=("lab.example", "proxy.example:8443")) as found:
        yield found


async def logged_in(server: Running) -> str:
    """Log in as a browser does and return the Cookie header."""
    key = (await server.client.post("/api/login-keys")).json()["key"]
    async with httpx.AsyncClient(base_url=server.settings.url, trust_env=False) as browser:
        origin = {"Origin": server.settings.url, "Sec-Fetch-Site": "same-origin"}
        answer = await browser.post("/api/session", json={"key": key}, headers=origin)
        assert answer.status_code == 204
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def filled(template: str, run: str) -> str:
    """Return the path of a route: of a run, of its first episode, and of files that exist."""
    return template.replace("{path:path}", "runs").format(id=run, n=1, k=0, asset="start.js")


def test_S1_another_address_needs_an_explicit_flag(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for host in ("0.0.0.0", "::", "192.168.1.7", "example.org"):
        with pytest.raises(SystemExit) as left:
            main(["serve", "--host", host, "--port", str(free_port()), "--data-dir", str(tmp_path / "d")])
        assert left.value.code == 2
        assert "--insecure-lan" in capsys.readouterr().err
    assert not (tmp_path / "d").exists()


async def test_S2_only_our_own_hosts_are_answered(named: Running) -> None:
    for host, allowed in HOSTS:
        value = host.format(port=named.settings.port)
        for method in ("GET", "POST", "WS"):
            path = {"GET": "/api/health", "POST": "/api/login-keys", "WS": "/api/live"}[method]
            status = await named.raw(method, path, [("Host", value), *named.bearer.items()])
            assert (status < 400) is allowed, (method, value, status)
    ours = ("Host", f"127.0.0.1:{named.settings.port}")
    assert await named.raw("GET", "/api/health", [ours, ours]) >= 400
    assert await named.raw("GET", "/api/health", [("Host", "evil.example"), ("X-Forwarded-Host", ours[1])]) >= 400
    assert await named.raw("GET", "/api/health", []) >= 400


async def test_S3_a_socket_opens_only_from_our_own_page_or_with_a_token(server: Running) -> None:
    host = ("Host", f"127.0.0.1:{server.settings.port}")
    cookie = ("Cookie", await logged_in(server))
    for origin, allowed in ORIGINS:
        headers = [host] if origin is None else [host, ("Origin", origin.format(port=server.settings.port))]
        assert (await server.raw("WS", "/api/live", [*headers, cookie]) == 101) is allowed, origin
        with_token = await server.raw("WS", "/api/live", [*headers, *server.bearer.items()])
        assert (with_token == 101) is (allowed or origin is None), origin
    assert await server.raw("WS", "/api/live", [host]) == 401
    assert await server.raw("WS", "/api/other", [host, *server.bearer.items()]) == 404
    assert not server.services.hub.viewers or all(not v.subscriptions for v in server.services.hub.viewers)


async def test_S4_only_our_own_page_changes_something_with_a_session(server: Running) -> None:
    url = server.settings.url
    cookie = {"Cookie": await logged_in(server)}
    table: list[tuple[dict[str, str], bool]] = [
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": url}, True),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": url}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": url}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://127.0.0.1:1"}, False),
        ({}, False),
    ]
    async with httpx.AsyncClient(base_url=url, trust_env=False) as browser:
        for headers, allowed in table:
            for method in ("POST", "PATCH", "DELETE", "PUT", "QUERY"):
                path = "/api/login-keys" if method == "POST" else "/api/runs/unknown"
                status = (await browser.request(method, path, headers={**cookie, **headers}, json={})).status_code
                refused = status == (405 if method in ("PUT", "QUERY") else 403)
                assert refused is (not allowed or method in ("PUT", "QUERY")), (method, headers, status)
    assert (await server.client.post("/api/login-keys")).status_code == 201


async def test_S4_reading_changes_nothing(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await agent.rows(run, 3)
    agent.episodes[1] = EPISODE | {"view": {"kind": "state", "states": [[0.0], [1.0]]}}
    agent.pictures[1, 0] = b"jpeg"
    await server.until(run, lambda r: r["update"] == 3)

    def dump() -> list[str]:
        with sqlite3.connect(server.settings.data_dir / "policyscope.db") as connection:
            found = list(connection.iterdump())
        connection.close()
        return found

    before = dump()
    queries = {"series": "?names=policy/entropy", "distributions": "?name=advantage", "export": "?format=csv"}
    for template, methods in roles.HTTP.items():
        if "GET" in methods:
            path = filled(template, run)
            for _ in range(2):
                answer = await server.client.get(path + queries.get(path.rpartition("/")[2], ""))
                assert answer.status_code == 200, (path, answer.text)
    assert dump() == before


async def test_S5_no_page_of_another_origin_may_read_an_answer(server: Running) -> None:
    for path in ("/api/health", "/api/runs", "/", "/docs"):
        for method in ("GET", "OPTIONS"):
            headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
            answer = await server.client.request(method, path, headers=headers)
            assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_S6_every_answer_carries_the_security_headers(server: Running, agent: FakeAgent) -> None:
    paths = [filled(template, "x") for template in roles.HTTP]
    for path in [*paths, "/", "/assets/none.js", "/api/none", "/docs/swagger-ui-bundle.js"]:
        for method in ("GET", "POST", "DELETE", "TRACE"):
            answer = await server.client.request(method, path)
            assert answer.headers["content-security-policy"] == POLICY
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert not answer.content or answer.headers["content-type"], path
            await server.client.post("/api/health")
    refused = await server.client.get("/api/health", headers={"Host": "evil.example"})
    assert refused.headers["content-security-policy"] == POLICY


async def test_S6_no_page_of_ours_needs_what_the_policy_forbids(server: Running) -> None:
    for text in (NOT_BUILT, (await server.client.get("/docs")).text):
        assert "http://" not in text
        assert "https://" not in text
        assert "<script>" not in text
        assert " onclick" not in text
    assert (await server.client.get("/docs/start.js")).headers["content-type"].startswith("text/javascript")
    assert len((await server.client.get("/docs/swagger-ui-bundle.js")).content) > 100_000


async def test_S7_the_cookie_is_ours_alone(tmp_path: Path) -> None:
    async with running(tmp_path / "a") as one, running(tmp_path / "b") as other:
        async with httpx.AsyncClient(trust_env=False) as browser:
            for server in (one, other):
                key = (await server.client.post("/api/login-keys")).json()["key"]
                answer = await browser.post(f"{server.settings.url}/api/session", json={"key": key})
                [morsel] = SimpleCookie(answer.headers["set-cookie"]).values()
                assert morsel["httponly"]
                assert morsel["samesite"].lower() == "strict"
                assert morsel["path"] == "/"
                assert not morsel["domain"]
                assert server.services.store.instance_id in morsel.key
            for server in (one, other):
                assert (await browser.get(f"{server.settings.url}/api/session")).json()["role"] == "admin"


async def test_a_refused_handshake_is_no_fault_of_the_server(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    host = ("Host", f"127.0.0.1:{server.settings.port}")
    assert await server.raw("WS", "/api/live", [host]) == 401
    assert await server.raw("WS", "/api/none", [host]) == 404
    bearer = ("Authorization", server.bearer["Authorization"])
    assert await server.raw("WS", "/api/live", [host, bearer, ("Sec-WebSocket-Protocol", "other")]) == 400
    await asyncio.sleep(0.1)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
