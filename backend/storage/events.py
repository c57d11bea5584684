"""A run's events, each at its seq."""

from typing import Any

import sqlalchemy as sa

from . import streams
from .streams import Stream
from .tables import events


def store(conn: sa.Connection, stream: Stream, payloads: list[dict[str, Any]]) -> None:
    """Write the events of a batch."""
    if payloads:
        rows = [{"stream_id": stream.id, "seq": p["seq"], "kind": p["kind"], "payload": p} for p in payloads]
        conn.execute(events.insert(), rows)


def page(
    conn: sa.Connection, run_id: str, epoch: int, after: int = 0, limit: int = 1000, kinds: list[str] | None = None
) -> tuple[list[dict[str, Any]], int]:
    """Up to `limit` events after seq `after` as they came, and the seq to go on after."""
    stream = streams.find(conn, run_id, epoch)
    if stream is None:
        return [], after
    query = sa.select(events.c.payload).where(events.c.stream_id == stream.id, events.c.seq > after)
    if kinds is not None:
        query = query.where(events.c.kind.in_(kinds))
    found = list(conn.execute(query.order_by(events.c.seq).limit(limit)).scalars())
    return found, found[-1]["seq"] if found else after


def newest(
    conn: sa.Connection, run_id: str, epoch: int, kinds: list[str], before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Up to `limit` events of some kinds, newest first, from before a seq or from the head."""
    stream = streams.find(conn, run_id, epoch)
    if stream is None:
        return []
    query = sa.select(events.c.payload).where(events.c.stream_id == stream.id, events.c.kind.in_(kinds))
    if before is not None:
        query = query.where(events.c.seq < before)
    return list(conn.execute(query.order_by(events.c.seq.desc()).limit(limit)).scalars())
