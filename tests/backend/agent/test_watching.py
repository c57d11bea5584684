"""Views on their way through the agent: only while somebody watches, never at the cost of a record."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.agent.protocol import View
from backend.agent.run import Run
from backend.agent.run_directory import RunDirectory
from backend.agent.timings import Timings
from backend.agent.watches import Watches
from rl_core.journal.inbox import InboxReader
from rl_core.journal.views import NAME, ViewReceiver, ViewSender
from tests.backend.agent.fake_server import FakeServer


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Closes what a test opens."""
    with ExitStack() as opened:
        yield opened


async def watch(server: FakeServer, run: str, fps: float) -> None:
    await server.send({"t": "watch", "run": run, "fps": fps})


@pytest.mark.usefixtures("agent")
async def test_views_come_while_a_run_is_watched(server: FakeServer, tmp_path: Path) -> None:
    await server.start("r1", interval=0.02)
    await server.until(lambda: server.rows("r1") > 1)
    await watch(server, "r1", 25.0)
    await server.until(lambda: len(server.views) > 3)
    assert {(v["run"], v["epoch"], v["view"]["fps"]) for v in server.views} == {("r1", 1, 25.0)}
    assert server.views[0]["view"]["image"] == b"x" * (60 << 10)
    await watch(server, "r1", 10.0)
    await server.until(lambda: server.views[-1]["view"]["fps"] == 10.0)
    await watch(server, "r1", 0.0)
    await server.until(lambda: not (tmp_path / "runs/r1" / NAME).exists())
    seen = len(server.views)
    await watch(server, "unknown", 5.0)
    rows = server.rows("r1")
    await server.until(lambda: server.rows("r1") > rows + 10)
    assert len(server.views) <= seen + 1  # one may have been on its way
    assert "view" not in {record["type"] for record in server.records["r1"]}


class Trainer:
    """A run that lives as far as the agent knows, and what came into its inbox."""

    def __init__(self, folder: Path) -> None:
        self.run = Run(RunDirectory(folder), epoch=1)
        folder.mkdir(parents=True)
        self.run.process = object()  # type: ignore[assignment]
        self.sent: list[View] = []
        self.link_free = True
        timings = Timings(lease=2.0, silence=0.5)
        self.watches = Watches(self._send, lambda: self.link_free, timings)
        self._inbox = InboxReader(self.run.directory.inbox)
        self.asked: list[float] = []

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    def hear(self) -> list[float]:
        self.asked += [command["fps"] for command in self._inbox.poll()]
        return self.asked


@pytest.fixture
def trainer(tmp_path: Path) -> Trainer:
    return Trainer(tmp_path / ("deep" * 40) / "run")


async def until(condition: Any, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_lease_that_is_not_renewed_ends(trainer: Trainer) -> None:
    trainer.watches.renew(trainer.run, 25.0)
    assert trainer.hear() == [25.0]
    await until(lambda: trainer.hear() == [25.0, 0.0])
    assert not (trainer.run.directory.path / NAME).exists()


async def test_a_silent_trainer_is_asked_again_and_one_that_speaks_is_not(trainer: Trainer) -> None:
    trainer.watches.renew(trainer.run, 25.0)
    with closing(ViewSender(trainer.run.directory.path)) as sender:
        for _ in range(15):
            sender.send({"t": 1})
            await asyncio.sleep(0.04)
            trainer.watches.renew(trainer.run, 25.0)
    assert trainer.hear() == [25.0]
    await asyncio.sleep(0.6)
    trainer.watches.renew(trainer.run, 25.0)
    assert trainer.hear() == [25.0, 25.0]
    trainer.watches.close()
    assert trainer.hear() == [25.0, 25.0]  # the next connection may go on


async def test_views_are_dropped_while_the_link_is_busy(trainer: Trainer, stack: ExitStack) -> None:
    forwarding = asyncio.create_task(trainer.watches.forward())
    sender = stack.enter_context(closing(ViewSender(trainer.run.directory.path)))
    trainer.watches.renew(trainer.run, 25.0)
    trainer.link_free = False
    sender.send({"t": 1})
    await asyncio.sleep(0.05)
    trainer.link_free = True
    sender.send({"t": 2})
    await until(lambda: trainer.sent)
    assert [view.view for view in trainer.sent] == [{"t": 2}]
    send_raw(sender, trainer.run.directory.path, b"\xc1 nonsense")
    await asyncio.sleep(0.05)
    sender.send({"t": 3})
    await until(lambda: len(trainer.sent) == 2)
    forwarding.cancel()
    trainer.watches.close()


def send_raw(sender: ViewSender, run: Path, datagram: bytes) -> None:
    folder = os.open(run, os.O_PATH)
    sender._socket.sendto(datagram, f"/proc/self/fd/{folder}/{NAME}")
    os.close(folder)


async def test_a_dead_run_is_not_watched(trainer: Trainer) -> None:
    trainer.run.process = None
    trainer.watches.renew(trainer.run, 25.0)
    assert not (trainer.run.directory.path / NAME).exists()
    assert trainer.hear() == []


def test_a_view_reaches_a_listener_however_deep_its_folder_lies_and_is_dropped_without_one(
    tmp_path: Path, stack: ExitStack
) -> None:
    folder = tmp_path / ("a" * 120)
    folder.mkdir()
    sender = stack.enter_context(closing(ViewSender(folder)))
    sender.send({"t": 0})
    receiver = ViewReceiver(folder)
    assert receiver.receive() is None
    for t in range(2000):  # more than the kernel keeps for a listener that does not read
        sender.send({"t": t})
    assert receiver.receive() == {"t": 0}
    receiver.close()
    sender.send({"t": 1})
    again = ViewReceiver(folder)
    sender.send({"t": 2})
    assert again.receive() == {"t": 2}
    send_raw(sender, folder, b"\xc1")
    with pytest.raises(msgspec.MsgspecError):
        again.receive()
    again.close()
