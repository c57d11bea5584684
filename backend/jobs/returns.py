"""How well a run does: the mean return of its newest training episodes, and the best that this mean has been."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from backend.storage.record import RunRecord

WINDOW = 100
"""Episodes of which the mean is taken."""
ENOUGH = 10
"""Episodes before a mean can be the best: one lucky start is no record."""


def returns_of(record: RunRecord, ended: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the fields that ended episodes change; after every episode, whatever batch it came in, the mean counts."""
    fresh = [float(episode["return"]) for episode in ended if episode.get("kind", "train") == "train"]
    if not fresh:
        return {}
    window, best = list(record.returns), record.best_return
    for value in fresh:
        window = [*window[1 - WINDOW :], value]
        if len(window) >= ENOUGH and (mean := mean_of(window)) is not None:
            best = mean if best is None else max(best, mean)
    return {"returns": window, "last_return": mean_of(window), "best_return": best}


def mean_of(returns: list[float]) -> float | None:
    """Return the mean; None where it is no number, which SQL could not hold."""
    mean = sum(returns) / len(returns)
    return None if math.isnan(mean) else mean
