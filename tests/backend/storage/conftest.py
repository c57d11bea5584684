"""A store in a temporary folder."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.storage import Store, seal, segments


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store.open(tmp_path / "store.db")
    yield opened
    asyncio.run(opened.close())


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for many examples, each with a run of its own."""
    opened = Store.open(tmp_path_factory.mktemp("shared") / "store.db")
    yield opened
    asyncio.run(opened.close())


@pytest.fixture(scope="module")
def small_segments() -> Iterator[None]:
    """Thresholds so low that a few hundred rows are packed, merged and merged again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seal, "TAIL_SEQS", 60)
        patch.setattr(segments, "MERGED", 3)
        patch.setattr(segments, "FULL", 400)
        yield
