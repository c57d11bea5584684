"""A slow viewer gets fewer, joined frames, then a skip, then a close; nobody else notices (F6, I4)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from backend.live.channel import RING_BYTES, RING_ROWS, Shape
from backend.live.hub import Hub
from backend.live.outlet import SLOW
from backend.live.subscription import Subscription
from backend.live.viewer import REPLIES, Viewer
from tests.backend.kit import frame


class Taker:
    """The far end of a viewer: takes messages while its gate is open."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.unsent = 0
        self.open = asyncio.Event()
        self.open.set()

    async def take(self, text: str) -> None:
        await self.open.wait()
        self.messages.append(json.loads(text))

    def ranges(self) -> list[tuple[int, int]]:
        return [(m.get("first_seq") or m.get("from"), m.get("seq") or m.get("to")) for m in self.messages]


async def nothing(_: int) -> list[dict[str, Any]]:
    return []


def watching(hub: Hub, *, stall_s: float = 5.0, max_hz: float | None = None) -> tuple[Viewer, Taker, asyncio.Task[int]]:
    """Open a viewer of run "r" from now on."""
    taker = Taker()
    viewer = Viewer("s", taker.take, lambda: taker.unsent, stall_s=stall_s)
    channel = hub.channel("r", 1, 0)
    viewer.subscriptions["r"] = Subscription(channel, Shape(), channel.head + 1, replay=nothing, max_hz=max_hz)
    hub.viewers.add(viewer)
    return viewer, taker, asyncio.create_task(viewer.pump())


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


def tiled(ranges: list[tuple[int, int]], head: int) -> bool:
    """Whether ranges cover 1..head in order, without gap or overlap."""
    expected = 1
    for first, last in ranges:
        if first != expected or last < first:
            return False
        expected = last + 1
    return expected == head + 1


async def test_a_slow_viewer_gets_joined_frames_and_the_others_all_of_them() -> None:
    hub = Hub()
    _, slow, slow_task = watching(hub)
    _, fast, fast_task = watching(hub)
    slow.open.clear()
    for seq in range(1, 101):
        hub.publish("r", 1, [frame(seq, [seq])])
        await settle()
    assert len(fast.messages) == 100
    slow.open.set()
    await settle()
    assert 2 <= len(slow.messages) <= 3
    assert tiled(slow.ranges(), 100)
    assert tiled(fast.ranges(), 100)
    for task in (slow_task, fast_task):
        task.cancel()


async def test_one_too_slow_for_memory_is_told_what_it_missed() -> None:
    hub = Hub()
    _, slow, task = watching(hub)
    slow.open.clear()
    head = 0
    while head < RING_ROWS + 1000:
        hub.publish("r", 1, [frame(head + 1, list(range(head + 1, head + 101)))])
        head += 100
        await settle()
    slow.open.set()
    await settle()
    skips = [message for message in slow.messages if message["type"] == "skip"]
    assert [skip["reason"] for skip in skips] == ["slow"]
    assert tiled(slow.ranges(), head)
    task.cancel()


async def test_one_that_takes_nothing_is_closed() -> None:
    hub = Hub()
    viewer, stuck, task = watching(hub, stall_s=0.05)
    stuck.open.clear()
    hub.publish("r", 1, [frame(1, [1])])
    assert await asyncio.wait_for(task, 2) == SLOW
    hub.publish("r", 1, [frame(2, [2, 3])])
    assert [(json.loads(text)["type"], json.loads(text)["to"]) for text in viewer.missed()] == [("skip", 3)]


async def test_one_that_takes_a_message_slowly_is_kept() -> None:
    hub = Hub()
    _, trickling, task = watching(hub, stall_s=0.1)
    trickling.open.clear()
    trickling.unsent = 100_000
    hub.publish("r", 1, [frame(1, [1])])
    for _ in range(20):
        await asyncio.sleep(0.03)
        trickling.unsent -= 1
    assert not task.done()
    trickling.open.set()
    await settle()
    assert tiled(trickling.ranges(), 1)
    assert len(trickling.messages) == 1
    task.cancel()


async def test_one_that_asks_and_never_reads_is_closed() -> None:
    hub = Hub()
    viewer, stuck, task = watching(hub)
    stuck.open.clear()
    for number in range(REPLIES + 2):
        viewer.reply({"type": "unsubscribed", "id": number, "run": "r"})
    stuck.open.set()
    assert await asyncio.wait_for(task, 2) == SLOW


async def test_a_rate_limit_joins_frames_and_loses_none() -> None:
    hub = Hub()
    viewer, taker, task = watching(hub, max_hz=20)
    for seq in range(1, 61):
        hub.publish("r", 1, [frame(seq, [seq])])
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.1)
    assert tiled(taker.ranges(), 60)
    assert len(taker.messages) <= 15
    viewer.close(1000)
    assert await task == 1000


async def test_records_of_runs_are_told_once_and_the_newest_wins() -> None:
    hub = Hub()
    viewer, taker, task = watching(hub)
    taker.open.clear()
    record = {"id": "r", "state": "running", "version": 1, "head": 0, "update": 0, "env_steps": 0, "episodes": 0}
    hub.announce(record)
    await settle()
    for state in ("paused", "running", "paused"):
        hub.announce({**record, "state": state})
    taker.open.set()
    await settle()
    assert [message["run"]["state"] for message in taker.messages] == ["running", "paused"]
    hub.announce({**record, "state": "paused", "head": 9})
    await settle()
    assert len(taker.messages) == 2
    assert hub.waiting["r"]["head"] == 9
    viewer.close(1000)
    await task


async def test_wide_rows_take_no_more_memory_than_narrow_ones() -> None:
    hub = Hub()
    for seq in range(1, 1001):
        wide = frame(seq, [seq])
        wide["distributions"] = {
            f"d{n}": {**wide["distributions"]["advantage"], "counts": [[1, 1]] * 100} for n in range(8)
        }
        hub.publish("r", 1, [wide])
    channel = hub.channels["r"]
    assert channel.bytes <= RING_BYTES
    assert 50 < channel.rows < 200
    assert channel.start == 1001 - channel.rows


async def test_a_quiet_channel_that_nobody_watches_is_let_go() -> None:
    hub = Hub()
    hub.publish("r", 1, [frame(1, [1])])
    hub.channels["r"].touched -= 1000
    hub.prune()
    assert not hub.channels
