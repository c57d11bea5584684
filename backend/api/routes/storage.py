"""How much room a run takes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from backend.api.context import Services, errors
from backend.api.errors import ApiError
from backend.api.models.storage import Storage, StorageParts
from backend.api.routes.runs import RunId
from backend.services import Services as ServerServices
from backend.storage import RunRecord

ON_DISK = ("journal", "checkpoints", "episodes", "log")

router = APIRouter(tags=["runs"])


@router.get("/api/runs/{id}/storage", responses=errors(401, 404))
async def storage(id: RunId, services: Services) -> Storage:
    """Say how many bytes a run takes, in the database and on its agent's disk."""
    record = await services.ledger.get(id)
    parts = {"series": await services.store.sizes(id), **await on_disk(services, record)}
    return Storage(total=sum(size or 0 for size in parts.values()), parts=StorageParts(**parts))


async def on_disk(services: ServerServices, record: RunRecord) -> dict[str, Any]:
    """Ask the agent for the size of the run's files; nothing is known while it is away."""
    if record.agent is None:
        return dict.fromkeys(ON_DISK, 0)
    try:
        found = await services.link.call("disk", run=record.id)
    except ApiError:
        return dict.fromkeys(ON_DISK)
    return {name: found[name] for name in ON_DISK}
