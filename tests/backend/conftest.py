"""A server, and a server with an agent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.backend.kit import FakeAgent, Running, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        yield found


@pytest.fixture
async def agent(server: Running) -> AsyncIterator[FakeAgent]:
    made = FakeAgent(server)
    await made.connect()
    yield made
    if made.task is not None and not made.task.done():
        await made.disconnect()
