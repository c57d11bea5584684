"""Gives back what a viewer missed: the payloads after a seq, without a gap and without a duplicate."""

from typing import Any

import sqlalchemy as sa

from . import log, streams
from .errors import ReplayGone
from .payloads import cut, first_seq


def replay(conn: sa.Connection, run_id: str, epoch: int, after_seq: int, limit_rows: int) -> list[dict[str, Any]]:
    """Payloads that tile (after_seq, …] until they cover at least `limit_rows` seqs; [] at the head.

    The first frame is cut if the viewer has a part of it. Raises ReplayGone if the epoch is unknown or the records
    are no longer kept one by one.
    """
    stream = streams.find(conn, run_id, epoch)
    if stream is None or after_seq > stream.head:
        raise ReplayGone(f"Epoch {epoch} has no seq {after_seq}. Load the series and subscribe again.")
    if after_seq + 1 < log.first_kept(conn, stream):
        raise ReplayGone(f"Records from seq {after_seq + 1} are no longer kept one by one. Load the series instead.")
    found: list[dict[str, Any]] = []
    for payload in log.history(conn, stream, after_seq):
        found.append(cut(payload, after_seq))
        if payload["seq"] - first_seq(found[0]) + 1 >= limit_rows:
            break
    return found
