"""One axis of one track: from an x to a row and from rows to their x, reading as little as possible."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from . import chunks
from .chunks import Axis as Values
from .levels import FINE
from .tables import axes, segments

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layout:
    """The segments of a track in order, and where the unpacked tail begins."""

    ids: list[int]
    firsts: Rows
    sealed: int

    @classmethod
    def of(cls, conn: sa.Connection, stream_id: int, track: int, sealed: int) -> "Layout":
        """Read the layout of a track."""
        query = sa.select(segments.c.id, segments.c.first_row).where(
            segments.c.stream_id == stream_id, segments.c.track == track
        )
        found = conn.execute(query.order_by(segments.c.first_row)).all()
        return cls([row.id for row in found], np.array([row.first_row for row in found], np.int64), sealed)

    def floor(self, row: int, size: int) -> int:
        """The last start of a block of `size` rows that is not after `row`; blocks count from their segment."""
        if row >= self.sealed:
            return self.sealed
        first = int(self.firsts[np.searchsorted(self.firsts, row, "right") - 1])
        return first + (row - first) // size * size

    def ceil(self, row: int, size: int) -> int:
        """The first start of a block that is not before `row`."""
        down = self.floor(row, size)
        if down >= row:
            return down
        following = np.searchsorted(self.firsts, row, "right")
        end = int(self.firsts[following]) if following < len(self.firsts) else self.sealed
        return min(down + size, end)


class Axis:
    """x of every row of a track; the packed part is read by its block ends, and in full only where needed."""

    def __init__(self, conn: sa.Connection, layout: Layout, name: str, tail: Values) -> None:
        self._conn, self._layout, self._name = conn, layout, name
        self._values: dict[int, Values] = {len(layout.ids): tail}
        blobs = dict(self._read(axes.c.ends, layout.ids))
        ends = [np.frombuffer(blobs[i], chunks.axis_type(name)).reshape(2, -1) for i in layout.ids]
        ends.append(chunks.axis_ends(tail, FINE) if len(tail) else np.empty((2, 0), chunks.axis_type(name)))
        self._ends: Values = np.concatenate(ends, axis=1)
        self._starts = np.append(layout.firsts, layout.sealed)
        self._first_block = np.cumsum([0] + [part.shape[1] for part in ends])
        self._rows_end = np.append(self._starts[1:], layout.sealed + len(tail))

    def _read(self, column: Any, ids: list[int]) -> list[tuple[int, bytes]]:
        query = sa.select(axes.c.segment_id, column).where(axes.c.segment_id.in_(ids), axes.c.name == self._name)
        return [(row[0], row[1]) for row in self._conn.execute(query)]

    def row_at(self, x: float) -> int:
        """The first row whose x is not below `x`; the number of rows if there is none."""
        block = int(np.searchsorted(self._ends[1], x))
        if block == self._ends.shape[1]:
            return int(self._rows_end[-1])
        part = int(np.searchsorted(self._first_block, block, "right")) - 1
        start = (block - int(self._first_block[part])) * FINE
        values = self._segment(part)[start : start + FINE]
        return int(self._starts[part]) + start + int(np.searchsorted(values, x))

    def at(self, rows: Rows) -> Values:
        """x of these rows: from the block ends where a row is one, else from the segment itself."""
        part = np.searchsorted(self._starts, rows, "right") - 1
        offset = rows - self._starts[part]
        block = self._first_block[part] + offset // FINE
        opens = offset % FINE == 0
        closes = (offset % FINE == FINE - 1) | (rows == self._rows_end[part] - 1)
        x: Values = np.where(opens, self._ends[0][block], self._ends[1][block])
        inside = np.flatnonzero(~(opens | closes))
        for i in np.unique(part[inside]):
            here = inside[part[inside] == i]
            x[here] = self._segment(int(i))[offset[here]]
        return x

    def _segment(self, part: int) -> Values:
        if part not in self._values:
            ((_, blob),) = self._read(axes.c["values"], [self._layout.ids[part]])
            self._values[part] = np.frombuffer(blob, chunks.axis_type(self._name))
        return self._values[part]
