"""An agent process and a server for it, both gone after the test with all their trainers."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from backend.agent.run_directory import RunDirectory
from tests.backend.agent.fake_server import FakeServer

ROOT = Path(__file__).parents[3]
Spawn = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FakeServer]:
    fake = FakeServer(tmp_path)
    await fake.open()
    yield fake
    await fake.close()
    assert fake.faults == []


@pytest.fixture
def spawn_agent(tmp_path: Path) -> Iterator[Spawn]:
    agents: list[subprocess.Popen[bytes]] = []

    def spawn(orphan: float = 60.0) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.backend.agent.fake_agent", str(tmp_path), str(orphan)]
        environment = {**os.environ, "PLANTED_SECRET": "planted-secret"}
        agents.append(subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True))
        return agents[-1]

    yield spawn
    for agent in agents:
        agent.kill()
        agent.wait()
    for path in (tmp_path / "runs").glob("*"):
        identity = RunDirectory(path).identity
        if identity and identity.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(identity.pid, signal.SIGKILL)


@pytest.fixture
async def agent(server: FakeServer, spawn_agent: Spawn) -> "subprocess.Popen[bytes]":
    process = spawn_agent()
    await server.connected()
    return process
