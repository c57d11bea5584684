"""Intervals are measured with the monotonic clock: a wall clock that jumps must not stop a flush or a timeout."""

from __future__ import annotations

import ast

from tests.contracts.sources import dotted, parsed

WALL_CLOCKS = {"time.time", "time.time_ns"}


def wall_clock_calls(tree: ast.Module) -> list[int]:
    """Return the lines that read the wall clock as a number."""
    return [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Call) and dotted(n.func) in WALL_CLOCKS]


def test_backend_measures_no_interval_with_the_wall_clock() -> None:
    found = [f"{path}:{line}" for path, tree in parsed("backend") for line in wall_clock_calls(tree)]
    assert not found, f"wall clock read in {found}; use time.monotonic() for intervals, datetime.now(UTC) for dates."
