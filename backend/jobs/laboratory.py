"""Experiments of the laboratory: one at a time, each done once however many ask for it, the last ones remembered."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from backend.api.errors import refused
from backend.auth.floods import too_many
from backend.jobs.link import AgentLink

REMEMBERED = 32
WAITING = 8
SECONDS = 75.0
"""The agent gives up before: it ends an experiment after a minute."""


@dataclass
class Going:
    """An experiment that is being done, and how many wait for it."""

    task: asyncio.Task[dict[str, Any]]
    waiting: int = 0


class Laboratory:
    """Asks the agent, which does each experiment in a process of its own."""

    def __init__(self, link: AgentLink) -> None:
        self.link = link
        self.place = asyncio.Semaphore(1)
        self.going: dict[str, Going] = {}
        self.known: OrderedDict[str, dict[str, Any]] = OrderedDict()

    async def study(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the result; raises ApiError 422 for a refused request, 429 while too many wait, 503 without agent.

        Whoever is cancelled waits no longer, and with the last of them the experiment ends.
        """
        key = json.dumps(body, sort_keys=True)
        if key in self.known:
            self.known.move_to_end(key)
            return self.known[key]
        going = self.going.get(key) or self.begin(key, body)
        going.waiting += 1
        try:
            return await asyncio.shield(going.task)
        finally:
            going.waiting -= 1
            if not going.waiting:
                self.end(key, going)

    def begin(self, key: str, body: dict[str, Any]) -> Going:
        """Start an experiment that nobody has asked for yet; raises ApiError 429."""
        if len(self.going) >= WAITING:
            raise too_many(f"{WAITING} experiments wait already; wait for one of them.", 5)
        going = self.going[key] = Going(asyncio.create_task(self.ask(key, body)))
        return going

    def end(self, key: str, going: Going) -> None:
        """Let go of an experiment for which nobody waits, done or not; who asks from now on begins it anew."""
        going.task.cancel()
        if self.going.get(key) is going:
            del self.going[key]

    async def ask(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Have the agent do it when its turn has come."""
        async with self.place:
            answer = await self.link.call("study", timeout_s=SECONDS, body=body)
        if answer.get("errors"):
            raise refused(answer["errors"], listed="")
        result: dict[str, Any] = answer["result"]
        self.known[key] = result
        while len(self.known) > REMEMBERED:
            self.known.popitem(last=False)
        return result
