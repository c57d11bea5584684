"""Actions on a run: accepted against its state in one transaction, kept until the trainer reports the result."""

from __future__ import annotations

import uuid
from typing import Any

from backend.api.errors import ApiError, wrong_state
from backend.api.models.runs import AnyAction
from backend.jobs.derive import Changes, changes_of, dormant, status_of
from backend.jobs.ledger import Ledger
from backend.jobs.link import AgentLink
from backend.jobs.machine import StopAsked, Verdict, judge
from backend.jobs.queue import send_start
from backend.storage import RunRecord

WAITING = 100
"""Accepted actions without a result, per run."""


class Actions:
    """What a person does to a run besides turning its switches."""

    def __init__(self, ledger: Ledger, link: AgentLink) -> None:
        self.ledger = ledger
        self.link = link

    async def act(self, run: str, action: AnyAction, by: str) -> str | None:
        """Accept an action and return its id, or None where nothing was to do.

        Raises ApiError 409 in a wrong state and 503 without an agent.
        """
        record = await self.ledger.get(run)
        if verdict_of(record, action) == "already":
            return None
        if record.state != "queued":
            await self.link.require()
        return await self.send(run, action, by)

    async def send(self, run: str, action: AnyAction, by: str) -> str | None:
        """Note the action on the record, then send it; a reconnecting agent gets it again."""
        command = {"id": uuid.uuid4().hex, "op": action.action, "by": by, **action.model_dump(exclude={"action"})}
        asleep = False

        def accept(newest: RunRecord) -> Changes | None:
            nonlocal asleep
            asleep = dormant(newest)
            return noted(newest, action, command)

        record = await self.ledger.change(run, accept)
        if record.memo.get("orphan") == command["id"]:
            await self.ledger.end(record, "stopped", f"stopped by {by} before it started")
        elif command["id"] not in record.memo.get("actions", {}):
            return None
        elif asleep and action.action != "stop":
            await send_start(self.link, record, resume=True)
        else:
            # The agent ends a run without a trainer by itself.
            await self.link.send("command", run=run, command=command)
        return str(command["id"])


def verdict_of(record: RunRecord, action: AnyAction) -> Verdict:
    """Judge an action; raises ApiError 409 if the state forbids it."""
    verdict = judge(status_of(record), action.action)
    if verdict == "refuse":
        raise wrong_state(record.state, f"{action.action} is not possible then.")
    return verdict


def noted(record: RunRecord, action: AnyAction, command: dict[str, Any]) -> Changes | None:
    """Return the record's changes on accepting an action; the state may have moved since the first look."""
    if verdict_of(record, action) == "already":
        return None
    if record.state == "queued":
        return {**changes_of(record, StopAsked()), "memo": {**record.memo, "orphan": command["id"]}}
    actions = record.memo.get("actions", {})
    if len(actions) >= WAITING:
        raise ApiError(429, "too_many_requests", f"{WAITING} actions of this run wait for their result already.")
    changes = changes_of(record, StopAsked()) if action.action == "stop" else {}
    return {**changes, "memo": {**record.memo, "actions": {**actions, command["id"]: command}}}
