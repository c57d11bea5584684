"""SQLite connections: one that writes and checkpoints, and a few that can only read."""

import fcntl
import logging
import os
import sqlite3
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import sqlalchemy as sa

from backend.storage.errors import StoreError, StoreLocked

BUSY_TIMEOUT_S = 5.0
WAL_LIMIT_BYTES = 64 << 20
WAL_RESET_FIXED_IN = (3, 51, 3)

log = logging.getLogger("policyscope.storage")


def database_path(url_or_path: str | Path) -> Path:
    """The file behind a path or a `sqlite:///` URL; any other kind of URL is refused."""
    text = str(url_or_path)
    if "://" not in text:
        return Path(text).absolute()
    url = sa.make_url(text)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise StoreError(
            f"Database URL with {url.get_backend_name()!r} found; expected sqlite:///PATH. "
            "Other databases are not supported yet; leave POLICYSCOPE_DATABASE_URL empty to use the data directory."
        )
    return Path(url.database).absolute()


def lock(path: Path) -> int:
    """Hold the store for this process, because two writing processes can corrupt a WAL (see `warn_old_sqlite`)."""
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StoreLocked(
            f"{path.name} is in use by another process; one process at a time may open a store. "
            "Usual cause: a server is already running on this data directory. Ask that server, or stop it first."
        ) from None
    return descriptor


def warn_old_sqlite(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    """Warn when this SQLite can corrupt a WAL that two connections write or checkpoint at once."""
    if version < WAL_RESET_FIXED_IN:
        log.warning(
            "The database is safe as it is: nothing to do. (SQLite %s, before 3.51.3, can damage a database that two "
            "programs write at once; this server is one. Let no other program write to its file while it runs.)",
            ".".join(map(str, version)),
        )


def writer_engine(path: Path) -> sa.Engine:
    """An engine with a single connection whose transactions begin IMMEDIATE and are synced before commit returns."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    engine = _engine(path, "rwc", pool_size=1)
    _on_connect(
        engine,
        # Only before the first table, and before the journal's mode writes the first page.
        "PRAGMA auto_vacuum=INCREMENTAL",
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
        f"PRAGMA journal_size_limit={WAL_LIMIT_BYTES}",
    )
    _begin_with(engine, "BEGIN IMMEDIATE")
    return engine


def reader_engine(path: Path, connections: int) -> sa.Engine:
    """An engine whose connections cannot write; each transaction sees one snapshot."""
    engine = _engine(path, "ro", pool_size=connections)
    _on_connect(engine, "PRAGMA query_only=ON", "PRAGMA cache_size=-16384")
    _begin_with(engine, "BEGIN")
    return engine


def _engine(path: Path, mode: Literal["ro", "rwc"], pool_size: int) -> sa.Engine:
    def connect() -> sqlite3.Connection:
        uri = f"file:{quote(str(path))}?mode={mode}"
        return sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)

    return sa.create_engine(
        "sqlite://",
        creator=connect,
        poolclass=sa.QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_reset_on_return=None,
    )


def _on_connect(engine: sa.Engine, *pragmas: str) -> None:
    @sa.event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(pragma).close()


def _begin_with(engine: sa.Engine, statement: str) -> None:
    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(statement)
