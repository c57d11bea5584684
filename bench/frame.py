"""What telemetry costs per update, in the training loop: an update that sends a frame, and one that sends none.

Small, fast updates, so that the rate limits of frames and histograms are reached and all three kinds occur.
"""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from backend.agent.environment import ensure_environment
from bench.report import console, machine, print_table

UPDATES = 3000
CONFIG: dict[str, Any] = {
    "algorithm": "ppo",
    "environment": {"id": "CartPole-v1", "num_envs": 8},
    "controls": {"n_steps": 16, "epochs": 1, "minibatches": 1},
    "budget": {"updates": UPDATES},
}
KINDS = ("frame with histograms", "frame without", "no frame")


def main() -> None:
    """Train as a trainer does, and time what follows each update."""
    ensure_environment()
    console.print(machine("torch", "msgspec"))
    spent = measure()
    rows = [
        [kind, f"{len(times):,}", f"{median(times):,.0f}", f"{quantiles(times, n=100)[98]:,.0f}"]
        for kind, times in spent.items()
    ]
    rows.append(["all", f"{UPDATES:,}", f"{sum(map(sum, spent.values())) / UPDATES:,.0f} (mean)", ""])
    print_table("Telemetry per update, in the loop", ["", "updates", "us, median", "us, 99th percentile"], rows)


def measure() -> dict[str, list[float]]:
    """Return microseconds after each update, by what it sent."""
    import torch

    from rl_core.config import resolve
    from rl_core.journal.journal import JournalWriter
    from rl_core.run.run import Run

    torch.set_num_threads(1)
    spent: dict[str, list[float]] = defaultdict(list)

    class Timed(Run):
        """A run that clocks its telemetry."""

        def _emit(self, *args: Any) -> None:
            begin = time.perf_counter()
            super()._emit(*args)
            took = 1e6 * (time.perf_counter() - begin)
            spent[sink.kind()].append(took)

    with TemporaryDirectory(prefix="policyscope-") as folder:
        sink = Watched(JournalWriter(Path(folder)))
        run = Timed(resolve(CONFIG), sink)
        run.watch.go()
        while run.progress() < 1.0:
            run.advance()
        sink.journal.close()
    return {kind: spent[kind] for kind in KINDS if len(spent[kind]) > 1}


class Watched:
    """A journal that remembers what it was given since it was last asked."""

    def __init__(self, journal: Any) -> None:
        self.journal = journal
        self._kind = KINDS[2]

    @property
    def next_seq(self) -> int:
        """The journal's."""
        return int(self.journal.next_seq)

    def append(self, payload: dict[str, Any], *, sync: bool = False) -> None:
        """Pass on."""
        self.journal.append(payload, sync=sync)
        if payload["type"] == "frame":
            self._kind = KINDS[0] if payload["distributions"] else KINDS[1]

    def kind(self) -> str:
        """What was sent since the last call."""
        kind, self._kind = self._kind, KINDS[2]
        return kind


if __name__ == "__main__":
    main()
