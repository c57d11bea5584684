"""The command line: help everywhere, one sentence and exit code 2 for what cannot be done."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import pytest

from backend.cli import main
from backend.services import lock
from backend.settings import Settings
from tests.backend.kit import FakeAgent, Running, free_port


def run(*arguments: str) -> int:
    """Run the command line and return its exit code."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


@pytest.mark.parametrize("command", [(), ("serve",), ("train",), ("runs",), ("export",), ("token",), ("login",)])
def test_every_command_has_help(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*command, "--help") == 0
    assert "usage: policyscope" in capsys.readouterr().out


def test_help_keeps_its_capitals(capsys: pytest.CaptureFixture[str]) -> None:
    run("login", "--help")
    assert "a fresh login URL of" in capsys.readouterr().out


def test_an_empty_budget_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("train", "cartpole-ppo", "--budget", "0") == 2
    assert "env_steps is 0" in capsys.readouterr().out


def test_what_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("worker") == 2
    assert run() == 2


def test_serve_says_why_it_cannot_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert run("serve", "--port", port, "--data-dir", str(tmp_path)) == 2
        assert f":{port}" in capsys.readouterr().err
    held = lock(tmp_path)
    assert held is not None
    with held:
        assert run("serve", "--port", str(free_port()), "--data-dir", str(tmp_path)) == 2
    assert "Another server" in capsys.readouterr().err
    assert run("serve", "--port", "99999", "--data-dir", str(tmp_path)) == 2
    assert "port" in capsys.readouterr().err


def test_postgresql_is_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLICYSCOPE_DATABASE_URL", "postgresql://db/x")
    assert run("serve", "--data-dir", str(tmp_path)) == 2
    assert "sqlite" in capsys.readouterr().err


def test_runs_and_token_work_without_a_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("token", "--data-dir", str(tmp_path)) == 0
    assert len(capsys.readouterr().out.strip()) > 30
    assert run("runs", "--json", "--data-dir", str(tmp_path)) == 0
    assert json.loads(capsys.readouterr().out) == {"runs": [], "next": None}
    assert run("login", "--data-dir", str(tmp_path)) == 2


async def test_token_login_and_runs_ask_the_running_server(
    server: Running, agent: FakeAgent, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(server.settings.data_dir)
    address = {"url": "ws://x", "http": server.settings.url}
    (server.settings.data_dir / "server.json").write_text(json.dumps(address))
    started = await server.start_run(name="shown")
    assert await asyncio.to_thread(run, "token", "--data-dir", data) == 0
    token = capsys.readouterr().out.strip()
    answer = await server.client.get("/api/session", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == {"name": "local", "role": "admin"}
    assert await asyncio.to_thread(run, "login", "--data-dir", data) == 0
    key = capsys.readouterr().out.strip().partition("#login=")[2]
    assert (await server.client.post("/api/session", json={"key": key})).status_code == 204
    assert await asyncio.to_thread(run, "runs", "--data-dir", data) == 0
    assert started in capsys.readouterr().out


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"HOST": "::1", "PORT": "9000", "DATA_DIR": str(tmp_path), "OPEN_BROWSER": "0"}.items():
        monkeypatch.setenv(f"POLICYSCOPE_{name}", value)
    monkeypatch.setenv("POLICYSCOPE_ALLOWED_HOSTS", "a.example, b.example:1")
    settings = Settings()
    assert settings.url == "http://[::1]:9000"
    assert (settings.data_dir, settings.open_browser) == (tmp_path, False)
    assert settings.allowed_hosts == ("a.example", "b.example:1")
