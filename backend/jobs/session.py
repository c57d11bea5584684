"""The agent's socket: its hello, then records, replies and news of trainers until it goes."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from backend.jobs.derive import contact
from backend.jobs.ledger import Ledger
from backend.jobs.link import PROTOCOL, AgentLink
from backend.jobs.reconcile import lose, welcome
from backend.storage.errors import SeqGap, StoreError, StoreUnavailable

log = logging.getLogger("policyscope.jobs")

PROTOCOL_ERROR, AGAIN = 1002, 1013


class AgentSession:
    """One connection of an agent."""

    def __init__(self, socket: WebSocket, ledger: Ledger, link: AgentLink) -> None:
        self.socket = socket
        self.ledger = ledger
        self.link = link
        self.send = socket.send_bytes

    async def run(self) -> None:
        """Serve the connection until either side ends it."""
        await self.socket.accept()
        try:
            if await self.greet():
                while True:
                    await self.take(await self.receive())
        except WebSocketDisconnect:
            pass
        except (msgspec.MsgspecError, KeyError, TypeError) as fault:
            log.exception("the agent broke the protocol")
            await self.socket.close(PROTOCOL_ERROR, f"protocol error: {fault}"[:100])
        finally:
            if self.link.detach(self.send):
                await lose(self.ledger)

    async def receive(self) -> dict[str, Any]:
        """Return the next message; raises WebSocketDisconnect at the end."""
        try:
            data = await self.socket.receive_bytes()
        except RuntimeError:
            # What starlette raises once a message that was sent has found the connection closed.
            raise WebSocketDisconnect from None
        message: dict[str, Any] = msgspec.msgpack.decode(data)
        return message

    async def greet(self) -> bool:
        """Exchange hello and welcome; False if the agent speaks another protocol."""
        hello = await self.receive()
        if hello.get("t") != "hello" or hello.get("protocol") != PROTOCOL:
            reason = f"this server speaks protocol {PROTOCOL}; install the same version of policyscope on both sides"
            await self.socket.close(PROTOCOL_ERROR, reason)
            return False
        self.link.attach(hello["agent"], hello["catalog"], self.send)
        await welcome(self.ledger, self.link, hello["runs"])
        self.link.ready()
        return True

    async def take(self, message: dict[str, Any]) -> None:
        """Act on one message; unknown ones come from a newer agent and mean nothing to us."""
        match message["t"]:
            case "records":
                await self.records(message)
            case "trainer":
                await self.trainer(message)
            case "view":
                self.ledger.hub.watching.show(message["run"], message["view"])
            case "reply":
                self.link.answered(message)

    async def records(self, message: dict[str, Any]) -> None:
        """Commit records of a run that this agent was given, and say up to where they are settled."""
        run, epoch = message["run"], message["epoch"]
        if not await self.is_ours(run):
            return
        try:
            settled = await self.ledger.ingest(run, epoch, message["records"])
        except (SeqGap, StoreUnavailable) as refusal:
            # A new connection begins at what the store has; nothing is lost, it lies in the journal.
            log.warning("run %s: %s", run, refusal)
            await self.socket.close(AGAIN, str(refusal)[:100])
        except StoreError as refusal:
            log.error("run %s: its records are refused: %s", run, refusal)
        else:
            await self.link.send("settled", run=run, epoch=epoch, seq=settled)

    async def trainer(self, message: dict[str, Any]) -> None:
        """Note that a trainer lives or has gone; how its run ended stands in the records."""
        run, alive = message["run"], bool(message["alive"])
        if await self.is_ours(run):
            await self.ledger.change(run, lambda record: contact(record, alive))

    async def is_ours(self, run: str) -> bool:
        """Whether the run exists and was given to this agent."""
        record = await self.ledger.store.get_run(run)
        return record is not None and record.agent == self.link.agent
