"""JSON: the run's record, its events, every series row by row, and the result of every episode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import numpy as np

from backend.api.wire import encode
from backend.export.source import Source
from backend.export.tables import AXES
from backend.storage.chunks import Points
from backend.storage.tracks import ROWS

PART = 10_000
"""Numbers written at once: longer pieces would keep the server's other work waiting."""


async def write(source: Source) -> AsyncIterator[bytes]:
    """Yield the file piece by piece, one column in memory at a time."""
    yield b'{"run": ' + encode({**source.record.to_json(), "config": source.record.config}) + b',\n"events": ['
    comma = b"\n"
    async for event in source.events():
        yield comma + encode(event)
        comma = b",\n"
    yield b'],\n"rows": {'
    for i, name in enumerate(AXES):
        yield key(i, name)
        async for part in column(await source.store.axis(source.extent, ROWS, name)):
            yield part
    yield b'},\n"series": {'
    for i, name in enumerate(source.extent.names):
        yield key(i, name)
        async for part in series(source, name):
            yield part
    yield b'},\n"episodes": {'
    for i, (name, values) in enumerate((await source.episodes()).items()):
        yield key(i, name)
        async for part in column(values):
            yield part
    yield b"}}\n"


def key(i: int, name: str) -> bytes:
    """Write a name in an object, after a comma if it is not the first."""
    return (b",\n" if i else b"\n") + encode(name) + b": "


async def series(source: Source, name: str) -> AsyncIterator[bytes]:
    """Yield one metric: its unit, and its values at every row, null where it was not measured."""
    points = await source.store.column(source.extent, ROWS, name)
    parts = {"last": points.last, "min": points.low, "max": points.high}
    yield b'{"unit": ' + encode(source.unit(name))
    for part, values in parts.items():
        if values is not None:
            yield b', "' + part.encode() + b'": '
            async for piece in column(placed(source.extent.rows, points, values)):
                yield piece
    yield b"}"


def placed(rows: int, points: Points, values: Any) -> Sequence[Any]:
    """Return values at the rows where they were measured, None at the others."""
    full = np.full(rows, None, object)
    full[points.rows] = values
    return full  # type: ignore[return-value]


async def column(values: Any) -> AsyncIterator[bytes]:
    """Yield a list of numbers."""
    for start in range(0, max(1, len(values)), PART):
        part = await asyncio.to_thread(encode, np.asarray(values[start : start + PART]).tolist())
        yield (b"," if start else b"[") + part[1:-1]
    yield b"]"
