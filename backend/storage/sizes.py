"""How many bytes a run takes, from the lengths of its blobs: SQLite knows those without reading what is in them."""

from typing import Any

import sqlalchemy as sa

from .tables import axes, columns, events, histograms, records, segments, series, streams

SIZED = {
    records: (records.c.payload,),
    events: (events.c.payload,),
    axes: (axes.c.ends, axes.c["values"]),
    columns: tuple(columns.c[name] for name in ("coarse", "fine", "positions", "last", "low", "high")),
    histograms: (histograms.c.blocks, histograms.c.raw),
}
"""Where the bytes of a run lie; its other rows are small beside them."""


def of_run(conn: sa.Connection, run_id: str) -> int:
    """Bytes of the telemetry and events of a run, in every epoch."""
    own = list(conn.execute(sa.select(streams.c.id).where(streams.c.run_id == run_id)).scalars())
    return sum(conn.execute(_of_table(table, own)).scalar_one() for table in SIZED)


def _of_table(table: sa.Table, own: list[int]) -> sa.Select[Any]:
    length = sum(
        (sa.func.coalesce(sa.func.length(sa.type_coerce(c, sa.LargeBinary)), 0) for c in SIZED[table]), sa.literal(0)
    )
    return sa.select(sa.func.coalesce(sa.func.sum(length), 0)).where(_here(table, own))


def _here(table: sa.Table, own: list[int]) -> sa.ColumnElement[bool]:
    if "stream_id" in table.c:
        return table.c.stream_id.in_(own)
    if "series_id" in table.c:
        return table.c.series_id.in_(sa.select(series.c.id).where(series.c.stream_id.in_(own)))
    return table.c.segment_id.in_(sa.select(segments.c.id).where(segments.c.stream_id.in_(own)))
