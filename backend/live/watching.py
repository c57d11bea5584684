"""Who looks at which run's policy as it plays: views in, the newest of each out, and none of them kept."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from backend.live.views import message_of

if TYPE_CHECKING:
    from backend.live.viewer import Viewer

Send = Callable[..., Awaitable[None]]
"""Sends a message of some kind with its fields to the agent."""
RENEW_SECONDS = 5.0
"""How often the agent is told that somebody still looks; it stops by itself when it hears no more of it."""


class Place:
    """One viewer's look at one run: the newest view that is not sent yet."""

    def __init__(self, max_fps: float) -> None:
        self.interval = 1 / max_fps
        self.due = 0.0
        self.text: str | None = None

    def take(self, now: float) -> str | None:
        """Return the view that waits, and begin the pause before the next one."""
        text, self.text = self.text, None
        # From when it was due, not from now: otherwise every late view would lower the rate.
        self.due = max(self.due, now - self.interval) + self.interval
        return text


class Watching:
    """The runs that are watched, and by whom."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[Viewer, Place]] = defaultdict(dict)
        self.changed = asyncio.Event()

    def join(self, run: str, viewer: Viewer, max_fps: float) -> None:
        """Let a viewer look at a run, or change how often it does."""
        place = Place(max_fps)
        self.runs[run][viewer] = viewer.views[run] = place
        self.changed.set()

    def leave(self, run: str, viewer: Viewer) -> None:
        """Let a viewer look away."""
        viewer.views.pop(run, None)
        if viewer in self.runs.get(run, {}):
            del self.runs[run][viewer]
            self.changed.set()

    def leave_all(self, viewer: Viewer) -> None:
        """Forget a viewer whose socket is gone."""
        for run in list(viewer.views):
            self.leave(run, viewer)

    def end(self, run: str) -> None:
        """Forget a run of which no more views come."""
        for viewer in list(self.runs.get(run, ())):
            self.leave(run, viewer)

    def show(self, run: str, view: dict[str, Any]) -> None:
        """Give a view to everybody who looks at the run, in place of one that still waits; written once."""
        places = self.runs.get(run)
        text = message_of(run, view) if places else None
        if not places or text is None:
            return
        for viewer, place in places.items():
            place.text = text
            viewer.wake.set()

    async def tell(self, send: Send) -> None:
        """Keep the agent informed of how many views a second each run needs; runs for the life of the server."""
        told: set[str] = set()
        while True:
            self.changed.clear()
            wanted = {run: fastest(places) for run, places in self.runs.items() if places}
            for run in told - wanted.keys():
                self.runs.pop(run, None)
                await send("watch", run=run, fps=0.0)
            for run, fps in wanted.items():
                await send("watch", run=run, fps=fps)
            told = set(wanted)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), RENEW_SECONDS)


def fastest(places: dict[Viewer, Place]) -> float:
    """Return how many views a second satisfy everybody."""
    return max(1 / place.interval for place in places.values())
