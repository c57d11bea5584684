"""What is ready when the server listens."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from tests.backend.kit import Running


async def test_no_request_builds_a_route(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """FastAPI silences warnings of the whole process while it builds one, which it would do in the first request."""
    silenced: list[str] = []

    class Silence(warnings.catch_warnings):  # type: ignore[type-arg]
        def __enter__(self) -> Any:
            silenced.append("a filter of the whole process")
            return super().__enter__()

    monkeypatch.setattr(warnings, "catch_warnings", Silence)
    assert (await server.client.get("/api/runs")).status_code == 200
    async with server.live():
        pass
    assert silenced == []
