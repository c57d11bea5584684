"""A stream is the data of one run in one epoch; it knows how far it reaches and how far it is packed."""

from typing import Any

import msgspec
import sqlalchemy as sa

from .errors import UnknownRun
from .tables import streams


class Stream(msgspec.Struct, frozen=True):
    """Counts of one stream. What lies below the `sealed_` counts is packed into segments, the rest only in records."""

    id: int
    run_id: str
    epoch: int
    head: int = 0
    rows: int = 0
    ended: int = 0
    payloads: int = 0
    sealed_seq: int = 0
    sealed_rows: int = 0
    sealed_ended: int = 0
    sealed_payloads: int = 0


def find(conn: sa.Connection, run_id: str, epoch: int) -> Stream | None:
    """The stream, or None."""
    query = sa.select(streams).where(streams.c.run_id == run_id, streams.c.epoch == epoch)
    row = conn.execute(query).one_or_none()
    return None if row is None else Stream(**row._mapping)


def ensure(conn: sa.Connection, run_id: str, epoch: int) -> Stream:
    """The stream, made empty if it was missing."""
    found = find(conn, run_id, epoch)
    if found is not None:
        return found
    counts = dict.fromkeys(Stream.__struct_fields__[3:], 0)
    made = conn.execute(streams.insert().values(run_id=run_id, epoch=epoch, **counts))
    assert made.inserted_primary_key is not None
    return Stream(made.inserted_primary_key[0], run_id, epoch)


def advance(conn: sa.Connection, stream: Stream, **counts: Any) -> Stream:
    """Write new counts."""
    conn.execute(streams.update().where(streams.c.id == stream.id).values(counts))
    return msgspec.structs.replace(stream, **counts)


def fetch(conn: sa.Connection, run_id: str, epoch: int) -> Stream:
    """The stream; raises UnknownRun."""
    found = find(conn, run_id, epoch)
    if found is None:
        raise UnknownRun(f"Run {run_id!r} has no epoch {epoch}.")
    return found
