"""Segments: blocks of consecutive rows of one track, packed by column. Small ones are merged, so that few are read.

A segment of tier t is the merger of MERGED segments of tier t - 1, until it has FULL rows. Tiers never rise from old
to new, so the segments of one tier after the last full one are neighbours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sqlalchemy as sa

from . import chunks, histograms, levels
from .chunks import Axis, Points
from .histograms import Histograms
from .streams import Stream
from .tables import axes, columns, segments
from .tables import histograms as histogram_table

MERGED = 32
FULL = 32 * levels.COARSE
FULL_TIER = 9


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """What one segment holds, by axis name and by series id."""

    track: int
    first_row: int
    rows: int
    axes: Mapping[str, Axis]
    points: Mapping[int, Points]
    histograms: Mapping[int, Histograms] = field(default_factory=dict)


def write(conn: sa.Connection, stream: Stream, segment: Segment, tier: int = 0) -> None:
    """Pack one segment and store it with its levels."""
    made = conn.execute(
        segments.insert().values(
            stream_id=stream.id,
            track=segment.track,
            first_row=segment.first_row,
            rows=segment.rows,
            tier=FULL_TIER if segment.rows >= FULL else tier,
        )
    )
    assert made.inserted_primary_key is not None
    key = {"segment_id": made.inserted_primary_key[0]}
    conn.execute(axes.insert(), [key | _axis_row(name, values) for name, values in segment.axes.items()])
    if segment.points:
        conn.execute(columns.insert(), [key | _column_row(number, segment) for number in segment.points])
    if segment.histograms:
        rows = [key | _histogram_row(number, table) for number, table in segment.histograms.items()]
        conn.execute(histogram_table.insert(), rows)


def _axis_row(name: str, values: Axis) -> dict[str, Any]:
    return {"name": name, "ends": chunks.axis_ends(values, levels.FINE).tobytes(), "values": values.tobytes()}


def _column_row(number: int, segment: Segment) -> dict[str, Any]:
    points = segment.points[number]
    fine = levels.blocks(levels.of_points(points), segment.first_row, levels.FINE)
    coarse = levels.blocks(fine, segment.first_row, levels.COARSE)
    packed = chunks.pack(points, segment.first_row, segment.rows)
    return {"series_id": number, "fine": fine.tobytes(), "coarse": coarse.tobytes()} | packed


def _histogram_row(number: int, table: Histograms) -> dict[str, Any]:
    return {
        "series_id": number,
        "first_update": int(table.update[0]),
        "last_update": int(table.update[-1]),
        "n": len(table),
        "blocks": histograms.pack(histograms.blocks(table)),
        "raw": histograms.pack(table),
    }


def merge_small(conn: sa.Connection, stream: Stream, track: int) -> None:
    """Merge the newest segments of one tier as long as there are enough of them."""
    tier = 0
    while True:
        small = [row for row in _since_full(conn, stream, track) if row.tier == tier]
        rows = sum(row.rows for row in small)
        if len(small) < 2 or (len(small) < MERGED and rows < FULL):
            return
        merged = _read(conn, track, small)
        delete(conn, [row.id for row in small])
        write(conn, stream, merged, tier + 1)
        tier += 1


def _since_full(conn: sa.Connection, stream: Stream, track: int) -> list[sa.Row[Any]]:
    here = (segments.c.stream_id == stream.id) & (segments.c.track == track)
    last_full = sa.select(sa.func.coalesce(sa.func.max(segments.c.first_row), -1)).where(
        here, segments.c.tier == FULL_TIER
    )
    query = sa.select(segments).where(here, segments.c.first_row > last_full.scalar_subquery())
    return list(conn.execute(query.order_by(segments.c.first_row)))


def _read(conn: sa.Connection, track: int, parts: list[sa.Row[Any]]) -> Segment:
    """The segments `parts`, which are neighbours, as one."""
    ids = [part.id for part in parts]
    axis_parts: dict[str, list[Axis]] = {}
    point_parts: dict[int, list[Points]] = {}
    histogram_parts: dict[int, list[Histograms]] = {}
    for row in conn.execute(_of(axes, ids)):
        axis_parts.setdefault(row.name, []).append(np.frombuffer(row.values, chunks.axis_type(row.name)))
    for row in conn.execute(_of(columns, ids)):
        point_parts.setdefault(row.series_id, []).append(chunks.unpack(row, row.first_row))
    for row in conn.execute(_of(histogram_table, ids)):
        histogram_parts.setdefault(row.series_id, []).append(histograms.unpack(row.raw))
    return Segment(
        track,
        parts[0].first_row,
        sum(part.rows for part in parts),
        {name: np.concatenate(found) for name, found in axis_parts.items()},
        {number: chunks.concat(found) for number, found in point_parts.items()},
        {number: histograms.concat(found) for number, found in histogram_parts.items()},
    )


def _of(table: sa.Table, ids: list[int]) -> sa.Select[Any]:
    joined = table.join(segments, segments.c.id == table.c.segment_id)
    query = sa.select(segments.c.first_row, table).select_from(joined).where(table.c.segment_id.in_(ids))
    return query.order_by(segments.c.first_row)


def delete(conn: sa.Connection, ids: list[int]) -> None:
    """Remove segments and what they hold."""
    for table in (axes, columns, histogram_table):
        conn.execute(table.delete().where(table.c.segment_id.in_(ids)))
    conn.execute(segments.delete().where(segments.c.id.in_(ids)))
