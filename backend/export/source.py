"""What an export reads: one run as it was when the export began."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from backend.storage import RunRecord, Store
from backend.storage.rows import Extent
from backend.storage.tracks import EPISODES, ROWS, Batch

EVENTS = 1000
"""Events read at once."""


@dataclass(frozen=True)
class Source:
    """One run with everything that was declared about it; without an agent ever met, nothing was."""

    store: Store
    record: RunRecord
    extent: Extent
    catalog: dict[str, Any]

    @classmethod
    async def of(cls, store: Store, record: RunRecord, catalog: dict[str, Any] | None) -> Source:
        """Note how far a run reaches now."""
        return cls(store, record, await store.extent(record.id), catalog or {})

    async def blocks(self) -> AsyncIterator[Batch]:
        """Yield all rows in order, at most a segment at a time."""
        first = 0
        while first < self.extent.rows:
            block = await self.store.block(self.extent, ROWS, first)
            yield block
            first += block.rows

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Yield all events in order."""
        after = 0
        while True:
            found, after = await self.store.events(self.record.id, self.extent.epoch, after, EVENTS)
            for event in found:
                yield event
            if len(found) < EVENTS:
                return

    async def episodes(self) -> dict[str, Any]:
        """Return the results of all episodes, a column each."""
        axes = {"episode": "episodes", "update": "update", "env_steps": "env_steps", "wall": "wall"}
        columns: dict[str, Any] = {
            name: await self.store.axis(self.extent, EPISODES, axis) for name, axis in axes.items()
        }
        for name in ("return", "length"):
            columns[name] = (await self.store.column(self.extent, EPISODES, f"episode/{name}")).last
        return columns

    def declared(self, part: str, name: str, key: str = "name") -> dict[str, Any]:
        """Return a row of the catalog, empty where it has none."""
        return next((row for row in self.catalog.get(part, []) if row[key] == name), {})

    def unit(self, metric: str) -> str:
        """Return the unit of a metric."""
        return str(self.declared("metrics", metric).get("unit", "1"))

    def file_name(self, suffix: str) -> str:
        """Return a name that every file system takes, from the run's name and id."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.record.name.lower()).strip("-")[:60]
        return "-".join(part for part in ("policyscope", plain, self.record.id[:8]) if part) + f".{suffix}"
