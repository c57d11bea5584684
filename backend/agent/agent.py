"""The agent: the runs of a machine, the connection to the server, and when to leave."""

import asyncio
import logging
import signal
import uuid
from pathlib import Path

from websockets.asyncio.client import ClientConnection

from backend.agent.connection import Connection
from backend.agent.engine import Engine
from backend.agent.run import Run
from backend.agent.runs import Runs
from backend.agent.session import Session
from backend.agent.timings import Timings

logger = logging.getLogger(__name__)


class Agent:
    """Owns the trainers of this machine for as long as somebody needs them."""

    def __init__(self, data_dir: Path, engine: Engine, timings: Timings) -> None:
        self._data_dir = data_dir
        self._engine = engine
        self._timings = timings
        self._agent_id = agent_id(data_dir)
        self._runs = Runs(data_dir, engine.train, timings, self._changed)
        self._connection = Connection(data_dir, timings, self._serve)
        self._session: Session | None = None
        self._leave = asyncio.Event()

    async def run(self) -> None:
        """Work until a shutdown, a signal, or until there is neither a server nor a trainer."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._leave.set)
        self._runs.adopt()
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(self._connection.run()), tasks.create_task(self._watch_for_orphanhood())]
            await self._leave.wait()
            await self._suspend()
            for task in running:
                task.cancel()
        self._runs.release()

    async def _serve(self, socket: ClientConnection) -> None:
        session = Session(socket, self._runs, self._engine, self._data_dir, self._timings, self._leave.set)
        await session.open(self._agent_id)
        self._connection.established()
        self._session = session
        try:
            await session.serve()
        finally:
            self._session = None

    def _changed(self, run: Run) -> None:
        if self._session:
            self._session.shipper.look_at(run)

    async def _suspend(self) -> None:
        """Have every trainer write its checkpoint; one that takes too long does it when it can, unwatched."""
        self._runs.suspend_all()
        try:
            async with asyncio.timeout(self._timings.suspend):
                while self._runs.any_alive or (self._session and not self._session.shipper.idle):  # noqa: ASYNC110
                    await asyncio.sleep(self._timings.poll_fast)
        except TimeoutError:
            logger.warning("leaving while a trainer or its last records are not through; the next agent takes over")

    async def _watch_for_orphanhood(self) -> None:
        while not self._leave.is_set():
            await asyncio.sleep(min(1.0, self._timings.orphan / 4))
            if self._connection.away_for > self._timings.orphan and not self._runs.any_alive:
                logger.info("no server and no trainer: leaving")
                self._leave.set()


def agent_id(data_dir: Path) -> str:
    """Return this machine's id, drawn at the first start; it says nothing about the machine."""
    path = data_dir / "agent.id"
    if not path.exists():
        path.write_text(uuid.uuid4().hex)
    return path.read_text().strip()
