"""Merged histograms against sums over the recorded ones."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.storage import Store
from tests.backend.storage.telemetry import Payload, batches, distribution, frame, new_record, nothing

pytestmark = pytest.mark.usefixtures("small_segments")
BINS = 40


async def recorded(store: Store, rng: np.random.Generator, updates: int) -> tuple[str, list[Payload]]:
    """A run with a histogram at most of its updates, received in random batches."""
    payloads, found = [], []
    for update in range(1, updates + 1):
        given_ = [distribution(rng, update)] if rng.random() < 0.8 else []
        found += given_
        distributions = {"advantage": given_[0]} if given_ else {}
        payloads.append(frame(update, {"a": {"last": [0.0]}}, distributions=distributions))
    run, _ = await store.create_run(new_record())
    for batch in batches(rng, payloads, 60):
        await store.ingest(run.id, 1, batch, nothing)
    return run.id, found


def check(rows: list[dict[str, Any]], wanted: list[Payload]) -> None:
    """The rows are the wanted histograms, cut into pieces and summed."""
    start = 0
    for row in rows:
        assert row["first_update"] == wanted[start]["update"]
        end = next(i for i, d in enumerate(wanted) if d["update"] == row["update"]) + 1
        check_row(row, wanted[start:end])
        start = end
    assert start == len(wanted)


def check_row(row: dict[str, Any], part: list[Payload]) -> None:
    """One row against the histograms that it merges."""
    counts = [0] * BINS
    for d in part:
        for b, count in d["counts"]:
            counts[b] += count
    assert row["counts"] == counts
    assert row["n"] == sum(d["n"] for d in part)
    assert row["nonfinite"] == sum(d["nonfinite"] for d in part)
    assert sum(row["counts"]) + row["nonfinite"] == row["n"]
    lows, highs = ([d[end] for d in part if d[end] is not None] for end in ("min", "max"))
    assert row["min"] == min(lows) if lows else math.isnan(row["min"])
    assert row["max"] == max(highs) if highs else math.isnan(row["max"])


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32), updates=st.integers(0, 900), data=st.data())
def test_any_range_equals_a_sum_over_the_histograms(
    shared: Store, seed: int, updates: int, data: st.DataObject
) -> None:
    run, found = asyncio.run(recorded(shared, np.random.default_rng(seed), updates))
    for _ in range(6):
        from_, to = (data.draw(st.none() | st.integers(0, updates + 5)) for _ in range(2))
        points = data.draw(st.sampled_from([1, 2, 9, 200]))
        rows = asyncio.run(shared.distributions(run, "advantage", from_, to, points, BINS))
        wanted = [d for d in found if (from_ or 0) <= d["update"] < (math.inf if to is None else to)]
        assert len(rows) == len(wanted) if len(wanted) <= points else len(rows) <= points
        check(rows, wanted)


async def test_counts_are_as_wide_as_the_grid(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    narrow = {"update": 1, "grid": "g", "n": 3, "min": 0.0, "max": 1.0, "nonfinite": 0, "counts": [[2, 3]]}
    await store.ingest(run.id, 1, [frame(1, {"a": {"last": [0.0]}}, distributions={"d": narrow})], nothing)
    assert (await store.distributions(run.id, "d"))[0]["counts"] == [0, 0, 3]
    assert (await store.distributions(run.id, "d", bins=6))[0]["counts"] == [0, 0, 3, 0, 0, 0]
    assert await store.distributions(run.id, "never") == []
