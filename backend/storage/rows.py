"""Every row of a track, block after block or one column at a time: for taking a run along whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from . import chunks, log, runs, streams, tracks
from .axis import Layout
from .chunks import NO_POINTS, Axis, Points
from .streams import Stream
from .tables import axes, columns, segments, series
from .tracks import Batch


@dataclass(frozen=True, slots=True)
class Extent:
    """What a run holds at one moment: reading up to here gives the same whatever is stored meanwhile."""

    run: str
    epoch: int
    rows: int
    ended: int
    names: tuple[str, ...]
    """Metrics, sorted."""
    spread: tuple[str, ...]
    """Those with extremes of their own, because rows hold several updates."""

    def end(self, track: int) -> int:
        """The number of rows of a track."""
        return self.ended if track == tracks.EPISODES else self.rows


def extent(conn: sa.Connection, run_id: str) -> Extent:
    """How far the run reaches now; raises UnknownRun."""
    epoch = runs.fetch(conn, run_id).epoch
    stream = streams.fetch(conn, run_id, epoch)
    tail = tracks.of_track(tracks.ROWS, log.tail(conn, stream), stream.sealed_rows).points
    packed = _names(conn, stream)
    names = sorted(packed.keys() | tail.keys())
    spread = [name for name in names if packed.get(name) or (name in tail and tail[name].low is not None)]
    return Extent(run_id, epoch, stream.rows, stream.ended, tuple(names), tuple(spread))


def _names(conn: sa.Connection, stream: Stream) -> dict[str, bool]:
    """The packed metrics, and whether each has extremes of its own."""
    query = sa.select(series.c.name, sa.func.max(columns.c.low.is_not(None)).label("spread"))
    query = query.select_from(series.join(columns, columns.c.series_id == series.c.id))
    query = query.where(series.c.stream_id == stream.id, series.c.track == tracks.ROWS).group_by(series.c.name)
    return {row.name: bool(row.spread) for row in conn.execute(query)}


def block(conn: sa.Connection, extent: Extent, track: int, first: int) -> Batch:
    """The rows from `first` on to the end of their segment, or of the tail; none behind the extent."""
    stream = streams.fetch(conn, extent.run, extent.epoch)
    found = _segment(conn, stream, track, first) or _tail(conn, stream, track)
    return cut(found, first, extent.end(track))


def _tail(conn: sa.Connection, stream: Stream, track: int) -> Batch:
    sealed = stream.sealed_rows if track == tracks.ROWS else stream.sealed_ended
    return tracks.of_track(track, log.tail(conn, stream), sealed)


def _segment(conn: sa.Connection, stream: Stream, track: int, first: int) -> Batch | None:
    """The packed segment that holds a row."""
    here = (segments.c.stream_id == stream.id) & (segments.c.track == track) & (segments.c.first_row <= first)
    found = conn.execute(sa.select(segments).where(here).order_by(segments.c.first_row.desc()).limit(1)).one_or_none()
    if found is None or first >= found.first_row + found.rows:
        return None
    of_axes = sa.select(axes.c.name, axes.c["values"]).where(axes.c.segment_id == found.id)
    of_columns = sa.select(series.c.name, *(columns.c[name] for name in ("n", "positions", "last", "low", "high")))
    of_columns = of_columns.select_from(columns.join(series, series.c.id == columns.c.series_id))
    of_columns = of_columns.where(columns.c.segment_id == found.id)
    return Batch(
        found.first_row,
        found.rows,
        {row.name: np.frombuffer(row.values, chunks.axis_type(row.name)) for row in conn.execute(of_axes)},
        {row.name: chunks.unpack(row, found.first_row) for row in conn.execute(of_columns)},
    )


def cut(batch: Batch, first: int, end: int) -> Batch:
    """The rows of a batch in [first, end)."""
    low, high = max(first, batch.first_row), min(end, batch.first_row + batch.rows)
    rows = max(0, high - low)
    part = slice(low - batch.first_row, low - batch.first_row + rows)
    points = {name: points.between(low, low + rows) for name, points in batch.points.items()}
    return Batch(low, rows, {name: values[part] for name, values in batch.axes.items()}, points)


def axis(conn: sa.Connection, extent: Extent, track: int, name: str) -> Axis:
    """One axis at every row."""
    stream = streams.fetch(conn, extent.run, extent.epoch)
    layout = _layout(conn, stream, track)
    query = sa.select(axes.c["values"]).where(axes.c.segment_id == sa.bindparam("segment"), axes.c.name == name)
    packed = [conn.execute(query, {"segment": i}).scalar_one() for i in layout.ids]
    parts = [np.frombuffer(values, chunks.axis_type(name)) for values in packed]
    return np.concatenate([*parts, _tail(conn, stream, track).axes[name]])[: extent.end(track)]


def column(conn: sa.Connection, extent: Extent, track: int, name: str) -> Points:
    """Every point of one series."""
    stream = streams.fetch(conn, extent.run, extent.epoch)
    tail = _tail(conn, stream, track).points.get(name, NO_POINTS)
    return chunks.concat([*_packed(conn, stream, track, name), tail]).between(0, extent.end(track))


def _packed(conn: sa.Connection, stream: Stream, track: int, name: str) -> Iterator[Points]:
    wanted: Sequence[Any] = [columns.c[part] for part in ("n", "positions", "last", "low", "high")]
    joined = columns.join(segments, segments.c.id == columns.c.segment_id)
    joined = joined.join(series, series.c.id == columns.c.series_id)
    query = sa.select(segments.c.first_row, *wanted).select_from(joined)
    query = query.where(series.c.stream_id == stream.id, series.c.track == track, series.c.name == name)
    for row in conn.execute(query.order_by(segments.c.first_row)):
        yield chunks.unpack(row, row.first_row)


def _layout(conn: sa.Connection, stream: Stream, track: int) -> Layout:
    return Layout.of(conn, stream.id, track, stream.sealed_rows if track == tracks.ROWS else stream.sealed_ended)
