"""How much room a run takes."""

from __future__ import annotations

from backend.api.wire import Message


class StorageParts(Message):
    """Bytes by what holds them; null where the agent that has the files could not be asked."""

    series: int
    journal: int | None
    checkpoints: int | None
    episodes: int | None
    log: int | None


class Storage(Message):
    """Bytes of a run in the database and on its agent's disk; `total` is the sum of the known parts."""

    total: int
    parts: StorageParts
