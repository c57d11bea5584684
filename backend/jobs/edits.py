"""Edits of a run's controls: a versioned register whose every accepted version is one event in the run's log."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from backend.api.errors import ApiError, refused, wrong_state
from backend.api.models.runs import ControlsEdit, EditAccepted
from backend.jobs.derive import dormant
from backend.jobs.ledger import ANSWERS, Ledger
from backend.jobs.link import AgentLink
from backend.jobs.machine import TERMINAL
from backend.jobs.queue import edit_command
from backend.storage import RunRecord
from backend.storage.edits import Edit
from backend.storage.errors import EditConflict, RunEnded, Stale

ROUNDS = 5


class Edits:
    """Turning switches of live runs."""

    def __init__(self, ledger: Ledger, link: AgentLink) -> None:
        self.ledger = ledger
        self.link = link

    async def edit(
        self, run: str, body: ControlsEdit, by: str, wait_s: float = 0.0
    ) -> tuple[EditAccepted, dict[str, Any] | None]:
        """Accept an edit; with `wait_s` also return its event if it comes in time.

        Raises ApiError 409 for a stale version or an ended run, 422 for values that are refused, 503 without agent.
        """
        edit_id = body.edit_id or uuid.uuid4().hex
        waiting = self.ledger.expect(run, edit_id)
        try:
            edit = await self.accept(run, body, edit_id, by)
            if edit.state == "pending":
                await self.send(run, edit)
                event = await in_time(waiting, wait_s)
            else:
                event = await self.ledger.event(run, edit.seq) if wait_s else None
                event = event if event and event["kind"] in ANSWERS else None
        finally:
            waiting.cancel()
        state: Any = edit.state
        return EditAccepted(edit_id=edit.edit_id, version=edit.version, state=state), event

    async def accept(self, run: str, body: ControlsEdit, edit_id: str, by: str) -> Edit:
        """Check an edit against the newest values and give it the next version."""
        for _ in range(ROUNDS):
            record = await self.ledger.get(run)
            newest = record.controls["version"]
            expected = body.expect_version or newest
            # An edit that is known already gives its result, whatever has become of the run since.
            if expected == newest and await self.ledger.store.edit(run, edit_id) is None:
                await self.check(record, body.values)
            try:
                return await self.ledger.store.add_edit(run, expected, edit_id, body.values, by)
            except Stale as stale:
                if body.expect_version is not None:
                    raise stale_edit(stale) from None
            except RunEnded:
                raise history(await self.ledger.get(run)) from None
            except EditConflict as conflict:
                raise ApiError(409, "edit_conflict", str(conflict), field="edit_id") from None
        raise ApiError(503, "busy", "Others edit this run at once; try again.", headers={"Retry-After": "1"})

    async def check(self, record: RunRecord, edit: dict[str, Any]) -> None:
        """Ask the engine whether the edit makes a valid set of controls; raises ApiError."""
        if record.state in TERMINAL:
            raise history(record)
        values = with_pending(record)
        answer = await self.link.call("check_edit", config=record.config, values=values, edit=edit)
        if answer["errors"]:
            raise refused(answer["errors"])

    async def send(self, run: str, edit: Edit) -> None:
        """Pass an accepted edit on, unless its trainer is yet to come: then it goes with the start."""
        record = await self.ledger.refreshed(run)
        if record.state != "queued" and not dormant(record):
            await self.link.send("command", run=run, command=edit_command(edit.to_json()))


def with_pending(record: RunRecord) -> dict[str, Any]:
    """Return the values as they will be once every accepted edit is applied."""
    values = dict(record.controls["values"])
    for edit in record.controls["pending"]:
        values |= edit["values"]
    return values


def history(record: RunRecord) -> ApiError:
    """The answer to an edit of an ended run."""
    return wrong_state(record.state, "its controls are history.")


def stale_edit(stale: Stale) -> ApiError:
    """Tell the loser of a race what it lost against."""
    return ApiError(409, "stale", str(stale), field="expect_version", current=stale.current)


async def in_time(waiting: asyncio.Future[dict[str, Any]], wait_s: float) -> dict[str, Any] | None:
    """Return the event if it comes within the time."""
    if not wait_s:
        return None
    done, _ = await asyncio.wait([waiting], timeout=wait_s)
    return waiting.result() if done and not waiting.cancelled() else None
