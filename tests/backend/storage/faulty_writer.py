"""A process that writes to a store until it is killed: `python -m tests.backend.storage.faulty_writer DB RUN ACKS`.

The value at seq s is s / 7. After each batch the last seq settled is appended to ACKS, outside the store.
"""

from __future__ import annotations

import asyncio
import os
import sys

from backend.storage import Store, seal
from tests.backend.storage.telemetry import Payload, event, frame, new_record, progress


def payloads(first: int) -> list[Payload]:
    """A batch of seqs: a frame of rows and an event."""
    rows = 1 + first % 7
    scalars: dict[str, Payload] = {"value": {"last": [s / 7 for s in range(first, first + rows)]}}
    return [frame(first, scalars), event(first + rows)]


async def write(database: str, run_id: str, acks: str) -> None:
    """Go on from where the store stands, for ever."""
    store = Store.open(database)
    record = await store.get_run(run_id) or (await store.create_run(new_record(id=run_id)))[0]
    journal = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    head = record.head
    while True:
        head = (await store.ingest(run_id, 1, payloads(head + 1), progress)).settled
        os.write(journal, f"{head}\n".encode())


if __name__ == "__main__":
    seal.TAIL_SEQS = 50
    asyncio.run(write(*sys.argv[1:]))
