"""Frames as the journal wrote them: joining, cutting and thinning, without losing a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Frame = dict[str, Any]
Names = Literal["*"] | frozenset[str]

ROWS_PER_MESSAGE = 512
"""A joined frame of fifty metrics then stays under half a megabyte."""


@dataclass(frozen=True, slots=True)
class Item:
    """A frame or an event with the range of seq that it covers."""

    first: int
    last: int
    payload: Frame

    @classmethod
    def of(cls, payload: Frame) -> Item:
        """Wrap a payload; an event covers one seq."""
        last: int = payload["seq"]
        return cls(payload.get("first_seq", last), last, payload)

    @property
    def is_frame(self) -> bool:
        """Whether it holds rows."""
        return bool(self.payload["type"] == "frame")


def tail(frame: Frame, first_seq: int) -> Frame:
    """Return the rows of a frame from `first_seq` on; the last distribution stays with its last row."""
    cut = first_seq - frame["first_seq"]
    if cut <= 0:
        return frame
    before = frame["rows"]["update"][cut - 1]
    return {
        **frame,
        "first_seq": first_seq,
        "rows": {name: column[cut:] for name, column in frame["rows"].items()},
        "scalars": {name: {k: v[cut:] for k, v in columns.items()} for name, columns in frame["scalars"].items()},
        "ended": [episode for episode in frame["ended"] if episode["update"] > before],
    }


def join(frames: Sequence[Frame]) -> Frame:
    """Return consecutive frames as one: every row of each, and the newest of each distribution."""
    if len(frames) == 1:
        return frames[0]
    distributions: dict[str, Any] = {}
    for frame in frames:
        distributions.update(frame["distributions"])
    return {
        **frames[-1],
        "first_seq": frames[0]["first_seq"],
        "rows": {name: [v for f in frames for v in f["rows"][name]] for name in frames[0]["rows"]},
        "scalars": join_scalars(frames),
        "ended": [episode for frame in frames for episode in frame["ended"]],
        "distributions": distributions,
    }


def join_scalars(frames: Sequence[Frame]) -> dict[str, dict[str, list[Any]]]:
    """Join the scalars; a metric that a frame lacks was not measured there."""
    names = dict.fromkeys(name for frame in frames for name in frame["scalars"])
    return {name: join_columns(name, frames) for name in names}


def join_columns(name: str, frames: Sequence[Frame]) -> dict[str, list[Any]]:
    """Join one metric; where one frame has minima and maxima, a row without them is its own."""
    lengths = [len(frame["rows"]["update"]) for frame in frames]
    parts = [frame["scalars"].get(name) or {"last": [None] * n} for frame, n in zip(frames, lengths, strict=True)]
    columns = ("last", "min", "max") if any("min" in part for part in parts) else ("last",)
    return {column: [v for part in parts for v in part.get(column, part["last"])] for column in columns}


def thin(frame: Frame, metrics: Names, distributions: Names) -> Frame:
    """Return a frame with the metrics and distributions that a viewer asked for; rows and results stay."""
    if metrics == "*" and distributions == "*":
        return frame
    return {
        **frame,
        "scalars": keep(frame["scalars"], metrics),
        "distributions": keep(frame["distributions"], distributions),
    }


def keep(columns: dict[str, Any], names: Names) -> dict[str, Any]:
    """Return the columns that are asked for."""
    return columns if names == "*" else {name: column for name, column in columns.items() if name in names}


def take(items: Sequence[Item], cursor: int) -> tuple[Frame, int] | None:
    """Return the next message from `cursor` on and the cursor after it: one event, or as many frames as fit."""
    frames: list[Frame] = []
    rows = 0
    for item in items:
        if item.last < cursor:
            continue
        if not item.is_frame:
            break
        if frames and rows + item.last - item.first + 1 > ROWS_PER_MESSAGE:
            break
        frames.append(tail(item.payload, max(cursor, item.first)))
        rows += item.last - item.first + 1
    if frames:
        joined = join(frames)
        return joined, joined["seq"] + 1
    event = next((item for item in items if item.last >= cursor), None)
    return (event.payload, event.last + 1) if event else None
