"""The parts of a running server, put together once."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from backend.auth.floods import Floods
from backend.auth.identity import Identities
from backend.jobs.actions import Actions
from backend.jobs.edits import Edits
from backend.jobs.laboratory import Laboratory
from backend.jobs.ledger import Ledger
from backend.jobs.link import AgentLink
from backend.jobs.purge import Purge
from backend.jobs.queue import Queue
from backend.jobs.reconcile import lose
from backend.jobs.starts import Starts
from backend.jobs.supervisor import Supervisor
from backend.live.hub import Hub
from backend.settings import Settings
from backend.storage import Store

log = logging.getLogger("policyscope")


class Services:
    """What routes and sockets work with."""

    def __init__(self, settings: Settings, store: Store, identities: Identities) -> None:
        self.settings = settings
        self.store = store
        self.identities = identities
        self.floods = Floods(
            per_session=settings.sockets_per_session,
            in_all=settings.sockets_in_all,
            per_second=settings.sockets_per_second,
        )
        self.hub = Hub()
        self.link = AgentLink(grace_s=settings.agent_grace_s)
        self.ledger = Ledger(store, self.hub)
        self.starts = Starts(self.ledger, self.link)
        self.actions = Actions(self.ledger, self.link)
        self.edits = Edits(self.ledger, self.link)
        self.laboratory = Laboratory(self.link)
        self.queue = Queue(self.ledger, self.link, places=settings.max_running)
        self.purge = Purge(store, self.link)
        self.supervisor = Supervisor(settings.data_dir, self.link)
        identities.on_revoked.append(self.hub.revoke)

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Keep the queue, the news and the local agent going."""
        await lose(self.ledger)
        self.queue.changed.set()
        jobs = [self.queue.run(), self.hub.tick(), self.hub.watching.tell(self.link.send), self.purge.run()]
        if self.settings.local_agent:
            jobs.append(self.supervisor.run())
        tasks = [asyncio.create_task(watched(job)) for job in jobs]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def leave(self) -> None:
        """Checkpoint every run and leave it paused; called before the sockets close."""
        self.queue.close()
        if self.settings.local_agent:
            await self.supervisor.leave()


async def watched(job: object) -> None:
    """Run a job for the life of the server; its end would be a fault of ours."""
    try:
        await job  # type: ignore[misc]
    except Exception:
        log.exception("a task of the server ended; restart the server")
        raise


def secret_file(path: Path, *, fresh: bool) -> str:
    """Return the secret in a file that only its owner can read, made if it is missing or must be fresh."""
    if not fresh and path.is_file():
        path.chmod(0o600)
        if kept := path.read_text().strip():
            return kept
    secret = secrets.token_urlsafe(32)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        path.chmod(0o600)
        file.write(secret)
    return secret


def write_server_file(settings: Settings) -> None:
    """Tell agents and the command line where this server listens."""
    url = settings.url
    content = {"url": url.replace("http", "ws", 1) + "/api/agent", "http": url, "pid": os.getpid()}
    draft = settings.data_dir / "server.json.new"
    draft.write_text(json.dumps(content))
    draft.replace(settings.data_dir / "server.json")


def lock(data_dir: Path) -> IO[str] | None:
    """Hold the data folder for this server; None if another server holds it."""
    file = (data_dir / "server.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@contextlib.asynccontextmanager
async def opened(settings: Settings, identities: Identities) -> AsyncIterator[Services]:
    """Open the store and put the services together."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store.open(settings.database)
    try:
        identities.open(
            store,
            agent_token=secret_file(settings.data_dir / "agent.token", fresh=False),
            local_token=secret_file(settings.data_dir / "local.token", fresh=True),
        )
        services = Services(settings, store, identities)
        async with services.working():
            yield services
    finally:
        await store.close()
