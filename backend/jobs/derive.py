"""What a record of the journal changes in the run's record: pure, applied in the store's own transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from backend.jobs.machine import TERMINAL, Contact, Fact, Happened, Status, advance
from backend.jobs.returns import returns_of
from backend.storage.record import RunRecord, iso

Changes = dict[str, Any]


def now() -> str:
    """Return the date as the API writes it: UTC, microseconds, of one width."""
    return iso(datetime.now(UTC).timestamp())


def status_of(record: RunRecord) -> Status:
    """Return what the state machine knows of a run."""
    return Status(record.state, record.reachable, record.reason, stepping(record))  # type: ignore[arg-type]


def stepping(record: RunRecord) -> bool:
    """Whether a step was accepted that the trainer has not answered yet."""
    return any(command["op"] == "step" for command in record.memo.get("actions", {}).values())


def changes_of(record: RunRecord, fact: Fact) -> Changes:
    """Return the fields that a fact changes."""
    after = advance(status_of(record), fact)
    fields: Changes = {"state": after.state, "reachable": after.reachable, "reason": after.reason}
    return {name: value for name, value in fields.items() if getattr(record, name) != value}


def derive(record: RunRecord, payload: dict[str, Any]) -> Changes:
    """Return the fields that a frame or an event changes."""
    if payload["type"] == "frame":
        counters = {name: payload["rows"][name][-1] for name in ("update", "env_steps", "episodes")}
        return counters | returns_of(record, payload["ended"])
    data = payload.get("data") or {}
    kind = payload["kind"]
    happened = Happened(kind, reason=data.get("reason"), suspended=bool(data.get("suspended")))
    return changes_of(record, happened) | FURTHER.get(kind, no_more)(record, data)


def no_more(_record: RunRecord, _data: dict[str, Any]) -> Changes:
    """The state says it all."""
    return {}


def on_started(record: RunRecord, data: dict[str, Any]) -> Changes:
    """The first start of a trainer is the run's."""
    return {"started": record.started or now()} | {key: data[key] for key in ("reproducible",) if key in data}


def on_changed(record: RunRecord, data: dict[str, Any]) -> Changes:
    """The trainer computes with new values."""
    values = record.controls["values"] | {change["name"]: change["new"] for change in data["changes"]}
    return {"controls": {"version": data.get("version", 0), "values": values}}


def on_done(record: RunRecord, data: dict[str, Any]) -> Changes:
    """An accepted action has had its effect."""
    actions = without(record.memo.get("actions", {}), str(data.get("action_id")))
    changes: Changes = {"memo": {**record.memo, "actions": actions}}
    if data.get("action") == "pace" and "updates_per_s" in data:
        changes["pace"] = data["updates_per_s"]
    return changes


def on_ended(record: RunRecord, _data: dict[str, Any]) -> Changes:
    """Nothing more is to come."""
    return {} if record.state in TERMINAL else {"ended": now(), "memo": {}}


FURTHER = {
    "started": on_started,
    "control_changed": on_changed,
    "action_done": on_done,
    "finished": on_ended,
    "stopped": on_ended,
    "failed": on_ended,
}


def without(mapping: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a mapping without one entry."""
    return {key: value for key, value in mapping.items() if key != name}


def dormant(record: RunRecord) -> bool:
    """Whether, while its agent is connected, the run is a checkpoint on disk that waits for a new trainer."""
    return record.state == "paused" and not record.reachable


def contact(record: RunRecord, alive: bool) -> Changes:
    """Return the fields that change when a trainer is found or lost."""
    return changes_of(record, Contact(alive))
