"""One open socket: what waits to be sent, and the loop that sends it at the viewer's own speed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from backend.api.wire import encode
from backend.live.outlet import SLOW
from backend.live.subscription import Subscription
from backend.live.watching import Place

Send = Callable[[str], Awaitable[None]]

REPLIES = 256
VIEW_BACKLOG = 64 << 10
"""A view waits while more than this is still on its way to the viewer: pictures never queue in front of numbers."""
REVOKED, FLOOD = 4401, 1008


class Viewer:
    """A browser or a script on `/api/live`; it waits for nobody and nobody waits for it."""

    def __init__(self, session: str, send: Send, unsent: Callable[[], int], *, stall_s: float = 10.0) -> None:
        self.session = session
        self.raw_send = send
        self.unsent = unsent
        self.stall_s = stall_s
        self.subscriptions: dict[str, Subscription] = {}
        self.replies: deque[str] = deque()
        self.news: dict[str, str] = {}
        self.views: dict[str, Place] = {}
        self.wake = asyncio.Event()
        self.closing: int | None = None

    def reply(self, message: dict[str, Any]) -> None:
        """Queue an answer; a viewer that asks and never reads is closed."""
        self.replies.append(encode(message).decode())
        if len(self.replies) > REPLIES:
            self.close(SLOW)
        self.wake.set()

    def tell(self, run: str, text: str) -> None:
        """Queue the newest record of a run, in place of an older one that waits."""
        self.news.pop(run, None)
        self.news[run] = text
        self.wake.set()

    def close(self, code: int) -> None:
        """Ask the sending loop to end with a close code."""
        self.closing = self.closing or code
        self.wake.set()

    async def pump(self) -> int:
        """Send until there is a reason to close and return its code."""
        while self.closing is None:
            self.wake.clear()
            try:
                sent = await self.round() or await self.show()
            except TimeoutError:
                return SLOW
            if not sent and self.closing is None:
                await self.rest()
        return self.closing

    async def round(self) -> bool:
        """Send what is due of everything once, so that no run starves another."""
        sent = False
        while self.replies and self.closing is None:
            await self.send(self.replies.popleft())
        for run in list(self.news):
            await self.send(self.news.pop(run))
        now = asyncio.get_running_loop().time()
        for subscription in list(self.subscriptions.values()):
            if subscription.due <= now and subscription.behind:
                sent = await self.drain(subscription) or sent
        return sent

    async def show(self) -> bool:
        """Send one view that is due, if there is room for it; called when all telemetry is sent."""
        now = asyncio.get_running_loop().time()
        for place in list(self.views.values()):
            if place.text is None or place.due > now:
                continue
            if self.unsent() > VIEW_BACKLOG:
                place.due = now + place.interval
            elif (text := place.take(now)) is not None:
                await self.send(text)
                return True
        return False

    async def drain(self, subscription: Subscription) -> bool:
        """Send one message of a run, or with a rate limit everything up to now as few messages."""
        text = await subscription.next()
        while text is not None and self.closing is None:
            await self.send(text)
            subscription.sent_to = subscription.cursor
            if not subscription.interval:
                return True
            text = await subscription.next()
        subscription.due = asyncio.get_running_loop().time() + subscription.interval
        return False

    async def rest(self) -> None:
        """Sleep until something happens or a rate-limited run is due."""
        loop = asyncio.get_running_loop()
        dues = [subscription.due for subscription in self.subscriptions.values() if subscription.behind]
        dues += [place.due for place in self.views.values() if place.text is not None]
        alarm = loop.call_at(min(dues), self.wake.set) if dues else None
        try:
            await self.wake.wait()
        finally:
            if alarm:
                alarm.cancel()

    async def send(self, text: str) -> None:
        """Hand a message to the socket; raises TimeoutError when not one byte was taken for too long."""
        while True:
            before = self.unsent()
            try:
                async with asyncio.timeout(self.stall_s):
                    # It waits before it writes and not after: cancelled, it has sent nothing.
                    await self.raw_send(text)
                    return
            except TimeoutError:
                if self.unsent() >= before:
                    raise

    def missed(self) -> list[str]:
        """Return what to tell last of every run: the rows and events that this viewer will not get."""
        last = [subscription.give_up() for subscription in self.subscriptions.values()]
        return [text for text in last if text is not None]
