"""Nothing is lost or doubled when agent, server or machine goes away."""

import asyncio
import os
import random
import signal
import subprocess
from pathlib import Path

import msgspec
import pytest

from backend.agent.liveness import start_time
from rl_core.journal.journal import JournalWriter
from tests.backend.agent.conftest import Spawn
from tests.backend.agent.fake_engine import read_all
from tests.backend.agent.fake_server import TOKEN, FakeServer, write

pytestmark = pytest.mark.faults

Agent = subprocess.Popen[bytes]


async def test_a_killed_agent_is_replaced_and_nothing_is_missing(
    server: FakeServer, agent: Agent, spawn_agent: Spawn
) -> None:
    await server.start("r1")
    await server.until(lambda: server.rows("r1") > 20)
    pid = server.pid("r1")
    for _ in range(2):
        agent.kill()
        agent.wait()
        assert start_time(pid) is not None, "the trainer goes on"
        hellos = len(server.hellos)
        agent = spawn_agent()
        await server.until(lambda seen=hellos: len(server.hellos) > seen)
        assert [(run["run"], run["alive"]) for run in server.hellos[-1]["runs"]] == [("r1", True)]
    await server.connected()
    await server.command("r1", "stop")
    await server.until(lambda: server.kinds("r1") == ["started", "stopped"])
    seqs = [record["seq"] for record in server.records["r1"]]
    assert seqs == list(range(1, len(seqs) + 1))
    await server.until(lambda: server.trainers[-1]["exit"] == "unknown")


async def test_an_adopted_trainer_obeys_and_its_death_is_seen(
    server: FakeServer, agent: Agent, spawn_agent: Spawn
) -> None:
    await server.start("r1")
    await server.until(lambda: server.rows("r1") > 5)
    agent.kill()
    agent.wait()
    spawn_agent()
    await server.until(lambda: len(server.hellos) == 2)
    await server.connected()
    await server.command("r1", "pause")
    await server.until(lambda: "action_done" in server.kinds("r1"))
    os.kill(server.pid("r1"), signal.SIGKILL)
    await server.until(lambda: server.kinds("r1")[-1] == "failed")
    assert "adopted" in server.last("r1")["data"]["reason"]


async def test_a_stop_survives_the_agent(server: FakeServer, agent: Agent, spawn_agent: Spawn) -> None:
    await server.start("r1", mood="deaf")
    await server.until(lambda: server.rows("r1") == 2)
    await server.command("r1", "stop")
    await asyncio.sleep(0.1)
    agent.kill()
    agent.wait()
    spawn_agent()
    await server.until(lambda: server.kinds("r1")[-1] == "stopped")


async def test_a_trainer_that_died_unseen_has_failed(server: FakeServer, agent: Agent, spawn_agent: Spawn) -> None:
    await server.start("r1")
    await server.until(lambda: server.rows("r1") > 5)
    agent.kill()
    agent.wait()
    os.kill(server.pid("r1"), signal.SIGKILL)
    spawn_agent()
    await server.until(lambda: server.kinds("r1")[-1] == "failed")
    assert server.last("r1")["data"]["reason"] == "trainer died while no agent was watching"


async def test_a_run_from_before_the_boot_fails_behind_what_the_store_has(
    server: FakeServer, spawn_agent: Spawn, tmp_path: Path
) -> None:
    """A power cut may take records that the store already holds: their numbers are not used again."""
    directory = tmp_path / "runs/r1"
    journal = JournalWriter(directory)
    for seq in (1, 2, 3):
        journal.append({"type": "event", "seq": seq, "kind": "started", "at_update": 4, "wall": 1.5, "data": {}})
    journal.close()
    identity = {"pid": os.getpid(), "start_time": 1, "boot_id": "another boot", "epoch": 1}
    write(directory / "trainer.json", msgspec.json.encode(identity).decode())
    server.records["r1"] = [{"type": "frame", "seq": 5}]
    server.settled["r1"] = 5
    spawn_agent()
    await server.until(lambda: server.rows("r1") == 2)
    last = server.last("r1")
    assert (last["seq"], last["kind"], last["data"]) == (6, "failed", {"reason": "host restart"})
    assert (last["at_update"], last["wall"]) == (4, 1.5)


async def test_a_server_that_was_away_gets_the_backlog(server: FakeServer, agent: Agent) -> None:
    await server.start("r1", updates=400, interval=0.001)
    await server.until(lambda: server.rows("r1") > 5)
    await server.close()
    await asyncio.sleep(0.3)
    before = server.rows("r1")
    await server.open()
    await server.until(lambda: server.kinds("r1") == ["started", "finished"])
    assert server.rows("r1") == 402 > before
    await server.until(lambda: not server.trainers[-1]["alive"])


async def test_nothing_is_forgotten_before_it_is_settled(server: FakeServer, agent: Agent, tmp_path: Path) -> None:
    server.settles = False
    await server.start("r1", updates=50, segment_bytes=1000, interval=0.001)
    await server.until(lambda: server.rows("r1") > 1 and len(read_all(tmp_path / "runs/r1")) == 52)
    assert [record["seq"] for record in read_all(tmp_path / "runs/r1")] == list(range(1, 53))
    server.records.clear()
    await server.close()
    server.settles = True
    await server.open()
    await server.until(lambda: server.kinds("r1") == ["started", "finished"])
    assert [record["seq"] for record in server.records["r1"]] == list(range(1, 53))


async def test_shutdown_leaves_every_run_suspended(server: FakeServer, agent: Agent, spawn_agent: Spawn) -> None:
    for run in ("r1", "r2"):
        await server.start(run)
    await server.until(lambda: server.rows("r1") > 5 and server.rows("r2") > 5)
    pids = [server.pid("r1"), server.pid("r2")]
    await server.send({"t": "shutdown"})
    assert await asyncio.to_thread(agent.wait, 3) == 0
    assert [server.last(run)["data"] for run in ("r1", "r2")] == [{"suspended": True}] * 2
    assert [start_time(pid) for pid in pids] == [None, None]

    spawn_agent()
    await server.until(lambda: len(server.hellos) == 2)
    assert {run["run"]: run["alive"] for run in server.hellos[1]["runs"]} == {"r1": False, "r2": False}
    await server.connected()
    await server.start("r1", resume=True)
    await server.until(lambda: server.last("r1")["type"] == "frame")
    assert server.kinds("r1") == ["started", "paused", "resumed"]


async def test_an_orphaned_agent_leaves_but_not_its_trainer(server: FakeServer, spawn_agent: Spawn) -> None:
    agent = spawn_agent(orphan=0.3)
    await server.connected()
    await server.start("r1", updates=150)
    await server.until(lambda: server.rows("r1") > 5)
    await server.close()
    await asyncio.sleep(0.5)
    assert agent.poll() is None, "its trainer lives"
    assert await asyncio.to_thread(agent.wait, 5) == 0


async def test_only_one_agent_at_a_time(server: FakeServer, agent: Agent, spawn_agent: Spawn) -> None:
    assert await asyncio.to_thread(spawn_agent().wait, 5) == 0
    assert agent.poll() is None
    assert len(server.hellos) == 1


async def test_a_refused_token_is_tried_again_in_peace(server: FakeServer, spawn_agent: Spawn, tmp_path: Path) -> None:
    write(tmp_path / "agent.token", "wrong")
    agent = spawn_agent()
    await server.until(lambda: server.attempts > 0)
    await asyncio.sleep(1.0)
    assert server.attempts <= 11, "at most one try per 0.1 s"
    assert not server.hellos
    write(tmp_path / "agent.token", TOKEN)
    await server.connected()
    assert agent.poll() is None


async def test_a_token_that_others_can_read_is_not_used(server: FakeServer, spawn_agent: Spawn, tmp_path: Path) -> None:
    (tmp_path / "agent.token").chmod(0o644)
    spawn_agent()
    await asyncio.sleep(0.7)
    assert server.attempts == 0
    (tmp_path / "agent.token").chmod(0o600)
    await server.connected()


@pytest.mark.parametrize("seed", range(4))
async def test_kills_at_random_moments(server: FakeServer, agent: Agent, seed: int) -> None:
    """The terminal event is single and last, whenever the trainer dies; the fault is drawn from the seed."""
    draw = random.Random(seed)
    runs = [f"r{n}" for n in range(5)]
    for run in runs:
        await server.start(run, interval=0.001)
    await server.until(lambda: sum(message["alive"] for message in server.trainers) == len(runs))
    for run in runs:
        await asyncio.sleep(draw.uniform(0, 0.05))
        os.kill(server.pid(run), signal.SIGKILL)
    await server.until(lambda: sum(not message["alive"] for message in server.trainers) == len(runs))
    for run in runs:
        assert server.kinds(run).count("failed") == 1
        assert server.last(run)["kind"] == "failed"


async def test_a_record_is_on_the_wire_within_milliseconds(server: FakeServer, agent: Agent) -> None:
    await server.start("r1", updates=100, interval=0.01)
    await server.until(lambda: server.kinds("r1")[-1:] == ["finished"])
    pairs = zip(server.records["r1"], server.arrived["r1"], strict=True)
    late = sorted(at - record["rows"]["wall"][0] for record, at in pairs if record["type"] == "frame")
    print(f"append to server: median {late[50] * 1e3:.1f} ms, 95 % {late[95] * 1e3:.1f} ms")
    assert late[50] < 0.1
