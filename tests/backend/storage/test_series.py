"""Series at any zoom against numpy on the points themselves."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.storage import Store, UnknownRun
from tests.backend.storage.telemetry import Payload, batches, frame, history, new_record, nothing, same, values

pytestmark = pytest.mark.usefixtures("small_segments")
AXES = ("update", "env_steps", "episodes", "wall")
NAMES = ["dense", "sparse", "spread", "rare", "episode/return", "episode/length"]


@dataclass
class Points:
    """The measurements of a series by the definition of the API, as columns."""

    x: dict[str, Any]
    last: Any
    low: Any
    high: Any

    def part(self, which: Any) -> Points:
        """Some of them."""
        return Points(
            {axis: x[which] for axis, x in self.x.items()}, self.last[which], self.low[which], self.high[which]
        )


def points_of(payloads: list[Payload], name: str) -> Points:
    """Every point of a series, taken from the payloads one by one."""
    frames = [payload for payload in payloads if payload["type"] == "frame"]
    if name.startswith("episode/"):
        episodes = [e for f in frames for e in f["ended"]]
        value = [float(e[name.removeprefix("episode/")]) for e in episodes]
        x = {axis: [e["episode" if axis == "episodes" else axis] for e in episodes] for axis in AXES}
        rows = list(zip(value, value, value, *x.values(), strict=True))
    else:
        rows = []
        for payload in frames:
            scalar = payload["scalars"].get(name, {"last": []})
            parts = [scalar["last"], scalar.get("min", scalar["last"]), scalar.get("max", scalar["last"])]
            rows += zip(*parts, *(payload["rows"][axis] for axis in AXES), strict=False)
    measured = np.array([row for row in rows if row[0] is not None], float).reshape(-1, 7).T
    return Points(dict(zip(AXES, measured[3:], strict=True)), *measured[:3])


def check(answer: dict[str, Any], points: Points, x: str, from_: float | None, to: float | None, most: int) -> None:
    """The buckets are the points of the range, cut into at most `most` pieces, each described truly."""
    place = points.x[x]
    wanted = points.part(np.flatnonzero((place >= (from_ or -9)) & (place < (math.inf if to is None else to))))
    ends = np.cumsum(answer["n"], dtype=int)
    assert answer["total"] == len(points.last)
    assert sum(answer["n"]) == len(wanted.last)
    assert len(answer["n"]) <= most
    assert answer["raw"] == all(n == 1 for n in answer["n"])
    assert answer["raw"] or len(wanted.last) > most, "points that fit are shown one by one"
    for i, (n, end) in enumerate(zip(answer["n"], ends.tolist(), strict=True)):
        bucket = {name: column[i] for name, column in answer.items() if isinstance(column, list)}
        check_bucket(bucket, wanted.part(slice(end - n, end)), x)


def check_bucket(bucket: dict[str, float], points: Points, x: str) -> None:
    """One bucket against its points."""
    finite, low, high = (values[np.isfinite(values)] for values in (points.last, points.low, points.high))
    assert (bucket["x0"], bucket["x1"]) == (points.x[x][0], points.x[x][-1])
    assert bucket["nonfinite"] == len(points.last) - len(finite)
    assert same(bucket["last"], float(points.last[-1]))
    assert same_number(bucket["min"], min(low, default=math.nan))
    assert same_number(bucket["max"], max(high, default=math.nan))
    if len(finite):
        mean = math.fsum(finite / len(finite))
        assert abs(bucket["mean"] - mean) <= 1e-9 * max(abs(finite)) + 1e-300
    else:
        assert math.isnan(bucket["mean"])


def same_number(a: float, b: float) -> bool:
    """Equality in which NaN equals NaN."""
    return a == b or (math.isnan(a) and math.isnan(b))


async def filled(store: Store, payloads: list[Payload], rng: np.random.Generator) -> str:
    """A run that received the payloads in random batches, some twice."""
    run, _ = await store.create_run(new_record())
    for batch in batches(rng, payloads):
        await store.ingest(run.id, 1, batch, nothing)
    return run.id


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32), size=st.integers(0, 300), data=st.data())
def test_any_zoom_equals_numpy_on_the_points(shared: Store, seed: int, size: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    payloads = history(rng, size)
    run = asyncio.run(filled(shared, payloads, rng))
    end = max([p["rows"]["update"][-1] for p in payloads if p["type"] == "frame"], default=1)
    scale = {"update": 1.0, "env_steps": 1000.0, "episodes": 1 / 3, "wall": 0.1}
    for _ in range(6):
        x = data.draw(st.sampled_from(AXES))
        from_, to = (data.draw(st.none() | st.floats(-5, scale[x] * end * 1.1)) for _ in range(2))
        most = data.draw(st.sampled_from([1, 2, 7, 40, 10_000]))
        answer = asyncio.run(shared.series(run, NAMES, x, from_, to, most))
        assert answer["head"] == (payloads[-1]["seq"] if payloads else 0)
        for name in NAMES:
            check(answer["series"][name], points_of(payloads, name), x, from_, to, most)


def test_a_long_series_is_read_from_its_levels(shared: Store) -> None:
    rng = np.random.default_rng(3)
    rows, batch = 150_000, 7_500
    dense, sparse = values(rng, rows, odd=0.01), values(rng, rows, odd=0.01, missing=0.99)
    payloads = [
        frame(i + 1, {"dense": {"last": dense[i : i + batch]}, "sparse": {"last": sparse[i : i + batch]}})
        for i in range(0, rows, batch)
    ]
    run = asyncio.run(filled(shared, payloads, rng))
    truth = {name: points_of(payloads, name) for name in ("dense", "sparse")}
    for from_, to, most in [(None, None, 10), (None, None, 500), (777, 149_001, 30), (60_000, 60_900, 1000), (1, 2, 5)]:
        answer = asyncio.run(shared.series(run, list(truth), "update", from_, to, most))
        for name, points in truth.items():
            check(answer["series"][name], points, "update", from_, to, most)


def test_buckets_hold_nearly_equal_numbers_of_points(shared: Store) -> None:
    payloads = [frame(i, {"a": {"last": [float(i + j) for j in range(5_000)]}}) for i in range(1, 100_001, 5_000)]
    run = asyncio.run(filled(shared, payloads, np.random.default_rng(0)))
    answer = asyncio.run(shared.series(run, ["a"], points=100))["series"]["a"]
    assert len(answer["n"]) == 100
    assert max(answer["n"]) <= 2 * min(answer["n"])


def test_not_measured_is_no_point_and_nan_is_one(shared: Store) -> None:
    payloads = [frame(1, {"a": {"last": [1.0, None, math.nan, None]}, "never": {"last": [None] * 4}})]
    run = asyncio.run(filled(shared, payloads, np.random.default_rng(0)))
    answer = asyncio.run(shared.series(run, ["a", "never", "unknown"]))["series"]
    assert answer["a"]["x0"] == [1, 3]
    assert answer["a"]["nonfinite"] == [0, 1]
    assert answer["never"] == answer["unknown"]
    assert answer["unknown"]["total"] == 0
    assert list(answer) == ["a", "never", "unknown"]


def test_means_of_the_largest_numbers_do_not_overflow(shared: Store) -> None:
    largest = 1.7976931348623157e308
    run = asyncio.run(filled(shared, [frame(1, {"a": {"last": [largest] * 500}})], np.random.default_rng(0)))
    answer = asyncio.run(shared.series(run, ["a"], points=3))["series"]["a"]
    assert answer["mean"] == pytest.approx([largest] * 3)


def test_an_unknown_run_is_refused(shared: Store) -> None:
    with pytest.raises(UnknownRun, match="nobody"):
        asyncio.run(shared.series("nobody", ["a"]))
