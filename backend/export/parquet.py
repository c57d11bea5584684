"""Parquet: typed columns, one row per row of the run, with the episodes that ended in it; the run in the metadata."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from backend.api.wire import encode
from backend.export.source import Source
from backend.export.tables import schema, table
from backend.storage.tracks import Batch

RUN = b"policyscope.run"
"""Key of the run's record, as JSON, in the schema's metadata."""
EPISODE = pa.struct(
    {
        "episode": pa.int64(),
        "update": pa.int64(),
        "env_steps": pa.int64(),
        "wall": pa.float64(),
        "return": pa.float64(),
        "length": pa.int64(),
    }
)
ENDED = pa.field("ended", pa.list_(EPISODE))


class Sink:
    """A file that is given away as it is written."""

    closed = False

    def __init__(self) -> None:
        self.written = 0
        self.parts: list[bytes] = []

    def write(self, data: Any) -> int:
        """Keep what is written until it is taken."""
        part = bytes(data)
        self.parts.append(part)
        self.written += len(part)
        return len(part)

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self.written

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Take no more."""
        self.closed = True

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        parts, self.parts = self.parts, []
        return b"".join(parts)


async def write(source: Source) -> AsyncIterator[bytes]:
    """Yield the file piece by piece."""
    sink = Sink()
    episodes = await source.episodes()
    metadata = {RUN: encode(source.record.to_json())}
    writer = pq.ParquetWriter(
        pa.PythonFile(sink, mode="w"), schema(source.extent).append(ENDED).with_metadata(metadata)
    )
    before = -1
    async for block in source.blocks():
        last = int(block.axes["update"][-1])
        ended = await asyncio.to_thread(ended_in, block, episodes, before)
        rows = table(source.extent, block).append_column(ENDED, ended).replace_schema_metadata(metadata)
        await asyncio.to_thread(writer.write_table, rows)
        before = last
        yield sink.taken()
    await asyncio.to_thread(writer.close)
    yield sink.taken()


def ended_in(block: Batch, episodes: dict[str, Any], before: int) -> Any:
    """Return for each row the episodes that ended after the row before it, up to its own update."""
    bounds = np.searchsorted(episodes["update"], np.append(before, block.axes["update"]), "right")
    part = slice(bounds[0], bounds[-1])
    columns = [pa.array(episodes[field.name][part]).cast(field.type) for field in EPISODE]
    found = pa.StructArray.from_arrays(columns, fields=list(EPISODE))
    return pa.ListArray.from_arrays(pa.array(bounds - bounds[0], pa.int32()), found)
