"""Takes a batch of a run's records in one transaction: the log, the events, the edits and the run's derived state."""

from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from . import edits, events, log, runs, seal, streams
from .errors import SeqGap, WrongEpoch
from .payloads import Event, Payload, check, cut, first_seq
from .record import RunRecord
from .streams import Stream

Derive = Callable[[RunRecord, dict[str, Any]], dict[str, Any]]


class IngestResult(msgspec.Struct, frozen=True):
    """What one batch did: the last seq stored, the payloads that were new, and the run as it is now."""

    settled: int
    fresh: list[dict[str, Any]]
    record: RunRecord


def ingest(
    conn: sa.Connection, run_id: str, epoch: int, payloads: list[dict[str, Any]], derive: Derive
) -> IngestResult:
    """Store what is new in the batch; raises WrongEpoch, SeqGap or BadRecord and then stores nothing of it."""
    record = runs.fetch(conn, run_id, deleted=True)
    if epoch != record.epoch:
        raise WrongEpoch(f"Run {run_id} is in epoch {record.epoch}; records of epoch {epoch} were given.")
    stream = streams.ensure(conn, run_id, epoch)
    found = _fresh(payloads, stream.head)
    if not found:
        return IngestResult(stream.head, [], record)
    fresh = [payload for payload, _ in found]
    stream = _store(conn, stream, fresh, [checked for _, checked in found])
    if seal.due(stream):
        seal.seal(conn, stream)
    return IngestResult(stream.head, fresh, _derive(conn, record, fresh, derive))


def _fresh(payloads: list[dict[str, Any]], head: int) -> list[tuple[dict[str, Any], Payload]]:
    """The payloads beyond `head`, each starting right after the one before it, with their typed views."""
    fresh = []
    for payload in payloads:
        checked = check(payload)
        if checked.seq <= head:
            continue
        if first_seq(payload) > head + 1:
            raise SeqGap(
                f"Records up to seq {head} are stored; found one that starts at {first_seq(payload)}, expected "
                f"{head + 1}. Usual cause: a batch was lost on the way. Send again from {head + 1}.",
                head,
            )
        unseen = cut(payload, head)
        fresh.append((unseen, checked if unseen is payload else check(unseen)))
        head = checked.seq
    return fresh


def _store(conn: sa.Connection, stream: Stream, fresh: list[dict[str, Any]], checked: list[Payload]) -> Stream:
    log.append(conn, stream, stream.head + 1, fresh)
    events.store(conn, stream, [payload for payload in fresh if payload["type"] == "event"])
    frames = [payload for payload in checked if not isinstance(payload, Event)]
    return streams.advance(
        conn,
        stream,
        head=checked[-1].seq,
        rows=stream.rows + sum(len(frame.rows.update) for frame in frames),
        payloads=stream.payloads + len(fresh),
        ended=stream.ended + sum(len(frame.ended) for frame in frames),
    )


def _derive(conn: sa.Connection, old: RunRecord, fresh: list[dict[str, Any]], derive: Derive) -> RunRecord:
    new = old
    resolved = False
    for payload in fresh:
        new = runs.altered(new, derive(new, payload) | {"head": payload["seq"]})
        resolved |= payload["type"] == "event" and edits.resolve(conn, old.id, payload)
    if resolved:
        left = [edit.to_json() for edit in edits.pending(conn, [old.id]).get(old.id, [])]
        new = msgspec.structs.replace(new, controls=new.controls | {"pending": left})
    return runs.save(conn, old, new)
