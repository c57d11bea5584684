"""What an agent finds of a run that an earlier one left: a live trainer, or the cause of its death."""

import time
from typing import Any

from backend.agent.ending import has_ended, is_suspended
from backend.agent.liveness import Identity, boot_id
from backend.agent.lock import is_locked
from backend.agent.process import kill_group
from backend.agent.run_directory import RunDirectory


def introduced(directory: RunDirectory) -> tuple[Identity | None, bool]:
    """Return who the trainer is and whether its lock is held; one that was just forked needs a moment to say so."""
    deadline = time.monotonic() + 1.0
    while (held := is_locked(directory.lock)) and directory.identity is None and time.monotonic() < deadline:
        time.sleep(0.005)
    return directory.identity, held


def clear_leftovers(identity: Identity, held: bool) -> None:
    """Kill what a dead trainer started and what still holds its lock; its group keeps the pid from being reused."""
    if held and identity.boot_id == boot_id():
        kill_group(identity.pid)


def cause_of_death(directory: RunDirectory, identity: Identity) -> dict[str, Any] | None:
    """Return the data of the `failed` event that a dead trainer still needs, None if it left in order."""
    if has_ended(directory.path) or is_suspended(directory.path):
        return None
    rebooted = identity.boot_id != boot_id()
    return {"reason": "host restart" if rebooted else "trainer died while no agent was watching"}
