"""One connection to the server: hello, welcome, then records one way and orders the other."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from backend.agent.engine import Engine
from backend.agent.liveness import boot_id
from backend.agent.protocol import (
    DECODER,
    ENCODER,
    CheckEdit,
    Command,
    Disk,
    Forget,
    FromServer,
    GiveUp,
    Hello,
    Log,
    Message,
    ReadEpisode,
    ReadFrame,
    Resolve,
    RunHead,
    Settled,
    Shutdown,
    Start,
    Study,
    Trainer,
    Watch,
    Welcome,
)
from backend.agent.rpc import answer
from backend.agent.run import Run
from backend.agent.runs import Runs
from backend.agent.shipper import Shipper
from backend.agent.studies import Studies
from backend.agent.timings import Timings
from backend.agent.watches import Watches

logger = logging.getLogger(__name__)


class Session:
    """The agent's side of one websocket."""

    def __init__(
        self,
        socket: ClientConnection,
        runs: Runs,
        engine: Engine,
        data_dir: Path,
        timings: Timings,
        shut_down: Callable[[], None],
    ) -> None:
        self._socket = socket
        self._runs = runs
        self._engine = engine
        self._data_dir = data_dir
        self._timings = timings
        self._shut_down = shut_down
        self.shipper = Shipper(self._send, self._retire, timings)
        self._watches = Watches(self._send, self._link_free, timings)
        self._studies = Studies(self._send, engine.study, timings)

    async def open(self, agent_id: str) -> None:
        """Introduce this agent and take over what the server says is settled."""
        runs = [RunHead(run.id, run.epoch, run.head, run.alive) for run in self._runs]
        told_alive = {run.run for run in runs if run.alive}
        await self._send(Hello(agent_id, boot_id(), self._engine.catalog(), runs))
        async with asyncio.timeout(self._timings.welcome):
            while not isinstance(message := await self._receive(), Welcome):
                logger.warning("%s before welcome", type(message).__name__)
        for run in self._runs:
            if run.id in message.runs and message.runs[run.id].epoch == run.epoch:
                self._take_up(run, message.runs[run.id].settled, run.id in told_alive)

    async def serve(self) -> None:
        """Ship and obey until the connection closes."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.shipper.run())
                tasks.create_task(self._watches.forward())
                tasks.create_task(self._listen())
        except* ConnectionClosed as closed:
            logger.info("connection closed: %s", closed.exceptions[0])
        finally:
            self.shipper.close()
            self._watches.close()
            self._studies.close()

    def _take_up(self, run: Run, settled: int, told_alive: bool) -> None:
        run.settled = settled
        self._runs.conclude(run)
        run.owes_exit = told_alive or run.head > settled
        run.settle(settled)
        if not self._runs.retire(run):
            self.shipper.add(run)

    async def _listen(self) -> None:
        while True:
            message = await self._receive()
            try:
                await self._obey(message)
            except (OSError, ValueError):
                logger.exception("%s", type(message).__name__)

    async def _obey(self, message: FromServer) -> None:
        match message:
            case Settled():
                self._settle(message)
            case Start():
                await self._start(message)
            case Command():
                self._runs.command(message.run, message.command)
            case Resolve() | CheckEdit() | Log() | ReadEpisode() | ReadFrame() | Disk():
                await self._send(answer(self._engine, self._data_dir, message))
            case Study():
                self._studies.begin(message)
            case GiveUp():
                self._studies.end(message.id)
            case Watch():
                run = self._runs.get(message.run)
                if run:
                    self._watches.renew(run, message.fps)
            case Forget():
                self._watches.end(message.run)
                if self._runs.forget(message.run):
                    self.shipper.drop(message.run)
            case Shutdown():
                self._shut_down()
            case Welcome():
                logger.warning("a second welcome")

    def _settle(self, message: Settled) -> None:
        run = self._runs.get(message.run)
        if run and run.epoch == message.epoch:
            run.settle(message.seq)
            self.shipper.settled(run, message.seq)
            self._retire(run)

    def _retire(self, run: Run) -> None:
        if self._runs.retire(run):
            self.shipper.drop(run.id)

    async def _start(self, message: Start) -> None:
        run = self._runs.start(
            message.run, message.epoch, message.config, resume=message.resume, settled=message.settled
        )
        if run is None:
            await self._send(Trainer(message.run, message.epoch, alive=False, pid=None, exit=None))
            return
        if run.alive:
            await self._send(Trainer(run.id, run.epoch, alive=True, pid=run.pid, exit=None))
        run.owes_exit = True
        self.shipper.add(run)

    def _link_free(self) -> bool:
        """Whether nothing that was sent before still waits to leave this machine."""
        return self._socket.transport.get_write_buffer_size() == 0

    async def _send(self, message: Message) -> None:
        await self._socket.send(ENCODER.encode(message))

    async def _receive(self) -> FromServer:
        """Return the next message that this version understands."""
        while True:
            data = await self._socket.recv()
            try:
                return DECODER.decode(data if isinstance(data, bytes) else data.encode())
            except (msgspec.ValidationError, msgspec.DecodeError) as error:
                logger.warning("message not understood: %s", error)
