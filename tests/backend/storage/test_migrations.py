"""A database of the first schema is brought up to date with what can be known of its runs."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import msgspec
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from backend.storage import RunRecord, Store
from backend.storage.engine.connect import writer_engine
from backend.storage.engine.migrate import MIGRATIONS, upgrade
from tests.backend.storage.telemetry import new_record


def at_revision(path: Path, revision: str) -> None:
    """Make a database as an earlier version did."""
    engine = writer_engine(path)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def insert_old(path: Path, record: RunRecord) -> None:
    """Insert a run with the columns of the first schema."""
    packed = msgspec.msgpack.encode
    with sqlite3.connect(path) as connection:
        names = [row[1] for row in connection.execute("pragma table_info(runs)")]
        known = {name: getattr(record, name, None) for name in names}
        known |= {"name_key": "a", "search": "a", "controls_version": 1, "controls_values": {}, "deleted_at": None}
        blobs = ("environment", "budget", "controls_values", "parent", "tags", "reproducible", "config", "memo")
        row = [packed(known[name]) if name in blobs else known[name] for name in names]
        marks = ",".join("?" * len(names))
        quoted = ",".join(f'"{name}"' for name in names)
        connection.execute(f"insert into runs ({quoted}) values ({marks})", row)


def test_an_old_run_keeps_everything_and_has_no_returns(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    at_revision(path, "0001")
    old = new_record(environment={"id": "Acrobot-v1", "num_envs": 2, "kwargs": {}}, seed=3)
    insert_old(path, old)
    store = Store.open(path)

    async def look() -> None:
        assert await store.get_run(old.id) == old
        for sort in ("last_return", "-best_return", "environment"):
            found, _ = await store.list_runs(environment="Acrobot-v1", sort=sort)
            assert found == [old]
        assert (await store.list_runs(environment="CartPole-v1"))[0] == []
        await store.close()

    asyncio.run(look())


def test_the_migrations_make_the_tables_that_are_declared(tmp_path: Path) -> None:
    from backend.storage.tables import metadata

    engine = writer_engine(tmp_path / "store.db")
    upgrade(engine)
    found = sa.MetaData()
    found.reflect(engine)
    for name, table in metadata.tables.items():
        assert {column.name for column in table.columns} == {column.name for column in found.tables[name].columns}
    engine.dispose()
