"""The store: how fast it takes telemetry in, and how fast it answers any zoom of a long run."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from backend.storage import RunRecord, Store, new_id
from bench.report import console, machine, print_table, spread

METRICS = 40
SHORT, LONG = 1_000_000, 10_000_000
POINTS = 1000
Frame = dict[str, Any]


def main() -> None:
    """Fill a store in a temporary folder and measure it."""
    console.print(machine("sqlalchemy", "numpy"))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))


async def measure(folder: Path) -> None:
    """Every table, on one store."""
    store = Store.open(folder / "bench.db")
    ingested = [await ingest_rate(store, folder, rows, batches) for rows, batches in ((1, 2000), (20, 500), (500, 40))]
    header = ["rows in a batch", "points/s", "ms a batch, median (range)", "p99 ms", "bytes/point"]
    print_table(f"Ingest, {METRICS} metrics, synced to disk", header, ingested)
    runs = {rows: await filled(store, rows) for rows in (SHORT, LONG)}
    print_table(f"Read one series, {POINTS} buckets", ["what", "ms, median (range)"], await read_times(store, runs))
    await store.close()


def frame(first: int, rows: int, metrics: int, rng: np.random.Generator) -> Frame:
    """A frame of `rows` updates."""
    update = list(range(first, first + rows))
    values = rng.normal(size=(metrics, rows)).tolist()
    return {
        "type": "frame",
        "first_seq": first,
        "seq": first + rows - 1,
        "rows": {
            "update": update,
            "n": [1] * rows,
            "grad_steps": [16 * u for u in update],
            "env_steps": [1024 * u for u in update],
            "episodes": [5 * u for u in update],
            "wall": [0.01 * u for u in update],
        },
        "scalars": {f"group/metric_{i}": {"last": last} for i, last in enumerate(values)},
        "ended": [],
        "distributions": {},
    }


def nothing(_record: RunRecord, _payload: Frame) -> dict[str, Any]:
    """A state machine that never moves."""
    return {}


async def new_run(store: Store) -> str:
    """An empty run."""
    created = "2026-01-01T00:00:00.000000Z"
    record = RunRecord(id=new_id(), name="bench", algorithm="ppo", environment={"id": "CartPole-v1"}, created=created)
    return (await store.create_run(record))[0].id


async def ingest_rate(store: Store, folder: Path, rows: int, batches: int) -> list[str]:
    """Batches of one frame, each waited for until it is on disk."""
    run, rng = await new_run(store), np.random.default_rng(0)
    frames = [frame(1 + rows * i, rows, METRICS, rng) for i in range(batches)]
    before, times = size(folder), []
    for payload in frames:
        start = time.perf_counter()
        await store.ingest(run, 1, [payload], nothing)
        times.append(1000 * (time.perf_counter() - start))
    points = rows * METRICS * batches
    p99 = statistics.quantiles(times, n=100)[98]
    grown = (size(folder) - before) / points
    return [str(rows), f"{1000 * points / sum(times):,.0f}", spread(times, 1), f"{p99:.1f}", f"{grown:.0f}"]


def size(folder: Path) -> int:
    """Bytes of the database and its log."""
    return sum(os.path.getsize(path) for path in folder.iterdir())


async def filled(store: Store, rows: int) -> str:
    """A run of `rows` updates with one metric."""
    run, rng, batch = await new_run(store), np.random.default_rng(1), 20_000
    start = time.perf_counter()
    for first in range(1, rows + 1, batch):
        await store.ingest(run, 1, [frame(first, batch, 1, rng)], nothing)
    console.print(f"{rows:,} rows of one metric taken in within {time.perf_counter() - start:.1f} s")
    return run


async def read_times(store: Store, runs: dict[int, str]) -> list[list[str]]:
    """The whole series, and windows of every width at random places."""
    rng = np.random.default_rng(2)
    table = []
    for rows, run in runs.items():
        table.append([f"all of {rows:,}", spread(await timed(partial(series, store, run, None, None)), 1)])
        for share in (0.5, 0.1, 0.01, 0.001):
            width = int(rows * share)
            window = partial(anywhere, store, run, rng, rows - width, width)
            table.append([f"{share:.1%} of {rows:,}, anywhere", spread(await timed(window), 1)])
    return table


async def series(store: Store, run: str, from_: int | None, to: int | None) -> None:
    """One request of a chart."""
    await store.series(run, ["group/metric_0"], "update", from_, to, POINTS)


async def anywhere(store: Store, run: str, rng: np.random.Generator, room: int, width: int) -> None:
    """A zoom of a given width."""
    first = int(rng.integers(1, room))
    await series(store, run, first, first + width)


async def timed(request: Callable[[], Awaitable[None]], rounds: int = 20) -> list[float]:
    """Milliseconds of each round."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        await request()
        times.append(1000 * (time.perf_counter() - start))
    return times


if __name__ == "__main__":
    main()
