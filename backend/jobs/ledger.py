"""Every change of a run goes through here: into the store first, then to whoever watches or waits."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from backend.api.errors import not_found
from backend.jobs.derive import Changes, changes_of, derive
from backend.jobs.machine import TERMINAL, Fact
from backend.live.hub import Hub
from backend.storage import RunRecord, Store

ANSWERS = ("control_changed", "control_refused")


class Ledger:
    """The run records of this server."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self.store = store
        self.hub = hub
        self.on_state: list[Callable[[], None]] = []
        self.waiting: dict[tuple[str, str], list[asyncio.Future[dict[str, Any]]]] = defaultdict(list)

    async def get(self, run: str) -> RunRecord:
        """Return a run; raises ApiError 404 for an unknown or deleted one."""
        record = await self.store.get_run(run)
        if record is None:
            raise not_found(run)
        return record

    async def refreshed(self, run: str) -> RunRecord:
        """Return a run after a change that the store made by itself, and tell of it."""
        record = await self.get(run)
        self.told(record)
        return record

    async def event(self, run: str, seq: int | None) -> dict[str, Any] | None:
        """Return a stored event of a run's present epoch."""
        record = await self.get(run)
        found, _ = await self.store.events(run, record.epoch, (seq or 1) - 1, 1)
        return {**found[0], "run": run, "epoch": record.epoch} if found and found[0]["seq"] == seq else None

    async def records(self, states: Sequence[str], limit: int | None = None) -> AsyncIterator[RunRecord]:
        """Yield the runs in some states, oldest first."""
        after = None
        while True:
            size = 200 if limit is None else limit
            found, after = await self.store.list_runs(limit=size, after=after, state=list(states), sort="created")
            for record in found:
                yield record
            if after is None or limit is not None:
                return

    async def change(self, run: str, decide: Callable[[RunRecord], Changes | None]) -> RunRecord:
        """Decide on the newest record and write, in one transaction; then tell."""
        record = await self.store.change_run(run, decide)
        self.told(record)
        return record

    async def fact(self, run: str, fact: Fact) -> RunRecord:
        """Let the state machine take notice of a fact."""
        return await self.change(run, lambda record: changes_of(record, fact))

    async def ingest(self, run: str, epoch: int, payloads: list[dict[str, Any]]) -> int:
        """Commit journal records and pass on those that were new; returns the last seq that is settled."""
        result = await self.store.ingest(run, epoch, payloads, derive)
        self.hub.publish(run, epoch, result.fresh)
        events = [payload for payload in result.fresh if payload["type"] == "event"]
        for payload in events:
            self.answer(run, epoch, payload)
        self.told(result.record, quiet=not events)
        return result.settled

    async def end(self, record: RunRecord, kind: str, reason: str) -> None:
        """Write the last events of a run that has no trainer to write them: what still waits for one is answered."""
        last = await self.store.replay(record.id, record.epoch, max(0, record.head - 1), 1) if record.head else []
        wall = last[-1]["wall"] if last and last[-1]["type"] == "event" else wall_of(last)
        about = {"type": "event", "at_update": record.update, "wall": wall}
        facts = [*answers(record, reason), (kind, {"reason": reason})]
        events = [
            {**about, "seq": seq, "kind": name, "data": data} for seq, (name, data) in enumerate(facts, record.head + 1)
        ]
        await self.ingest(record.id, record.epoch, events)

    def told(self, record: RunRecord, *, quiet: bool = False) -> None:
        """Tell viewers of a record; `quiet` if only its counters moved."""
        self.hub.announce(record.to_json())
        if not quiet:
            for listener in self.on_state:
                listener()

    def answer(self, run: str, epoch: int, event: dict[str, Any]) -> None:
        """Wake who waits for an edit's event."""
        if event["kind"] in ANSWERS:
            for future in self.waiting.pop((run, event["data"]["edit_id"]), ()):
                if not future.done():
                    future.set_result({**event, "run": run, "epoch": epoch})
        if event["kind"] in TERMINAL:
            for key in [key for key in self.waiting if key[0] == run]:
                for future in self.waiting.pop(key):
                    future.cancel()

    def expect(self, run: str, edit_id: str) -> asyncio.Future[dict[str, Any]]:
        """Return a future of the event that resolves an edit; ask before the edit is sent."""
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.waiting[run, edit_id].append(future)
        future.add_done_callback(lambda done: self.unexpect(run, edit_id, done))
        return future

    def unexpect(self, run: str, edit_id: str, future: asyncio.Future[dict[str, Any]]) -> None:
        """Forget who waited; nobody may be left behind in the table."""
        waiting = self.waiting.get((run, edit_id), [])
        if future in waiting:
            waiting.remove(future)
        if not waiting:
            self.waiting.pop((run, edit_id), None)


def answers(record: RunRecord, reason: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the events that answer what no trainer will: every pending edit, and the stop of a queued run."""
    message = f"The run ended before a trainer took the edit ({reason})."
    error: dict[str, Any] = {"code": "run_ended", "message": message, "field": None, "did_you_mean": []}
    facts: list[tuple[str, dict[str, Any]]] = [
        ("control_refused", {name: edit[name] for name in ("edit_id", "version", "by")} | {"error": error})
        for edit in record.controls["pending"]
    ]
    if stop := record.memo.get("orphan"):
        facts.append(("action_done", {"action_id": stop, "action": "stop", "update": record.update}))
    return facts


def wall_of(payloads: list[dict[str, Any]]) -> float:
    """Return the run time of the last row, 0 before any."""
    return float(payloads[-1]["rows"]["wall"][-1]) if payloads else 0.0
