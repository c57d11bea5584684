"""Reads a distribution over updates as merged histograms with dense counts."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from . import histograms, log, names, runs, streams, tracks
from .histograms import BLOCK, Histograms
from .payloads import Event, Payload
from .streams import Stream
from .tables import histograms as table
from .tables import segments

OVERSAMPLING = 2
END = 2**62


def read(
    conn: sa.Connection,
    run_id: str,
    name: str,
    from_: int | None = None,
    to: int | None = None,
    points: int = 200,
    bins: int | None = None,
) -> list[dict[str, Any]]:
    """At most `points` rows with updates in [from_, to), in order. Raises UnknownRun.

    `bins` is the length of `counts` (the grid's edges + 1); without it, up to the last bin ever hit in the range.
    """
    stream = streams.fetch(conn, run_id, runs.fetch(conn, run_id).epoch)
    first, end = 0 if from_ is None else from_, END if to is None else to
    found = [*_packed(conn, stream, name, first, end, points), _tail(log.tail(conn, stream), name)]
    merged = histograms.thin(histograms.concat(found).between(first, end), points)
    width = max([bins or 0, *(merged.bins.astype(int) + 1)])
    columns = {
        "first_update": merged.first_update,
        "update": merged.update,
        "n": merged.n,
        "min": merged.low,
        "max": merged.high,
        "nonfinite": merged.nonfinite,
        "counts": histograms.dense(merged, width),
    }
    lists = [values.tolist() for values in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]


def _packed(conn: sa.Connection, stream: Stream, name: str, first: int, end: int, points: int) -> list[Histograms]:
    """Packed histograms of the range: whole segments by blocks where there are plenty, single ones at its edges."""
    number = names.find(conn, stream, tracks.DISTRIBUTIONS, [name]).get(name)
    overlaps = (table.c.series_id == number) & (table.c.last_update >= first) & (table.c.first_update < end)
    here = table.join(segments, segments.c.id == table.c.segment_id)
    inside = (table.c.first_update >= first) & (table.c.last_update < end)
    query = sa.select(table.c.segment_id, table.c.n, inside.label("inside")).select_from(here)
    query = query.where(segments.c.stream_id == stream.id, segments.c.track == tracks.ROWS, overlaps)
    parts = conn.execute(query.order_by(segments.c.first_row)).all()
    plenty = sum(part.n for part in parts) > OVERSAMPLING * BLOCK * points
    return [_load(conn, part.segment_id, number, plenty and part.inside) for part in parts]


def _load(conn: sa.Connection, segment_id: int, number: int | None, by_blocks: bool) -> Histograms:
    column = table.c.blocks if by_blocks else table.c.raw
    query = sa.select(column).where(table.c.segment_id == segment_id, table.c.series_id == number)
    return histograms.unpack(conn.execute(query).scalar_one())


def _tail(tail: Sequence[Payload], name: str) -> Histograms:
    frames = [payload for payload in tail if not isinstance(payload, Event)]
    return histograms.of_distributions([f.distributions[name] for f in frames if name in f.distributions])
