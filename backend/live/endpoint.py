"""`/api/live`: what a viewer says, answered; what happens, sent."""

from __future__ import annotations

import asyncio
import json
from typing import Any, assert_never

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from backend.api.body import read
from backend.api.errors import ApiError, invalid, wrong_state
from backend.auth import roles
from backend.auth.floods import MESSAGE_BYTES, SUBSCRIPTIONS, WATCHES, Floods
from backend.auth.identity import Principal
from backend.jobs.edits import Edits
from backend.jobs.ledger import Ledger
from backend.live.channel import Shape
from backend.live.hub import Hub
from backend.live.messages import (
    SUBPROTOCOL,
    AnyClientMessage,
    ClientMessage,
    Names,
    SetControls,
    Subscribe,
    Unsubscribe,
    Watch,
    client_message,
)
from backend.live.outlet import SLOW, outlet_of
from backend.live.subscription import Resume, Subscription
from backend.live.viewer import FLOOD, Viewer
from backend.storage.errors import ReplayGone

REPLAY_ROWS = 5_000
"""A viewer further behind reads the series, which is shorter, and goes on from there."""
CHUNK_ROWS = 500
SHOWN = ("starting", "running", "paused", "stopping")
"""The states in which a run has a policy that can play."""
TOO_BIG, UNSUPPORTED = 1009, 1003


class LiveSocket:
    """One viewer's connection."""

    def __init__(
        self, socket: WebSocket, caller: Principal, *, ledger: Ledger, edits: Edits, floods: Floods, stall_s: float
    ) -> None:
        self.socket = socket
        self.caller = caller
        self.ledger = ledger
        self.hub: Hub = ledger.hub
        self.edits = edits
        self.floods = floods
        self.outlet = outlet_of(socket.scope)
        self.viewer = Viewer(caller.session, socket.send_text, self.outlet.unsent, stall_s=stall_s)

    async def run(self) -> None:
        """Serve the viewer until either side ends it."""
        offered = self.socket.scope.get("subprotocols") or []
        self.outlet.be_patient()
        await self.socket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        self.hub.viewers.add(self.viewer)
        sending = asyncio.create_task(self.send())
        receiving = asyncio.create_task(self.receive())
        try:
            await asyncio.wait([sending, receiving], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.hub.viewers.discard(self.viewer)
            self.hub.watching.leave_all(self.viewer)
            sending.cancel()
            receiving.cancel()
            await asyncio.gather(sending, receiving, return_exceptions=True)

    async def send(self) -> None:
        """Send what is due, and in the end the close code; returns once the connection is gone."""
        try:
            code = await self.viewer.pump()
        except (WebSocketDisconnect, RuntimeError):
            return
        self.hub.viewers.discard(self.viewer)
        self.hub.watching.leave_all(self.viewer)
        self.outlet.farewell(self.viewer.missed() if code == SLOW else (), code)
        # The viewer keeps its place among the sockets until it has read that, or its time is over.
        await asyncio.Event().wait()

    async def receive(self) -> None:
        """Take messages until the viewer leaves or misbehaves."""
        flood_key = str(id(self))
        while True:
            message = await self.socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            if self.viewer.closing is not None:
                continue
            if text is None or len(text) > MESSAGE_BYTES:
                self.viewer.close(UNSUPPORTED if text is None else TOO_BIG)
            elif not self.floods.message(flood_key):
                self.viewer.close(FLOOD)
            else:
                await self.take(text)

    async def take(self, text: str) -> None:
        """Act on one message, or say what is wrong with it."""
        try:
            await self.obey(client_message.validate_python(read(text)))
        except ValidationError as found:
            self.refuse(id_in(text), first_error(found))
        except ApiError as refusal:
            self.refuse(id_in(text), refusal.error)

    def refuse(self, message_id: int | None, error: dict[str, Any]) -> None:
        """Answer with an error object."""
        self.viewer.reply({"type": "error", "id": message_id, "error": error})

    async def obey(self, message: AnyClientMessage) -> None:
        """Do what a message of the protocol asks; raises ApiError."""
        needed = roles.MESSAGES[message.type]
        if not roles.permits(self.caller.role, needed):
            raise ApiError(403, "forbidden", f"This needs the role {needed}.")
        match message:
            case Subscribe():
                await self.subscribe(message)
            case Unsubscribe():
                self.viewer.subscriptions.pop(message.run, None)
                self.viewer.reply({"type": "unsubscribed", "id": message.id, "run": message.run})
            case SetControls():
                accepted, _ = await self.edits.edit(message.run, message, self.caller.name)
                self.viewer.reply({"type": "edit", "id": message.id, **accepted.model_dump()})
            case Watch():
                await self.watch(message)
            case _:
                assert_never(message)

    async def subscribe(self, message: Subscribe) -> None:
        """Begin or change a subscription; what was sent before `subscribed` belongs to the one before."""
        subscriptions = self.viewer.subscriptions
        if message.run not in subscriptions and len(subscriptions) >= SUBSCRIPTIONS:
            raise ApiError(429, "too_many_requests", f"{SUBSCRIPTIONS} subscriptions a socket are the limit.")
        subscriptions.pop(message.run, None)
        record = await self.ledger.get(message.run)
        channel = self.hub.channel(record.id, record.epoch, record.head)
        head = max(channel.head, record.head) if channel.epoch == record.epoch else channel.head
        resume, cursor = place(message, channel.epoch, head)
        subscription = Subscription(
            channel, Shape(names(message.metrics), names(message.distributions)), cursor,
            replay=self.reader(record.id, channel.epoch), max_hz=message.max_hz,
        )  # fmt: skip
        if subscription.catching_up:
            try:
                await subscription.preload()
            except ReplayGone:
                resume = "reload"
                subscription.move(head + 1)
        opening = {"type": "subscribed", "id": message.id, "run": record.to_json(), "epoch": channel.epoch}
        self.viewer.reply({**opening, "head": head, "resume": resume})
        subscriptions[message.run] = subscription

    async def watch(self, message: Watch) -> None:
        """Begin or end a look at the policy as it plays; raises ApiError 409 where nobody could show it."""
        record = await self.ledger.get(message.run)
        if not message.on:
            self.hub.watching.leave(record.id, self.viewer)
        elif record.state not in SHOWN or not record.reachable:
            state = record.state if record.reachable else f"{record.state} and out of reach"
            raise wrong_state(state, "there is no policy that could play now.")
        elif message.run not in self.viewer.views and len(self.viewer.views) >= WATCHES:
            raise ApiError(429, "too_many_requests", f"{WATCHES} watched runs a socket are the limit.")
        else:
            self.hub.watching.join(record.id, self.viewer, message.max_fps)
        self.viewer.reply({"type": "watching", "id": message.id, "run": record.id, "on": message.on})

    def reader(self, run: str, epoch: int) -> Any:
        """Return how a subscription reads what is no longer in memory."""

        async def read(after: int) -> list[dict[str, Any]]:
            return await self.ledger.store.replay(run, epoch, after, CHUNK_ROWS)

        return read


def place(message: Subscribe, epoch: int, head: int) -> tuple[Resume, int]:
    """Decide where a stream goes on: after what the viewer has, from now, or from now after reloading."""
    after = message.after
    if after is None:
        return "live", head + 1
    if after.epoch != epoch or not head - REPLAY_ROWS <= after.seq <= head:
        return "reload", head + 1
    return "replay", after.seq + 1


def names(wanted: Names) -> Any:
    """Return names as a set, so that equal wishes share one text."""
    return wanted if wanted == "*" else frozenset(wanted)


def first_error(found: ValidationError) -> dict[str, Any]:
    """Turn the first thing that is wrong with a message into an error object."""
    error = found.errors(include_url=False)[0]
    about = invalid(error, ClientMessage)
    return about | {"code": "unknown_message"} if error["type"].startswith("union_tag") else about


def id_in(text: str) -> int | None:
    """Return the id of a message that could not be read otherwise."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    number = found.get("id") if isinstance(found, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) and abs(number) <= 2**53 else None
