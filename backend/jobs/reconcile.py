"""After a connection: bring what the agent has on its disk and what the store believes into agreement."""

from __future__ import annotations

import logging
from typing import Any

from backend.jobs.derive import contact, dormant
from backend.jobs.ledger import Ledger
from backend.jobs.link import AgentLink
from backend.jobs.queue import send_pending, send_start
from backend.storage import RunRecord

log = logging.getLogger("policyscope.jobs")

AT_AN_AGENT = ("starting", "running", "paused", "stopping")


async def welcome(ledger: Ledger, link: AgentLink, found: list[dict[str, Any]]) -> None:
    """Tell the agent what is settled, then repeat whatever it may have missed."""
    known = {entry["run"]: record for entry in found if (record := await ledger.store.get_run(entry["run"]))}
    runs = {run: {"epoch": record.epoch, "settled": record.settled} for run, record in known.items()}
    await link.send("welcome", runs=runs)
    there = {entry["run"]: entry for entry in found}
    async for record in ledger.records(AT_AN_AGENT):
        await reconcile(ledger, link, record, there.get(record.id))


async def reconcile(ledger: Ledger, link: AgentLink, record: RunRecord, entry: dict[str, Any] | None) -> None:
    """Agree on one run that the store holds to be at this agent."""
    if record.memo.get("orphan"):
        # The server died between accepting the stop of a queued run and writing its only event.
        await ledger.end(record, "stopped", "stopped before it started")
        return
    if entry is None or (record.state == "starting" and not entry["alive"] and entry["head"] == 0):
        if record.state == "starting":
            # The server died between the record and the message: the agent never heard of the run.
            await send_start(link, record)
        elif record.agent in (None, link.agent):
            log.warning("run %s is not on the agent's disk any more", record.id)
            await ledger.end(record, "failed", "Its folder is missing on the agent's disk.")
        return
    alive = bool(entry["alive"])
    record = await ledger.change(record.id, lambda newest: contact(newest, alive))
    if dormant(record) and record.memo.get("actions"):
        await send_start(link, record, resume=True)
    else:
        await send_pending(link, record)


async def lose(ledger: Ledger) -> None:
    """Mark every run at the agent as out of reach; none of them has ended by that."""
    async for record in ledger.records(AT_AN_AGENT):
        await ledger.change(record.id, lambda newest: contact(newest, False))
