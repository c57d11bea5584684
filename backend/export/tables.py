"""Rows of a run as Arrow tables: one column per axis and metric; not measured is null, NaN stays NaN."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from backend.storage.chunks import Points, axis_type
from backend.storage.rows import Extent
from backend.storage.tracks import Batch

AXES = ("update", "n", "grad_steps", "env_steps", "episodes", "wall")


def schema(extent: Extent) -> pa.Schema:
    """Return the columns of a run: the axes, then each metric, with its extremes where rows hold several updates."""
    fields = [(name, pa.int64() if axis_type(name) == "<i8" else pa.float64()) for name in AXES]
    for name in extent.names:
        fields += [(column, pa.float64()) for column in columns_of(extent, name)]
    return pa.schema(fields)


def columns_of(extent: Extent, name: str) -> tuple[str, ...]:
    """Return the names of a metric's columns."""
    return (name, f"{name}.min", f"{name}.max") if name in extent.spread else (name,)


def table(extent: Extent, block: Batch) -> pa.Table:
    """Return a block of rows as a table of the run's schema."""
    arrays: list[Any] = [pa.array(block.axes[name]) for name in AXES]
    for name in extent.names:
        arrays += scalars(block, block.points.get(name), len(columns_of(extent, name)))
    return pa.Table.from_arrays(arrays, schema=schema(extent))


def scalars(block: Batch, points: Points | None, width: int) -> list[Any]:
    """Return a metric's columns in a block, null where it was not measured."""
    if points is None:
        return [pa.nulls(block.rows, pa.float64())] * width
    parts = (points.last, points.low, points.high)[:width]
    return [placed(block, points, points.last if part is None else part) for part in parts]


def placed(block: Batch, points: Points, values: Any) -> Any:
    """Return values at the rows where they were measured."""
    full, missing = np.zeros(block.rows), np.ones(block.rows, bool)
    at = points.rows - block.first_row
    full[at], missing[at] = values, False
    return pa.array(full, mask=missing, from_pandas=False)
