"""When an episode is recorded unasked: at updates 0, 1, 8, 27, ..., 729, then every 1000 (Gymnasium's schedule)."""

from __future__ import annotations

PERIOD = 1000  # updates


def following(update: int) -> int:
    """The first update of the schedule after `update`."""
    if update >= PERIOD - 1:
        return (update // PERIOD + 1) * PERIOD
    return next(k**3 for k in range(update + 2) if k**3 > update)
