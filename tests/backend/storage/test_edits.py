"""The register of controls: versions, races, and what events do to pending edits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backend.storage import Edit, EditConflict, RunRecord, Stale, Store, UnknownRun
from tests.backend.storage.telemetry import Payload, event, new_record, nothing

CONTROLS = {"version": 1, "values": {"gamma": 0.99, "advantage": "block"}, "pending": []}


async def started(store: Store) -> RunRecord:
    """A run with two controls."""
    return (await store.create_run(new_record(controls=CONTROLS)))[0]


def apply(record: RunRecord, payload: Payload) -> dict[str, Any]:
    """A state machine that takes over changed values."""
    if payload["kind"] != "control_changed":
        return {}
    new = {change["name"]: change["new"] for change in payload["data"]["changes"]}
    return {"controls": {"version": payload["data"]["version"], "values": record.controls["values"] | new}}


async def test_an_edit_is_pending_until_its_event_resolves_it(store: Store) -> None:
    run = await started(store)
    edit = await store.add_edit(run.id, 1, "u1", {"advantage": "pass"}, "ann")
    assert (edit.version, edit.state) == (2, "pending")
    record = await store.get_run(run.id)
    assert record is not None
    shown = {"edit_id": "u1", "version": 2, "by": "ann", "values": {"advantage": "pass"}}
    assert record.controls == {"version": 2, "values": CONTROLS["values"], "pending": [shown]}
    assert record.version == 2
    changes = [{"name": "advantage", "old": "block", "new": "pass"}]
    changed = event(1, "control_changed", edit_id="u1", version=2, by="ann", changes=changes)
    result = await store.ingest(run.id, 1, [changed], apply)
    assert result.record.controls == {"version": 2, "values": {"gamma": 0.99, "advantage": "pass"}, "pending": []}
    assert result.record == await store.get_run(run.id)
    resolved = await store.edit(run.id, "u1")
    assert resolved is not None
    assert (resolved.state, resolved.seq) == ("changed", 1)
    assert await store.pending(run.id) == []


async def test_a_refused_edit_keeps_the_values_and_uses_up_its_version(store: Store) -> None:
    run = await started(store)
    await store.add_edit(run.id, 1, "u1", {"gamma": 0.5}, "ann")
    result = await store.ingest(run.id, 1, [event(1, "control_refused", edit_id="u1", version=2)], nothing)
    assert result.record.controls == {"version": 2, "values": CONTROLS["values"], "pending": []}
    assert (await store.add_edit(run.id, 2, "u2", {"gamma": 0.6}, "bob")).version == 3


async def test_of_two_edits_of_one_version_one_wins_and_the_other_learns_who(store: Store) -> None:
    run = await started(store)
    edits = [store.add_edit(run.id, 1, f"u-{by}", {"gamma": 0.5}, by) for by in ("ann", "bob", "cem")]
    answers = await asyncio.gather(*edits, return_exceptions=True)
    (winner,) = [answer for answer in answers if isinstance(answer, Edit)]
    lost = [answer for answer in answers if isinstance(answer, Stale)]
    assert len(lost) == 2
    current = {"version": 2, "values": {"gamma": 0.5, "advantage": "block"}, "by": winner.by}
    assert all(answer.current == current for answer in lost)


async def test_edits_without_an_expected_version_all_count(store: Store) -> None:
    run = await started(store)
    edits = await asyncio.gather(*(store.add_edit(run.id, None, f"u{i}", {"gamma": 0.5}, "ann") for i in range(20)))
    assert sorted(edit.version for edit in edits) == list(range(2, 22))
    assert await store.pending(run.id) == sorted(edits, key=lambda edit: edit.version)


async def test_the_same_edit_again_is_the_same_edit(store: Store) -> None:
    run = await started(store)
    first = await store.add_edit(run.id, 1, "u1", {"gamma": 0.5}, "ann")
    assert await store.add_edit(run.id, 1, "u1", {"gamma": 0.5}, "ann") == first
    with pytest.raises(EditConflict, match="other values"):
        await store.add_edit(run.id, 2, "u1", {"gamma": 0.6}, "ann")
    with pytest.raises(UnknownRun):
        await store.add_edit("nobody", None, "u1", {}, "ann")
