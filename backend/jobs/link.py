"""The connection to the agent: sending, asking with a time limit, and knowing when nobody is there."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.websockets import WebSocketDisconnect

from backend.api.errors import ApiError, agent_unavailable

PROTOCOL = 1

Send = Callable[[bytes], Awaitable[None]]


class AgentLink:
    """At most one agent; a new connection takes the place of the old one."""

    def __init__(self, *, grace_s: float) -> None:
        self.grace_s = grace_s
        self.agent: str | None = None
        self.catalog: dict[str, Any] | None = None
        self.catalog_known = asyncio.Event()
        self.connected = asyncio.Event()
        self.gone = asyncio.Event()
        self.gone.set()
        self.raw_send: Send | None = None
        self.ids = itertools.count(1)
        self.calls: dict[int, asyncio.Future[Any]] = {}

    def attach(self, agent: str, catalog: dict[str, Any], send: Send) -> None:
        """Take a connection whose hello was understood."""
        self.detach(self.raw_send)
        self.agent, self.catalog, self.raw_send = agent, catalog, send
        self.catalog_known.set()
        self.gone.clear()

    def ready(self) -> None:
        """Let requests through: runs and agent have told each other where they stand."""
        self.connected.set()

    def detach(self, send: Send | None) -> bool:
        """Let a connection go and fail what it still owed; False if another has taken its place."""
        if self.raw_send is None or self.raw_send is not send:
            return False
        self.raw_send = None
        self.connected.clear()
        self.gone.set()
        for call in self.calls.values():
            if not call.done():
                call.set_exception(agent_unavailable())
        self.calls.clear()
        return True

    async def send(self, kind: str, **fields: Any) -> None:
        """Send a message; without an agent nothing is sent, and its next hello makes up for it."""
        if self.raw_send is None:
            return
        # A connection that breaks now is noticed by whoever reads from it.
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self.raw_send(msgspec.msgpack.encode({"t": kind, **fields}))

    async def require(self) -> None:
        """Wait a moment for an agent that is just starting; raises ApiError 503."""
        try:
            async with asyncio.timeout(self.grace_s):
                await self.connected.wait()
        except TimeoutError:
            raise agent_unavailable() from None

    async def call(self, kind: str, *, timeout_s: float = 10.0, **fields: Any) -> Any:
        """Ask the agent and return its answer; raises ApiError 503 when none comes in time.

        Who is cancelled tells the agent so; it gives up what takes long.
        """
        await self.require()
        number = next(self.ids)
        answer = self.calls[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_s):
                await self.send(kind, id=number, **fields)
                return await answer
        except TimeoutError:
            raise agent_unavailable() from None
        except asyncio.CancelledError:
            await self.send("give_up", id=number)
            raise
        finally:
            self.calls.pop(number, None)

    def answered(self, message: dict[str, Any]) -> None:
        """Hand a reply to whoever asked; one that came too late is dropped."""
        call = self.calls.get(message["id"])
        if call is None or call.done():
            return
        if error := message.get("error"):
            text = error.get("message") or "The agent could not answer; agent.log says why."
            call.set_exception(ApiError(502, error.get("code") or "agent_failed", text))
        else:
            call.set_result(message.get("result"))

    async def get_catalog(self) -> dict[str, Any]:
        """Return the last catalog an agent told; raises ApiError 503 if none has come yet."""
        if self.catalog is None:
            try:
                async with asyncio.timeout(max(self.grace_s, 10.0)):
                    await self.catalog_known.wait()
            except TimeoutError:
                raise agent_unavailable() from None
        assert self.catalog is not None
        return self.catalog
