"""CSV: one line per row of the run, one column per axis and metric; empty is not measured."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import WriteOptions, write_csv

from backend.export.source import Source
from backend.export.tables import schema, table
from backend.storage.rows import Extent
from backend.storage.tracks import Batch


async def write(source: Source) -> AsyncIterator[bytes]:
    """Yield the file piece by piece, so that a long run needs no more memory than a short one."""
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(schema(source.extent).names)
    yield header.getvalue().encode()
    async for block in source.blocks():
        yield await asyncio.to_thread(lines, source.extent, block)


def lines(extent: Extent, block: Batch) -> bytes:
    """Write a block of rows."""
    out = io.BytesIO()
    spelled = table(extent, block)
    for i, column in enumerate(spelled.columns):
        if pa.types.is_floating(column.type) and not np.isfinite(column.fill_null(0.0).to_numpy()).all():
            spelled = spelled.set_column(i, spelled.field(i).name, spell(column))
    write_csv(spelled, out, WriteOptions(include_header=False, quoting_style="none"))
    return out.getvalue()


def spell(column: Any) -> Any:
    """Write numbers as text, those that are not finite by the names that the API gives them."""
    text = pc.cast(column, pa.string())
    for number, name in (("nan", "NaN"), ("inf", "Infinity"), ("-inf", "-Infinity")):
        text = pc.if_else(pc.equal(text, number), name, text)
    return text
