"""The two sockets: viewers and the agent."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket

from backend.api.context import Caller, Services
from backend.api.errors import ApiError
from backend.jobs.session import AgentSession
from backend.live.endpoint import LiveSocket
from backend.live.messages import SUBPROTOCOL
from backend.live.outlet import outlet_of

router = APIRouter()


@router.websocket("/api/live")
async def live(websocket: WebSocket, services: Services, caller: Caller) -> None:
    """Watch runs as they train."""
    offered = websocket.scope.get("subprotocols") or []
    if offered and SUBPROTOCOL not in offered:
        raise ApiError(400, "unknown_subprotocol", f"This socket speaks {SUBPROTOCOL}.")
    address = websocket.client.host if websocket.client else ""
    with services.floods.socket(caller.session, address):
        socket = LiveSocket(
            websocket,
            caller,
            ledger=services.ledger,
            edits=services.edits,
            floods=services.floods,
            stall_s=services.settings.stall_s,
        )
        await socket.run()


@router.websocket("/api/agent")
async def agent(websocket: WebSocket, services: Services) -> None:
    """Serve the agent that owns this machine's trainers."""
    outlet_of(websocket.scope).be_patient()
    await AgentSession(websocket, services.ledger, services.link).run()
