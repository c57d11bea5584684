"""From readings to frames: rows, scalars and distributions, at most 50 frames and 10 histograms a second."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import rl_core.telemetry.metrics
from rl_core.registry import discover
from rl_core.telemetry.metric import distributions, episode_series, scalars
from rl_core.telemetry.reading import Readings
from rl_core.types import Episode

discover(rl_core.telemetry.metrics)

FRAME_INTERVAL = 0.02  # s
DISTRIBUTION_INTERVAL = 0.1  # s
ROW_INTERVAL = 0.001  # s; faster updates share a row
ROW_AXES = ("update", "n", "grad_steps", "env_steps", "episodes", "wall")

KIND = {"kind": "train"}

Row = dict[str, float]


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
    _ended: list[dict[str, Any]] = field(default_factory=list)
    _distributions: dict[str, Any] = field(default_factory=dict)
    _last_frame: float = float("-inf")
    _last_row: float = float("-inf")
    _last_distribution: float = float("-inf")

    def add(self, axes: Row, readings: Readings, ended: tuple[Episode, ...]) -> None:
        """Take one update; a frame goes out when the last one is old enough."""
        now = self.clock()
        self._add_row(now, axes, _measure(readings))
        self._ended += [_ended(episode, int(axes["update"])) for episode in ended]
        if now - self._last_distribution >= DISTRIBUTION_INTERVAL:
            self._last_distribution = now
            self._distributions = _histograms(readings, int(axes["update"]))
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


def _measure(readings: Readings) -> dict[str, float | None]:
    values = {name: m.read(readings[m.needs]) for name, m in scalars.items() if m.needs in readings}
    for reading in readings.values():
        values |= reading.numbers()
    return {name: value for name, value in values.items() if value is not None}


def _histograms(readings: Readings, update: int) -> dict[str, Any]:
    measured = {name: d.measure(readings[d.needs]) for name, d in distributions.items() if d.needs in readings}
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
