"""The queue: first come, first started, as many at once as the machine has places."""

from __future__ import annotations

import asyncio

from backend.jobs.derive import Changes, changes_of, stepping
from backend.jobs.ledger import Ledger
from backend.jobs.link import AgentLink
from backend.jobs.machine import BUSY, Assigned
from backend.storage import RunRecord


class Queue:
    """Gives free places to queued runs while an agent is connected."""

    def __init__(self, ledger: Ledger, link: AgentLink, *, places: int) -> None:
        self.ledger = ledger
        self.link = link
        self.places = places
        self.changed = asyncio.Event()
        ledger.on_state.append(self.changed.set)

    async def run(self) -> None:
        """Start queued runs whenever something changed; runs for the life of the server."""
        while True:
            await self.changed.wait()
            self.changed.clear()
            await self.link.connected.wait()
            await self.fill()

    def close(self) -> None:
        """Start nothing more: the server is leaving."""
        self.places = 0

    async def fill(self) -> None:
        """Start as many queued runs as there are free places, oldest first."""
        async for waiting in self.ledger.records(["queued"], self.places or 1):
            if await self.busy() >= self.places:
                return
            await self.start(waiting)

    async def busy(self) -> int:
        """Count the runs that train: a paused one does while it takes steps."""
        records = self.ledger.records([*BUSY, "paused"])
        return sum([record.state in BUSY or stepping(record) async for record in records])

    async def start(self, waiting: RunRecord) -> None:
        """Assign a run to the agent; the record says so before the agent hears of it."""
        agent = self.link.agent

        def assign(record: RunRecord) -> Changes | None:
            return {**changes_of(record, Assigned()), "agent": agent} if record.state == "queued" else None

        record = await self.ledger.change(waiting.id, assign)
        if record.state == "starting":
            await send_start(self.link, record)


async def send_start(link: AgentLink, record: RunRecord, *, resume: bool = False) -> None:
    """Have a trainer for a run, with everything that waits for it."""
    fields = {"run": record.id, "epoch": record.epoch, "settled": record.settled}
    await link.send("start", **fields, config=record.config, resume=resume)
    await send_pending(link, record)


async def send_pending(link: AgentLink, record: RunRecord) -> None:
    """Send every accepted edit and action without a result; a trainer takes each of them once."""
    for edit in record.controls["pending"]:
        await link.send("command", run=record.id, command=edit_command(edit))
    for command in record.memo.get("actions", {}).values():
        await link.send("command", run=record.id, command=command)


def edit_command(edit: dict[str, object]) -> dict[str, object]:
    """Write an edit as the command that carries it to the trainer."""
    return {"id": f"edit:{edit['edit_id']}", "op": "controls", **edit}
