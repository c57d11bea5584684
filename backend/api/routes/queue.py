"""What the machine has room for."""

from __future__ import annotations

from fastapi import APIRouter

from backend.api.context import Services, errors
from backend.api.models.queue import QueueState

router = APIRouter(tags=["runs"])


@router.get("/api/queue", responses=errors(401))
async def queue(services: Services) -> QueueState:
    """Return how many runs train at once, and how many do now."""
    return QueueState(places=services.queue.places, busy=await services.queue.busy())
