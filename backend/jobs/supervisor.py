"""The agent of this machine: started detached, started again when it dies, asked to leave on a clean stop."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from pathlib import Path

from backend.jobs.link import AgentLink

log = logging.getLogger("policyscope.jobs")

LOOK_SECONDS = 0.25
LEAVE_SECONDS = 8.0
BACKOFF_SECONDS = (0.5, 10.0)


class Supervisor:
    """Keeps one local agent alive, across restarts of either side.

    The agent is a process of its own session and never our child to kill: when this server dies, it trains on, and
    the next server's attempt to start another ends at the agent's lock.
    """

    def __init__(self, data_dir: Path, link: AgentLink) -> None:
        self.data_dir = data_dir
        self.link = link
        self.process: subprocess.Popen[bytes] | None = None
        self.spawning = asyncio.Lock()
        self.stopping = False

    async def run(self) -> None:
        """Look after the agent; runs for the life of the server."""
        pause = BACKOFF_SECONDS[0]
        while not self.stopping:
            if self.lives() or self.link.connected.is_set():
                pause = BACKOFF_SECONDS[0] if self.link.connected.is_set() else pause
                await asyncio.sleep(LOOK_SECONDS)
                continue
            async with self.spawning:
                if not self.stopping:
                    self.process = await asyncio.to_thread(self.spawn)
            await asyncio.sleep(pause)
            pause = min(2 * pause, BACKOFF_SECONDS[1])

    def lives(self) -> bool:
        """Whether the agent that we started still runs."""
        if self.process is None:
            return False
        code = self.process.poll()
        if code not in (None, 0):
            log.warning("the agent ended with code %s; %s says why", code, self.log_file)
            self.process = None
        return code is None

    @property
    def log_file(self) -> Path:
        """Where the agent's output goes."""
        return self.data_dir / "agent.log"

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start an agent; it ends at once if another one holds the lock."""
        command = [sys.executable, "-m", "backend.agent", "--data-dir", str(self.data_dir)]
        with self.log_file.open("ab") as output:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )

    async def leave(self) -> None:
        """Have every run checkpointed and left paused, and the agent gone."""
        self.stopping = True
        async with self.spawning:
            starting = not self.link.connected.is_set()
        if starting and not self.lives():
            return
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self.dismiss(starting)
        except TimeoutError:
            log.warning("the agent needs longer than %s s to checkpoint its runs; it goes on by itself", LEAVE_SECONDS)

    async def dismiss(self, starting: bool) -> None:
        """Ask the agent to go, by its connection or, while it has none, by SIGTERM, which means the same to it."""
        if starting and self.process is not None:
            self.process.terminate()
        else:
            await self.link.send("shutdown")
            await self.link.gone.wait()
        while self.process is not None and self.process.poll() is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
