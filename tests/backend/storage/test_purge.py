"""Deleting for good: nothing of the run is left, the room is given back, and other runs are untouched."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from backend.storage import Store, UnknownRun, purge, seal
from backend.storage.store import KEPT_SECONDS
from backend.storage.tables import metadata
from tests.backend.storage.telemetry import batches, history, new_record, progress


async def filled(store: Store, name: str) -> str:
    """Make a run with segments, records and events."""
    record, _ = await store.create_run(new_record(name=name, tags=["t"]), f"key-{name}", "h")
    for batch in batches(np.random.default_rng(1), history(np.random.default_rng(2), 300)):
        await store.ingest(record.id, 1, batch, progress)
    await store.add_edit(record.id, None, "e", {"gamma": 0.5}, "ann")
    return record.id


def counts(path: Path) -> dict[str, int]:
    """Return how many rows every table has."""
    with sqlite3.connect(path) as connection:
        return {name: connection.execute(f'select count(*) from "{name}"').fetchone()[0] for name in metadata.tables}


def pages(path: Path) -> tuple[int, int]:
    """Return how many pages the file has, and how many of them are free."""
    with sqlite3.connect(path) as connection:
        return tuple(connection.execute(f"pragma {what}").fetchone()[0] for what in ("page_count", "freelist_count"))  # type: ignore[return-value]


async def test_a_purged_run_leaves_nothing_and_gives_its_room_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "TAIL_SEQS", 60)
    now = 1e9
    path = tmp_path / "store.db"
    store = Store.open(path, lambda: now)
    kept = await filled(store, "kept")
    before, (size, _) = counts(path), pages(path)
    gone = await filled(store, "gone")
    held = await store.sizes(gone)
    assert held == await store.sizes(kept) > 10_000
    await store.delete_run(gone)
    now += KEPT_SECONDS - 1
    assert await store.due_runs() == []
    now += 2
    assert await store.due_runs() == [gone]
    with pytest.raises(UnknownRun):
        await store.undelete_run(gone)
    assert (await store.list_runs(deleted=True))[0] == []
    await store.purge_data(gone)
    assert await store.sizes(gone) == 0
    assert await store.due_runs() == [gone]
    await store.purge_run(gone)
    assert counts(path) == before
    assert await store.get_run(gone, deleted=True) is None
    assert await store.due_runs() == []
    assert pages(path)[1] == 0
    assert pages(path)[0] <= size + 8
    assert await store.sizes(kept) == held
    await store.close()


async def test_a_piece_is_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "TAIL_SEQS", 60)
    monkeypatch.setattr(purge, "FREED_PAGES", 2)
    now = 1e9
    store = Store.open(tmp_path / "store.db", lambda: now)
    run = await filled(store, "a")
    await store.delete_run(run)
    steps = 0
    while await store._threads.write(purge.piece, run):
        steps += 1
    assert steps > 5
    await store.purge_run(run)
    assert pages(tmp_path / "store.db")[1] == 0
    await asyncio.gather(store.close())
