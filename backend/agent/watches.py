"""Live watching: views come from a trainer's watcher, the newest of each run goes to the server if the link is free."""

import asyncio
import logging
from collections.abc import Callable
from uuid import uuid4

import msgspec

from backend.agent.protocol import View
from backend.agent.run import Run
from backend.agent.shipper import Alarm, Send
from backend.agent.timings import Timings
from rl_core.journal.views import ViewReceiver

logger = logging.getLogger(__name__)


class Lease:
    """One run that somebody watches: its socket, and when that ends unless it is renewed."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.fps = 0.0
        self.receiver = ViewReceiver(run.directory.path)
        self.heard_at = 0.0
        self.expiry: asyncio.TimerHandle | None = None

    def ask(self, fps: float) -> None:
        """Have the trainer play at so many frames per second; 0 = no more."""
        self.fps = fps
        self.run.deliver({"id": f"watch-{uuid4().hex}", "op": "watch", "fps": fps})


class Watches:
    """All leases of a connection; `link_free` says whether a view would get through without anything waiting for it."""

    def __init__(self, send: Send, link_free: Callable[[], bool], timings: Timings) -> None:
        self._send = send
        self._link_free = link_free
        self._timings = timings
        self._leases: dict[str, Lease] = {}
        self._newest: dict[str, View] = {}
        self._alarm = Alarm()

    def renew(self, run: Run, fps: float) -> None:
        """Watch a run, or go on; at a fps of 0 no more. A trainer that says nothing is asked again."""
        if fps <= 0 or not run.alive:
            self.end(run.id)
            return
        loop = asyncio.get_running_loop()
        lease = self._leases.get(run.id) or self._begin(run)
        if fps != lease.fps or loop.time() - lease.heard_at > self._timings.silence:
            lease.heard_at = loop.time()
            lease.ask(fps)
        if lease.expiry:
            lease.expiry.cancel()
        lease.expiry = loop.call_later(self._timings.lease, self.end, run.id)

    def end(self, run_id: str) -> None:
        """Watch a run no more."""
        self._newest.pop(run_id, None)
        lease = self._release(run_id)
        if lease and lease.run.alive:
            lease.ask(0.0)

    def close(self) -> None:
        """Stop listening, without a word to the trainers: the next connection may go on, else they notice."""
        for run_id in list(self._leases):
            self._release(run_id)

    async def forward(self) -> None:
        """Send the newest views; those that come while the link is busy are dropped for newer ones."""
        while True:
            await self._alarm.wait(float("inf"))
            while self._newest:
                view = self._newest.pop(next(iter(self._newest)))
                if self._link_free():
                    await self._send(view)

    def _begin(self, run: Run) -> Lease:
        lease = self._leases[run.id] = Lease(run)
        asyncio.get_running_loop().add_reader(lease.receiver.fileno(), self._take, lease)
        return lease

    def _release(self, run_id: str) -> Lease | None:
        lease = self._leases.pop(run_id, None)
        if lease:
            asyncio.get_running_loop().remove_reader(lease.receiver.fileno())
            lease.receiver.close()
            if lease.expiry:
                lease.expiry.cancel()
        return lease

    def _take(self, lease: Lease) -> None:
        lease.heard_at = asyncio.get_running_loop().time()
        try:
            view = lease.receiver.receive()
        except msgspec.MsgspecError as error:
            logger.warning("run %s: a view makes no sense: %s", lease.run.id, error)
        else:
            if view is not None:
                self._newest[lease.run.id] = View(lease.run.id, lease.run.epoch, view)
                self._alarm.ring()
