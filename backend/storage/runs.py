"""Run records: create once per key, read, change by compare-and-set, hide and show again."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from . import edits, streams
from .errors import IdempotencyConflict, Stale, StoreError, UnknownRun
from .record import PROGRESS, RunRecord, iso
from .tables import idempotency, run_tags, runs

FIXED = frozenset({"id", "version", "created", "deleted"})
_PLAIN = tuple(name for name in RunRecord.__struct_fields__ if name not in ("controls", "deleted"))


def create(
    conn: sa.Connection, record: RunRecord, key: str | None, body_hash: str | None, owner: str
) -> tuple[RunRecord, bool]:
    """Insert the run, or give back the one that this owner's key created before."""
    if key is not None:
        known = created_with(conn, owner, key, body_hash)
        if known is not None:
            return known, False
    conn.execute(runs.insert().values(_row(record)))
    _write_tags(conn, record)
    streams.ensure(conn, record.id, record.epoch)
    if key is not None:
        conn.execute(idempotency.insert().values(owner=owner, key=key, body_hash=body_hash or "", run_id=record.id))
    return fetch(conn, record.id), True


def created_with(conn: sa.Connection, owner: str, key: str, body_hash: str | None) -> RunRecord | None:
    """The run that this owner's key created, or None; raises IdempotencyConflict for another body."""
    same = (idempotency.c.owner == owner) & (idempotency.c.key == key)
    found = conn.execute(sa.select(idempotency).where(same)).one_or_none()
    if found is None:
        return None
    if found.body_hash != (body_hash or ""):
        raise IdempotencyConflict(
            f"Idempotency key {key!r} was used for another start. Usual cause: a key kept after the form was changed. "
            "Use a new key for each new start."
        )
    return fetch(conn, found.run_id, deleted=True)


def find(conn: sa.Connection, run_id: str, deleted: bool = False) -> RunRecord | None:
    """The record, or None; deleted runs count only if asked for."""
    query = sa.select(runs).where(runs.c.id == run_id)
    if not deleted:
        query = query.where(runs.c.deleted_at.is_(None))
    row = conn.execute(query).one_or_none()
    return None if row is None else from_rows(conn, [row])[0]


def fetch(conn: sa.Connection, run_id: str, deleted: bool = False) -> RunRecord:
    """The record; raises UnknownRun."""
    record = find(conn, run_id, deleted)
    if record is None:
        raise UnknownRun(f"No run has the id {run_id!r}.")
    return record


def from_rows(conn: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[RunRecord]:
    """Records of table rows, each with its pending edits."""
    pending = edits.pending(conn, [row.id for row in rows])
    return [_record(row._mapping, pending.get(row.id, [])) for row in rows]


def _record(row: sa.RowMapping, pending: list[edits.Edit]) -> RunRecord:
    controls = {
        "version": row["controls_version"],
        "values": row["controls_values"],
        "pending": [edit.to_json() for edit in pending],
    }
    deleted = None if row["deleted_at"] is None else iso(row["deleted_at"])
    return RunRecord(controls=controls, deleted=deleted, **{name: row[name] for name in _PLAIN})


def _row(record: RunRecord) -> dict[str, Any]:
    row = {name: getattr(record, name) for name in _PLAIN}
    row["controls_version"] = record.controls["version"]
    row["controls_values"] = record.controls["values"]
    row["environment_id"] = str(record.environment.get("id", ""))
    row["name_key"] = record.name.casefold()
    searched = (record.name, record.id, record.algorithm, row["environment_id"])
    row["search"] = "\n".join(text.casefold() for text in searched)
    return row


def _write_tags(conn: sa.Connection, record: RunRecord) -> None:
    conn.execute(run_tags.delete().where(run_tags.c.run_id == record.id))
    if record.tags:
        conn.execute(run_tags.insert(), [{"tag": tag, "run_id": record.id} for tag in dict.fromkeys(record.tags)])


def update(conn: sa.Connection, run_id: str, expect_version: int | None, changes: dict[str, Any]) -> RunRecord:
    """Change fields if the record still has `expect_version` (None: whatever it has); raises Stale, UnknownRun."""
    record = fetch(conn, run_id)
    if expect_version is not None and record.version != expect_version:
        raise Stale(f"Run {run_id} is at version {record.version}; version {expect_version} was expected.", record)
    return save(conn, record, altered(record, changes))


def change(conn: sa.Connection, run_id: str, decide: Callable[[RunRecord], dict[str, Any] | None]) -> RunRecord:
    """Read, decide and write in one transaction; `decide` returns the changes, or None for none."""
    record = fetch(conn, run_id)
    return save(conn, record, altered(record, decide(record) or {}))


def save(conn: sa.Connection, old: RunRecord, new: RunRecord) -> RunRecord:
    """Write `new` over `old`, which was read in this transaction; a change beside progress raises the version."""
    if new == old:
        return old
    if any(getattr(new, name) != getattr(old, name) for name in new.__struct_fields__ if name not in PROGRESS):
        new = msgspec.structs.replace(new, version=old.version + 1)
    if new.epoch != old.epoch:
        new = msgspec.structs.replace(new, head=streams.ensure(conn, new.id, new.epoch).head)
    before, after = _row(old), _row(new)
    different = {name: value for name, value in after.items() if value != before[name]}
    if different:
        conn.execute(runs.update().where(runs.c.id == old.id).values(different))
    if new.tags != old.tags:
        _write_tags(conn, new)
    return new


def altered(record: RunRecord, changes: dict[str, Any]) -> RunRecord:
    """The record with the changes; the register's version never falls, and pending edits are not written here."""
    refused = changes.keys() & FIXED | changes.keys() - set(RunRecord.__struct_fields__)
    if refused:
        raise StoreError(f"Run fields {sorted(refused)} cannot be changed.")
    if "controls" in changes:
        given = changes["controls"]
        controls = {
            "version": max(record.controls["version"], given.get("version", 0)),
            "values": given.get("values", record.controls["values"]),
            "pending": record.controls["pending"],
        }
        changes = changes | {"controls": controls}
    return msgspec.structs.replace(record, **changes)


def hide(conn: sa.Connection, run_id: str, at: float) -> RunRecord:
    """Hide the run since `at` (Unix seconds); its data stay. Raises UnknownRun."""
    fetch(conn, run_id)
    conn.execute(runs.update().where(runs.c.id == run_id).values(deleted_at=at))
    return fetch(conn, run_id, deleted=True)


def show(conn: sa.Connection, run_id: str, since: float) -> RunRecord:
    """Show a run again that was hidden at `since` or later; raises UnknownRun, also for one that is due to go."""
    here = (runs.c.id == run_id) & (runs.c.deleted_at >= since)
    conn.execute(runs.update().where(here).values(deleted_at=None))
    return fetch(conn, run_id)
