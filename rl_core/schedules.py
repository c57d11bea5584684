"""Coefficients that fall with the fraction of the budget used."""

from __future__ import annotations

from typing import Literal

Schedule = Literal["constant", "linear", "exponential"]


def scheduled(value: float, schedule: Schedule, progress: float) -> float:
    """The coefficient at `progress` in [0, 1]: constant, linear to 0, or exponential (to 1 % at the end)."""
    if schedule == "linear":
        return value * max(0.0, 1.0 - progress)
    if schedule == "exponential":
        return float(value * 0.01 ** min(1.0, progress))
    return value
