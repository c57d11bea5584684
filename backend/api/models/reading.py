"""Reading what a run has recorded."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from backend.api.wire import Message, Number
from backend.live.messages import EventMessage

Axis = Literal["update", "env_steps", "episodes", "wall"]


class Series(Message):
    """One metric as buckets; every column has one entry per bucket."""

    unit: str
    total: int = Field(description="Points of the whole series.")
    raw: bool = Field(description="Every bucket is one point.")
    x0: list[Number]
    x1: list[Number]
    n: list[int]
    nonfinite: list[int]
    min: list[Number]
    max: list[Number]
    mean: list[Number]
    last: list[Number | None]


class SeriesAnswer(Message):
    """Several metrics of one run on one axis."""

    run: str
    epoch: int
    head: int
    x: Axis
    series: dict[str, Series]


class DistributionRow(Message):
    """The merged histogram of consecutive updates: counts + nonfinite = n."""

    first_update: int
    update: int
    n: int
    min: Number | None
    max: Number | None
    nonfinite: int
    counts: list[int]


class DistributionAnswer(Message):
    """A distribution over training; `counts` has one entry more than `edges`, underflow first and overflow last."""

    name: str
    edges: list[Number]
    rows: list[DistributionRow]


class EventPage(Message):
    """Events of a run in order; `next` is the seq to go on after."""

    events: list[EventMessage]
    next: int | None


class Checkpoint(Message):
    """A checkpoint that the trainer wrote."""

    path: str
    update: int
    bytes: int
    seq: int
    wall: Number


class Checkpoints(Message):
    """The checkpoints of a run, oldest first."""

    checkpoints: list[Checkpoint]
