"""Seconds since the start of a run, pauses excluded."""

from __future__ import annotations

import time


class Stopwatch:
    """Starts stopped; `wall` is what it has counted."""

    def __init__(self, wall: float = 0.0) -> None:
        self._counted = wall
        self._since: float | None = None

    @property
    def wall(self) -> float:
        """Seconds counted so far."""
        return self._counted + (0.0 if self._since is None else time.perf_counter() - self._since)

    def go(self) -> None:
        """Count from now on."""
        if self._since is None:
            self._since = time.perf_counter()

    def halt(self) -> None:
        """Stop counting."""
        self._counted, self._since = self.wall, None
