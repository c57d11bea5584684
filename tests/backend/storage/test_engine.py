"""Opening, locking, migrating, and what a connection may do."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from backend.storage import SchemaTooNew, Store, StoreError, StoreLocked, StoreUnavailable
from backend.storage.engine import connect
from backend.storage.tables import metadata
from tests.backend.storage.telemetry import event, new_record, nothing


async def test_the_migrations_make_the_tables_as_declared(store: Store) -> None:
    def difference(conn: sa.Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(conn), metadata))

    assert await store._threads.read(difference) == []


async def test_a_file_from_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(SchemaTooNew, match="9999"):
        Store.open(path)
    with pytest.raises(SchemaTooNew):
        Store.open(path)


async def test_one_store_per_file(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store.db")
    with pytest.raises(StoreLocked, match="already running"):
        Store.open(tmp_path / "store.db")
    await store.close()
    await Store.open(tmp_path / "store.db").close()


async def test_paths_and_urls_name_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "odd name?#100%.db"
    assert connect.database_path(f"sqlite:///{tmp_path}/a.db") == tmp_path / "a.db"
    await Store.open(str(path)).close()
    assert path.exists()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(StoreError, match="postgresql"):
        Store.open("postgresql://somewhere/x")


@pytest.mark.parametrize(("version", "warned"), [((3, 40, 1), 1), ((3, 51, 2), 1), ((3, 51, 3), 0), ((3, 60, 0), 0)])
def test_an_old_sqlite_is_announced(version: tuple[int, ...], warned: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "policyscope.storage"):
        connect.warn_old_sqlite(version)
    assert len(caplog.records) == warned


async def test_the_writer_syncs_and_readers_cannot_write(store: Store) -> None:
    def pragma(conn: sa.Connection, name: str) -> Any:
        return conn.exec_driver_sql(f"PRAGMA {name}").scalar()

    assert await store._threads.write(pragma, "journal_mode") == "wal"
    assert await store._threads.write(pragma, "synchronous") == 2
    assert await store._threads.write(pragma, "busy_timeout") == 5000
    with pytest.raises(StoreUnavailable, match="readonly"):
        await store._threads.read(lambda conn: conn.exec_driver_sql("DELETE FROM runs"))


async def test_a_reader_sees_one_snapshot_while_the_writer_goes_on(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    reading, written = threading.Event(), threading.Event()

    def look_twice(conn: sa.Connection) -> list[int]:
        count = sa.text("SELECT count(*) FROM events")
        first = conn.execute(count).scalar_one()
        reading.set()
        written.wait(10)
        return [first, conn.execute(count).scalar_one()]

    looking = asyncio.create_task(store._threads.read(look_twice))
    await asyncio.to_thread(reading.wait, 10)
    await store.ingest(run.id, 1, [event(1)], nothing)
    written.set()
    assert await looking == [0, 0]


async def test_the_event_loop_turns_while_the_store_works(store: Store) -> None:
    working = asyncio.create_task(store._threads.write(lambda _: time.sleep(0.3)))
    turns = 0
    while not working.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns >= 5


async def test_a_full_disk_refuses_the_batch_and_the_store_recovers(store: Store) -> None:
    run, _ = await store.create_run(new_record())

    def limit(conn: sa.Connection, pages: int) -> None:
        conn.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    await store._threads.write(limit, 1)
    big = event(1, note="x" * 1_000_000)
    with pytest.raises(StoreUnavailable, match="full"):
        await store.ingest(run.id, 1, [big], nothing)
    assert await store.replay(run.id, 1, 0) == []
    await store._threads.write(limit, 1_000_000)
    assert (await store.ingest(run.id, 1, [big], nothing)).settled == 1
