"""What each sequence number of a run stands for, in a form that compares equal on both sides of the wire."""

from __future__ import annotations

from typing import Any

Items = dict[int, Any]


def items(record: dict[str, Any]) -> Items:
    """Take a frame or an event apart into what each of its sequence numbers says."""
    if record["type"] == "event":
        return {record["seq"]: ("event", record["kind"], record["at_update"], plain(record["data"]))}
    first = record["first_seq"]
    return {first + i: ("row", *row(record, i)) for i in range(record["seq"] - first + 1)}


def row(frame: dict[str, Any], i: int) -> tuple[Any, ...]:
    """Return counters and measured values of a frame's i-th row; times and histograms are not compared."""
    counters = tuple(frame["rows"][name][i] for name in ("update", "n", "grad_steps", "env_steps", "episodes"))
    values = {name: plain(column["last"][i]) for name, column in frame["scalars"].items()}
    return (*counters, {name: value for name, value in values.items() if value is not None})


def plain(value: Any) -> Any:
    """Spell non-finite numbers as the API does, so that they equal themselves."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and value - value != 0:
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    return value
