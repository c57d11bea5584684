"""Turns frames into columns. A track is a sequence of rows with their own axes: telemetry rows, or ended episodes."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from .chunks import Axis, Points, axis_type
from .payloads import Ended, Event, Frame, Payload, Rows, Scalar

ROWS, EPISODES, DISTRIBUTIONS = 0, 1, 2
"""Tracks. Distributions have names in the same table but no rows: they lie in the segments of ROWS."""

EPISODE_SERIES = {"episode/return": "total", "episode/length": "length"}
EPISODE_AXES = {"update": "update", "env_steps": "env_steps", "episodes": "episode", "wall": "wall"}


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Consecutive rows of one track as columns."""

    first_row: int
    rows: int
    axes: dict[str, Axis]
    points: dict[str, Points]


def track_of(name: str) -> int:
    """The track that holds a series."""
    return EPISODES if name in EPISODE_SERIES else ROWS


def of_track(track: int, payloads: Iterable[Payload], first_row: int, wanted: Container[str] | None = None) -> Batch:
    """The rows of one track in these payloads, with all series or the wanted ones; the first row is `first_row`."""
    frames = [payload for payload in payloads if not isinstance(payload, Event)]
    return _episodes(frames, first_row) if track == EPISODES else _rows(frames, first_row, wanted)


def _rows(frames: list[Frame], first_row: int, wanted: Container[str] | None) -> Batch:
    axes = {
        name: np.array([x for frame in frames for x in getattr(frame.rows, name)], axis_type(name))
        for name in Rows.__struct_fields__
    }
    parts: dict[str, list[tuple[int, Scalar]]] = {}
    row = first_row
    for frame in frames:
        for name, scalar in frame.scalars.items():
            if wanted is None or name in wanted:
                parts.setdefault(name, []).append((row, scalar))
        row += len(frame.rows.update)
    return Batch(first_row, row - first_row, axes, {name: _points(found) for name, found in parts.items()})


def _points(parts: list[tuple[int, Scalar]]) -> Points:
    """The measured points of one metric; None is no point, so it must not reach numpy, which reads it as NaN."""
    rows = [row + i for row, scalar in parts for i in range(len(scalar.last))]
    last = [x for _, scalar in parts for x in scalar.last]
    spread = any(scalar.min is not None for _, scalar in parts)
    low = [x for _, scalar in parts for x in scalar.min or scalar.last] if spread else None
    high = [x for _, scalar in parts for x in scalar.max or scalar.last] if spread else None
    points = Points(
        np.array(rows, np.int64),
        np.array(last, np.float64),
        None if low is None else np.array(low, np.float64),
        None if high is None else np.array(high, np.float64),
    )
    return _measured(points, [x is not None for x in last]) if None in last else points


def _measured(points: Points, kept: list[bool]) -> Points:
    low, high = points.low, points.high
    return Points(
        points.rows[kept],
        points.last[kept],
        None if low is None else low[kept],
        None if high is None else high[kept],
    )


def _episodes(frames: list[Frame], first_row: int) -> Batch:
    """One row per ended episode; within a frame they are put in the order of env_steps, on which zooming searches."""
    ended: list[Ended] = []
    for frame in frames:
        ended += sorted(frame.ended, key=attrgetter("env_steps"))
    axes = {
        axis: np.array([getattr(episode, field) for episode in ended], axis_type(axis))
        for axis, field in EPISODE_AXES.items()
    }
    rows = np.arange(first_row, first_row + len(ended))
    points = {
        name: Points(rows, np.array([getattr(episode, field) for episode in ended], np.float64))
        for name, field in EPISODE_SERIES.items()
    }
    return Batch(first_row, len(ended), axes, points)
