"""One thread that writes, a few that read; the event loop only waits for them."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from backend.storage.errors import StoreUnavailable

from .connect import lock, reader_engine, writer_engine
from .migrate import upgrade

P = ParamSpec("P")
T = TypeVar("T")

READERS = 2


class Threads:
    """Runs functions of a connection in the writer thread or in a reader thread, each in one transaction."""

    def __init__(self, path: Path, readers: int = READERS) -> None:
        """Lock the store, bring its schema up to date and start no thread before the first call."""
        self._lock = lock(path)
        try:
            self._write_engine = writer_engine(path)
            upgrade(self._write_engine)
        except BaseException:
            os.close(self._lock)
            raise
        self._read_engine = reader_engine(path, readers)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="store-reader")

    async def write(self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` alone, in a transaction that is committed and synced when this returns."""
        return await self._in(self._writer, self._write_engine, lambda conn: work(conn, *args, **kwargs))

    async def read(self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` on one snapshot, beside other readers and the writer."""
        return await self._in(self._readers, self._read_engine, lambda conn: work(conn, *args, **kwargs))

    def write_now(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in the calling thread, before anything else was asked for."""
        return _transaction(self._write_engine, work)

    async def close(self) -> None:
        """Finish what was submitted and let go of the file; the writer goes last, because it checkpoints."""
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """The same from a thread that may block."""
        self._readers.shutdown()
        self._read_engine.dispose()
        self._writer.shutdown()
        self._write_engine.dispose()
        os.close(self._lock)

    async def _in(self, pool: ThreadPoolExecutor, engine: sa.Engine, work: Callable[[sa.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, _transaction, engine, work)


def _transaction(engine: sa.Engine, work: Callable[[sa.Connection], T]) -> T:
    try:
        with engine.begin() as connection:
            return work(connection)
    except OperationalError as error:
        raise StoreUnavailable(f"The database cannot serve now: {error.orig}") from error
