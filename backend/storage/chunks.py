"""Packing: a metric's points and an axis' values as little-endian arrays, and back without loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Axis = npt.NDArray[Any]

INT_AXES = ("update", "env_steps", "episodes", "n", "grad_steps")
"""Axes of whole numbers; `wall` is the one of floats."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """One metric's points: the row of each, its last value and, where rows hold several updates, its extremes."""

    rows: Ints
    last: Floats
    low: Floats | None = None
    high: Floats | None = None

    def between(self, first_row: int, end_row: int) -> "Points":
        """The points of rows in [first_row, end_row)."""
        low, high = np.searchsorted(self.rows, (first_row, end_row))
        part = slice(low, high)
        return Points(self.rows[part], self.last[part], _part(self.low, part), _part(self.high, part))


NO_POINTS = Points(np.empty(0, np.int64), np.empty(0))


def _part(values: Floats | None, part: slice) -> Floats | None:
    return None if values is None else values[part]


def concat(pieces: Sequence[Points]) -> Points:
    """The pieces one after the other; a piece without extremes of its own lends its values."""
    if not pieces:
        return NO_POINTS
    spread = any(piece.low is not None for piece in pieces)
    return Points(
        np.concatenate([piece.rows for piece in pieces]),
        np.concatenate([piece.last for piece in pieces]),
        np.concatenate([piece.last if piece.low is None else piece.low for piece in pieces]) if spread else None,
        np.concatenate([piece.last if piece.high is None else piece.high for piece in pieces]) if spread else None,
    )


def pack(points: Points, first_row: int, rows: int) -> dict[str, bytes | int | None]:
    """The columns of a table row; positions are left out where every row has a point."""
    dense = len(points.rows) == rows
    return {
        "n": len(points.rows),
        "positions": None if dense else (points.rows - first_row).astype("<u4").tobytes(),
        "last": points.last.astype("<f8").tobytes(),
        "low": None if points.low is None else points.low.astype("<f8").tobytes(),
        "high": None if points.high is None else points.high.astype("<f8").tobytes(),
    }


def unpack(row: sa.Row[Any], first_row: int) -> Points:
    """The inverse of `pack`."""
    positions = np.arange(row.n) if row.positions is None else np.frombuffer(row.positions, "<u4")
    rows = positions.astype(np.int64) + first_row
    return Points(rows, _floats(row.last), _optional(row.low), _optional(row.high))


def _floats(blob: bytes) -> Floats:
    return np.frombuffer(blob, "<f8")


def _optional(blob: bytes | None) -> Floats | None:
    return None if blob is None else _floats(blob)


def axis_type(name: str) -> str:
    """The dtype in which an axis is stored."""
    return "<i8" if name in INT_AXES else "<f8"


def axis_ends(values: Axis, size: int) -> Axis:
    """Shape [2, blocks]: the first and the last value of each block of `size` rows."""
    firsts = np.arange(0, len(values), size)
    lasts = np.minimum(firsts + size, len(values)) - 1
    return np.stack([values[firsts], values[lasts]])
