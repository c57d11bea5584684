"""From readings to frames: rows, scalars and distributions, at most 50 frames and 10 histograms a second."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import rl_core.telemetry.metrics
from rl_core.registry import discover
from rl_core.telemetry.metric import Scalar, distributions, episode_series, scalars
from rl_core.telemetry.reading import Readings
from rl_core.types import Episode

discover(rl_core.telemetry.metrics)

FRAME_INTERVAL = 0.02  # s
DISTRIBUTION_INTERVAL = 0.1  # s
ROW_INTERVAL = 0.001  # s; faster updates share a row
ROW_AXES = ("update", "n", "grad_steps", "env_steps", "episodes", "wall")

KIND = {"kind": "train"}

Row = dict[str, float]
Reads = dict[type, list[tuple[str, Callable[[Any], Any]]]]  # by the reading that is needed: name, function


@dataclass(slots=True)
class _Bucket:
    """Rows of one or more updates: per scalar the last value, and min and max once there are several."""

    axes: Row
    last: dict[str, float | None]
    low: dict[str, float]
    high: dict[str, float]


@dataclass(slots=True)
class Frames:
    """Turns readings into frame payloads and hands them to `send`; it never touches what it reads.

    `clock` is only used to space frames out.
    """

    send: Callable[[dict[str, Any]], None]
    clock: Callable[[], float] = time.perf_counter
    _rows: list[_Bucket] = field(default_factory=list)
    _scalars: Reads = field(default_factory=lambda: _by_reading(scalars))
    _histograms: Reads = field(default_factory=lambda: _by_reading(distributions))
    _ended: list[dict[str, Any]] = field(default_factory=list)
    _distributions: dict[str, Any] = field(default_factory=dict)
    _last_frame: float = float("-inf")
    _last_row: float = float("-inf")
    _last_distribution: float = float("-inf")

    def add(self, axes: Row, readings: Readings, ended: tuple[Episode, ...]) -> None:
        """Take one update; a frame goes out when the last one is old enough."""
        now = self.clock()
        self._add_row(now, axes, _measure(readings, self._scalars))
        self._ended += [_ended(episode, int(axes["update"])) for episode in ended]
        if now - self._last_distribution >= DISTRIBUTION_INTERVAL:
            self._last_distribution = now
            self._distributions = _histograms(readings, self._histograms, int(axes["update"]))
        if now - self._last_frame >= FRAME_INTERVAL:
            self.flush()

    def flush(self) -> None:
        """Send what has been gathered."""
        if not self._rows:
            return
        self._last_frame = self.clock()
        rows = {name: [bucket.axes[name] for bucket in self._rows] for name in ROW_AXES}
        payload = {"type": "frame", "rows": rows, "scalars": self._columns(), "ended": self._ended}
        payload["distributions"] = self._distributions
        self._rows, self._ended, self._distributions = [], [], {}
        self.send(payload)

    def _add_row(self, now: float, axes: Row, values: dict[str, float | None]) -> None:
        if self._rows and now - self._last_row < ROW_INTERVAL:
            _merge(self._rows[-1], axes, values)
            return
        self._last_row = now
        self._rows.append(_Bucket(axes | {"n": 1}, values, {}, {}))

    def _columns(self) -> dict[str, dict[str, list[float | None]]]:
        names = dict.fromkeys(name for bucket in self._rows for name in bucket.last)
        merged = any(bucket.axes["n"] > 1 for bucket in self._rows)
        columns: dict[str, dict[str, list[float | None]]] = {}
        for name in names:
            columns[name] = {"last": [bucket.last.get(name) for bucket in self._rows]}
            if merged:
                columns[name]["min"] = [bucket.low.get(name, bucket.last.get(name)) for bucket in self._rows]
                columns[name]["max"] = [bucket.high.get(name, bucket.last.get(name)) for bucket in self._rows]
        return columns


def _by_reading(metrics: Mapping[str, Any]) -> Reads:
    """The functions of metrics by the reading that they need, so that an update asks only for what was left."""
    found: Reads = {}
    for name, metric in metrics.items():
        found.setdefault(metric.needs, []).append((name, metric.read if isinstance(metric, Scalar) else metric.measure))
    return found


def _measure(readings: Readings, reads: Reads) -> dict[str, float | None]:
    values: dict[str, float | None] = {}
    for kind, reading in readings.items():
        for name, read in reads.get(kind, ()):
            value = read(reading)
            if value is not None:
                values[name] = value
        values |= reading.numbers()
    return values


def _histograms(readings: Readings, reads: Reads, update: int) -> dict[str, Any]:
    measured = {name: read(readings[kind]) for kind, metrics in reads.items() if kind in readings
                for name, read in metrics}  # fmt: skip
    return {name: {"update": update} | row for name, row in measured.items() if row is not None}


def _ended(e: Episode, update: int) -> dict[str, Any]:
    row = {"episode": e.number, "update": update, "env_steps": e.env_steps, "wall": e.wall}
    return row | {name.removeprefix("episode/"): series.read(e) for name, series in episode_series.items()} | KIND


def _merge(bucket: _Bucket, axes: Row, values: dict[str, float | None]) -> None:
    for name, value in values.items():
        so_far = (bucket.low.get(name), bucket.high.get(name), bucket.last.get(name), value)
        seen = [x for x in so_far if x is not None and math.isfinite(x)]
        if seen:
            bucket.low[name], bucket.high[name] = min(seen), max(seen)
    bucket.axes = axes | {"n": bucket.axes["n"] + 1}
    bucket.last |= values
