"""Remembers what trainers acknowledged: reads every journal while it is written, before the agent may forget it."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from typing import Any

from rl_core.journal.journal import JournalReader
from tests.faults.items import Items, items


class Witness(threading.Thread):
    """Links new segments of all journals into a folder of its own and reads them there.

    A link outlives the deletion of a settled segment; what was read stays in memory should a file ever shrink.
    """

    def __init__(self, runs: Path, folder: Path) -> None:
        super().__init__(name="witness", daemon=True)
        self.runs = runs
        self.folder = folder
        self.acknowledged: dict[str, Items] = {}
        self.repeated: list[str] = []
        self._readers: dict[str, JournalReader] = {}
        self._ended = threading.Event()
        self._turn = threading.Lock()

    def run(self) -> None:
        """Watch until the end."""
        while not self._ended.wait(0.005):
            self.look()

    def end(self) -> None:
        """Look a last time and let go."""
        self._ended.set()
        self.join(10)
        self.look()
        for reader in self._readers.values():
            reader.close()

    def look(self) -> None:
        """Read whatever is new in all journals."""
        with self._turn:
            for segment in sorted(self.runs.glob("*/journal-*.bin")):
                self._link(segment)
            for run, reader in self._readers.items():
                while records := reader.read():
                    for record in records:
                        self._take(run, record)

    def _link(self, segment: Path) -> None:
        run = segment.parent.name
        kept = self.folder / run / segment.name
        if run not in self._readers:
            kept.parent.mkdir(parents=True)
            self._readers[run] = JournalReader(kept.parent)
            self.acknowledged[run] = {}
        with contextlib.suppress(FileExistsError, FileNotFoundError):
            os.link(segment, kept)

    def _take(self, run: str, record: dict[str, Any]) -> None:
        for seq, item in items(record).items():
            if seq in self.acknowledged[run]:
                self.repeated.append(f"run {run}: the journal has seq {seq} twice")
            self.acknowledged[run][seq] = item
