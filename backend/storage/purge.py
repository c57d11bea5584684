"""Takes a deleted run out of the store for good, a piece at a time, so that the writer is never busy for long."""

import sqlalchemy as sa

from . import segments as segment_rows
from .tables import edits, events, idempotency, records, run_tags, runs, segments, series, streams

PIECE = {records: 16, events: 1000, segments: 1}
"""Rows that one transaction takes: a record is up to a MiB, a segment a dozen."""
FREED_PAGES = 1024


def due(conn: sa.Connection, before: float) -> list[str]:
    """The runs that were deleted before a time (Unix seconds)."""
    query = sa.select(runs.c.id).where(runs.c.deleted_at < before)
    return list(conn.execute(query.order_by(runs.c.deleted_at)).scalars())


def piece(conn: sa.Connection, run_id: str) -> bool:
    """Delete a piece of the data of a run; whether there was any left. The run's own row stays."""
    own = sa.select(streams.c.id).where(streams.c.run_id == run_id)
    for table, size in PIECE.items():
        key = sa.literal_column(f"{table.name}.rowid") if table is not segments else segments.c.id
        found = list(
            conn.execute(sa.select(key).select_from(table).where(table.c.stream_id.in_(own)).limit(size)).scalars()
        )
        if found and table is segments:
            segment_rows.delete(conn, found)
        elif found:
            conn.execute(sa.delete(table).where(key.in_(found)))
        if found:
            return True
    return False


def finish(conn: sa.Connection, run_id: str) -> None:
    """Delete what names the run, after its data are gone."""
    conn.execute(
        series.delete().where(series.c.stream_id.in_(sa.select(streams.c.id).where(streams.c.run_id == run_id)))
    )
    for table in (streams, edits, idempotency, run_tags):
        conn.execute(table.delete().where(table.c.run_id == run_id))
    conn.execute(runs.delete().where(runs.c.id == run_id))


def shrink(conn: sa.Connection) -> bool:
    """Give some of the free pages back to the file system; whether there may be more.

    A database that an earlier version made has no map to move pages by: its free pages wait for the next runs.
    """
    before = conn.exec_driver_sql("PRAGMA freelist_count").scalar_one()
    connection = conn.connection.driver_connection
    assert connection is not None
    # A page is given back per row that is fetched; they have no columns, so SQLAlchemy would fetch none.
    connection.execute(f"PRAGMA incremental_vacuum({FREED_PAGES})").fetchall()
    return 0 < int(conn.exec_driver_sql("PRAGMA freelist_count").scalar_one()) < int(before)
