"""Frees the room of runs that were deleted more than a day ago: rows first, then files, the run's own row last."""

from __future__ import annotations

import asyncio
import logging

from backend.api.errors import ApiError
from backend.jobs.link import AgentLink
from backend.storage import Store
from backend.storage.errors import StoreUnavailable

log = logging.getLogger("policyscope.jobs")

LOOK_SECONDS = 300.0


class Purge:
    """What is left of a deleted run once nobody can bring it back."""

    def __init__(self, store: Store, link: AgentLink) -> None:
        self.store = store
        self.link = link

    async def run(self) -> None:
        """Look every few minutes; runs for the life of the server."""
        while True:
            try:
                await self.round()
            except StoreUnavailable as refusal:
                log.warning("deleted runs wait: %s", refusal)
            await asyncio.sleep(LOOK_SECONDS)

    async def round(self) -> None:
        """Purge every run that is due; one whose files cannot be deleted now is looked at again."""
        for run in await self.store.due_runs():
            record = await self.store.get_run(run, deleted=True)
            await self.store.purge_data(run)
            if record is not None and (record.agent is None or await self.files_gone(run, record.agent)):
                await self.store.purge_run(run)
                log.info("run %s is purged", run)

    async def files_gone(self, run: str, agent: str) -> bool:
        """Have the agent delete a run's files and see that they are gone."""
        if agent != self.link.agent:
            return False
        await self.link.send("forget", run=run)
        try:
            left = await self.link.call("disk", run=run)
        except ApiError:
            return False
        return not any(left.values())
