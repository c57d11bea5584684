"""Reads series at any zoom: exact points where they fit, else buckets from the coarsest level that is fine enough."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from . import chunks, levels, log, names, runs, streams, tracks
from .axis import Axis, Layout
from .chunks import Points
from .levels import COARSE, FINE, Summaries
from .payloads import Payload
from .streams import Stream
from .tables import columns, segments

X = ("update", "env_steps", "episodes", "wall")
OVERSAMPLING = 2
"""Summaries read per bucket at least, so that buckets hold nearly equal numbers of points."""

LEVELS = ((COARSE, columns.c.coarse), (FINE, columns.c.fine))


def read(
    conn: sa.Connection,
    run_id: str,
    series: Sequence[str],
    x: str = "update",
    from_: float | None = None,
    to: float | None = None,
    points: int = 1000,
) -> dict[str, Any]:
    """The API's series object without units, of the run's current epoch; non-finite numbers are floats.

    A name that was never measured gives an empty series. Raises UnknownRun.
    """
    record = runs.fetch(conn, run_id)
    stream = streams.fetch(conn, run_id, record.epoch)
    tail = log.tail(conn, stream)
    found: dict[str, dict[str, Any]] = {}
    for track in (tracks.ROWS, tracks.EPISODES):
        wanted = [name for name in series if tracks.track_of(name) == track]
        if wanted:
            zoomed = _Track(conn, stream, track, x, tail, wanted, from_, to)
            found |= {name: zoomed.series(name, points) for name in wanted}
    shown = {name: found[name] for name in series}
    return {"run": run_id, "epoch": record.epoch, "head": stream.head, "x": x, "series": shown}


class _Track:
    """One track, zoomed to a range of x."""

    def __init__(
        self,
        conn: sa.Connection,
        stream: Stream,
        track: int,
        x: str,
        tail: Sequence[Payload],
        wanted: Sequence[str],
        from_: float | None,
        to: float | None,
    ) -> None:
        self._conn = conn
        sealed = stream.sealed_rows if track == tracks.ROWS else stream.sealed_ended
        self._layout = Layout.of(conn, stream.id, track, sealed)
        self._tail = tracks.of_track(track, tail, sealed, frozenset(wanted))
        self._numbers = names.find(conn, stream, track, wanted)
        self._totals = _totals(conn, list(self._numbers.values()))
        self._axis = Axis(conn, self._layout, x, self._tail.axes[x])
        self._first = 0 if from_ is None else self._axis.row_at(from_)
        self._end = sealed + self._tail.rows if to is None else max(self._first, self._axis.row_at(to))

    def series(self, name: str, points: int) -> dict[str, Any]:
        """One series as the API's columns."""
        number, tail = self._numbers.get(name), self._tail.points.get(name, chunks.NO_POINTS)
        column = _Column(self._conn, self._layout, number, tail)
        summaries = levels.thin(column.zoom(self._first, self._end, points), points)
        return {
            "total": self._totals.get(number, 0) + len(tail.rows),
            "raw": bool((summaries["n"] == 1).all()),
            "x0": self._axis.at(summaries["first"]).tolist(),
            "x1": self._axis.at(summaries["last"]).tolist(),
            "n": summaries["n"].tolist(),
            "nonfinite": summaries["nonfinite"].tolist(),
            "min": summaries["low"].tolist(),
            "max": summaries["high"].tolist(),
            "mean": summaries["mean"].tolist(),
            "last": summaries["value"].tolist(),
        }


def _totals(conn: sa.Connection, numbers: list[int]) -> dict[int | None, int]:
    """Packed points of each series."""
    query = sa.select(columns.c.series_id, sa.func.sum(columns.c.n).label("total"))
    query = query.where(columns.c.series_id.in_(numbers)).group_by(columns.c.series_id)
    return {row.series_id: row.total for row in conn.execute(query)}


class _Column:
    """One series of a track: its packed segments and its tail."""

    def __init__(self, conn: sa.Connection, layout: Layout, number: int | None, tail: Points) -> None:
        self._conn, self._layout, self._number, self._tail = conn, layout, number, tail

    def zoom(self, first: int, end: int, points: int) -> Summaries:
        """Summaries of the rows in [first, end), fine enough for `points` buckets; every point once."""
        packed_rows = min(end, self._layout.sealed) - first
        for size, level in LEVELS:
            enough = OVERSAMPLING * size * points
            if packed_rows > enough:
                found = self._blocks(first, end, size, level)
                if found["n"].sum(dtype=np.int64) > enough:
                    return found
        return levels.of_points(self._points(first, end))

    def _blocks(self, first: int, end: int, size: int, level: Any) -> Summaries:
        """Whole blocks, and the single points of the blocks that the range cuts and of the tail."""
        low, high = self._layout.ceil(first, size), self._layout.floor(end, size)
        stored = [np.frombuffer(row.level, levels.SUMMARY) for row in self._stored(low, high, level.label("level"))]
        middle = np.concatenate([np.empty(0, levels.SUMMARY), *stored])
        inside = (middle["first"] >= low) & (middle["first"] < high)
        edges = [levels.of_points(self._points(a, b)) for a, b in ((first, low), (high, end))]
        return np.concatenate([edges[0], middle[inside], edges[1]])

    def _points(self, first: int, end: int) -> Points:
        wanted = (columns.c.n, columns.c.positions, columns.c.last, columns.c.low, columns.c.high)
        found = [chunks.unpack(row, row.first_row) for row in self._stored(first, end, *wanted)]
        return chunks.concat([*found, self._tail]).between(first, end)

    def _stored(self, first: int, end: int, *wanted: Any) -> list[sa.Row[Any]]:
        """The columns `wanted` of the segments that overlap [first, end), in order, after their first row."""
        firsts = self._layout.firsts
        start, stop = max(0, int(np.searchsorted(firsts, first, "right")) - 1), int(np.searchsorted(firsts, end))
        if first >= min(end, self._layout.sealed) or self._number is None:
            return []
        query = (
            sa.select(segments.c.first_row, *wanted)
            .select_from(columns.join(segments, segments.c.id == columns.c.segment_id))
            .where(columns.c.series_id == self._number, columns.c.segment_id.in_(self._layout.ids[start:stop]))
        )
        return list(self._conn.execute(query.order_by(segments.c.first_row)))
