"""Edits of controls: a versioned register, each version pending until the trainer's event resolves it."""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from .errors import EditConflict, RunEnded, Stale, UnknownRun
from .tables import edits, runs

ENDS = ("finished", "stopped", "failed")
RESOLVED_BY = {"control_changed": "changed", "control_refused": "refused"}


class Edit(msgspec.Struct, frozen=True):
    """One version of a run's controls; `state` is pending, changed or refused, `seq` the event that resolved it."""

    run_id: str
    version: int
    edit_id: str
    by: str
    values: dict[str, Any]
    state: str = "pending"
    seq: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The object shown in a run's pending list."""
        return {"edit_id": self.edit_id, "version": self.version, "by": self.by, "values": self.values}


def add(
    conn: sa.Connection, run_id: str, expect_version: int | None, edit_id: str, values: dict[str, Any], by: str
) -> Edit:
    """Give the edit the next version; the same edit again returns what it became.

    Raises Stale, EditConflict, RunEnded, UnknownRun.
    """
    run = conn.execute(sa.select(runs).where(runs.c.id == run_id, runs.c.deleted_at.is_(None))).one_or_none()
    if run is None:
        raise UnknownRun(f"No run has the id {run_id!r}.")
    known = find(conn, run_id, edit_id)
    if known is not None:
        return _same(known, values)
    if run.ended is not None:
        raise RunEnded(f"Run {run_id!r} has ended; its controls are history.")
    if expect_version is not None and expect_version != run.controls_version:
        raise Stale(
            f"The controls are at version {run.controls_version}; version {expect_version} was expected.",
            _current(conn, run),
        )
    edit = Edit(run_id, run.controls_version + 1, edit_id, by, values)
    conn.execute(edits.insert().values(msgspec.structs.asdict(edit)))
    raised = {"controls_version": edit.version, "version": run.version + 1}
    conn.execute(runs.update().where(runs.c.id == run_id).values(raised))
    return edit


def _same(known: Edit, values: dict[str, Any]) -> Edit:
    if known.values != values:
        raise EditConflict(
            f"Edit id {known.edit_id!r} was used for other values. Usual cause: an id kept after the values changed. "
            "Use a new id for each new edit."
        )
    return known


def _current(conn: sa.Connection, run: sa.Row[Any]) -> dict[str, Any]:
    """What the loser of a race needs: the register's version, its values with the pending edits applied, and who."""
    values = dict(run.controls_values)
    for edit in pending(conn, [run.id]).get(run.id, []):
        values |= edit.values
    newest = conn.execute(
        sa.select(edits.c.by).where(edits.c.run_id == run.id).order_by(edits.c.version.desc()).limit(1)
    ).scalar()
    return {"version": run.controls_version, "values": values, "by": newest or run.owner}


def find(conn: sa.Connection, run_id: str, edit_id: str) -> Edit | None:
    """The edit, or None."""
    row = conn.execute(sa.select(edits).where(edits.c.run_id == run_id, edits.c.edit_id == edit_id)).one_or_none()
    return None if row is None else Edit(**row._mapping)


def pending(conn: sa.Connection, run_ids: Sequence[str]) -> dict[str, list[Edit]]:
    """The unresolved edits of these runs, oldest first."""
    query = sa.select(edits).where(edits.c.run_id.in_(run_ids), edits.c.state == "pending").order_by(edits.c.version)
    found: dict[str, list[Edit]] = {}
    for row in conn.execute(query):
        found.setdefault(row.run_id, []).append(Edit(**row._mapping))
    return found


def resolve(conn: sa.Connection, run_id: str, event: dict[str, Any]) -> bool:
    """Settle the edit that this event is about, or at the end of the run all that wait; true if one was pending."""
    if event["kind"] in ENDS:
        left = (edits.c.run_id == run_id) & (edits.c.state == "pending")
        return conn.execute(edits.update().where(left).values(state="refused", seq=event["seq"])).rowcount > 0
    state = RESOLVED_BY.get(event["kind"])
    edit_id = (event.get("data") or {}).get("edit_id")
    if state is None or edit_id is None:
        return False
    which = (edits.c.run_id == run_id) & (edits.c.edit_id == edit_id) & (edits.c.state == "pending")
    return conn.execute(edits.update().where(which).values(state=state, seq=event["seq"])).rowcount > 0
