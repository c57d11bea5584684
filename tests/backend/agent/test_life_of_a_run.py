"""Start, commands, stop and end of a trainer, as the server sees them."""

import asyncio
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from backend.agent.liveness import start_time
from tests.backend.agent.fake_engine import read_all
from tests.backend.agent.fake_server import FakeServer

pytestmark = pytest.mark.usefixtures("agent")


async def test_a_run_is_shipped_from_its_first_record_to_its_exit(server: FakeServer, tmp_path: Path) -> None:
    await server.start("r1", updates=20)
    await server.until(lambda: server.trainers and not server.trainers[-1]["alive"])

    assert server.kinds("r1") == ["started", "finished"]
    assert [record["seq"] for record in server.records["r1"]] == list(range(1, 23))
    ended = server.trainers[-1]
    assert (ended["exit"], ended["pid"], ended["rows"]) == ("exit 0", None, 22), "the exit follows the last record"
    assert "hello from the trainer" in (tmp_path / "runs/r1/log.txt").read_text()


async def test_a_settled_run_is_left_out_of_the_next_hello(server: FakeServer, tmp_path: Path) -> None:
    await server.start("r1", updates=5)
    await server.until(lambda: (tmp_path / "runs/r1/settled").exists())
    await server.close()
    await server.open()
    await server.until(lambda: len(server.hellos) == 2)
    assert server.hellos[1]["runs"] == []
    await server.connected()
    await server.start("r1", updates=5)
    await server.until(lambda: server.trainers[-1]["exit"] is None)
    assert not server.trainers[-1]["alive"]


async def test_starting_twice_starts_once(server: FakeServer) -> None:
    for _ in range(10):
        await server.start("r1")
    await server.until(lambda: server.rows("r1") > 5)
    assert len({message["pid"] for message in server.trainers}) == 1
    assert server.kinds("r1") == ["started"]


async def test_an_ended_run_is_not_revived(server: FakeServer) -> None:
    server.settles = False
    await server.start("r1", updates=3)
    await server.until(lambda: server.kinds("r1")[-1:] == ["finished"])
    for resume in (False, True):
        await server.start("r1", updates=3, resume=resume)
    await asyncio.sleep(0.2)
    assert server.kinds("r1") == ["started", "finished"]


async def test_commands_reach_the_trainer_once(server: FakeServer) -> None:
    await server.start("r1")
    for ident, op in (("a", "pause"), ("a", "pause"), ("b", "resume"), ("a", "pause"), ("b", "resume")):
        await server.command("r1", op, ident)
    await server.until(lambda: server.kinds("r1").count("action_done") >= 2)
    await asyncio.sleep(0.1)
    done = [r["data"]["action_id"] for r in server.records["r1"] if r.get("kind") == "action_done"]
    assert done == ["a", "b"]


async def test_a_polite_stop(server: FakeServer) -> None:
    await server.start("r1")
    await server.until(lambda: server.rows("r1") > 3)
    await server.command("r1", "stop", checkpoint=True)
    await server.until(lambda: server.trainers[-1]["exit"] == "exit 0")
    assert server.kinds("r1") == ["started", "stopped"]


async def test_a_deaf_trainer_is_killed_with_its_children(server: FakeServer, tmp_path: Path) -> None:
    await server.start("r1", mood="deaf")
    await server.until(lambda: server.rows("r1") == 2)
    children = [int(pid) for pid in (tmp_path / "runs/r1/children").read_text().split()]
    await server.command("r1", "stop")
    await server.until(lambda: server.kinds("r1")[-1:] == ["stopped"])
    assert server.last("r1")["data"]["forced"] is True
    await server.until(lambda: not server.trainers[-1]["alive"])
    assert server.trainers[-1]["exit"] == "signal 9 (SIGKILL)"
    await server.until(lambda: all(start_time(pid) is None for pid in children))


async def test_a_killed_trainer_fails_with_its_signal(server: FakeServer) -> None:
    await server.start("r1")
    await server.until(lambda: server.rows("r1") > 5)
    killed = time.monotonic()
    os.kill(server.pid("r1"), signal.SIGKILL)
    await server.until(lambda: server.kinds("r1")[-1:] == ["failed"])
    assert time.monotonic() - killed < 1.0
    last = server.last("r1")
    assert last["data"]["reason"] == "killed by signal 9"
    assert last["at_update"] == server.records["r1"][-2]["rows"]["update"][-1]
    await server.until(lambda: server.trainers[-1]["exit"] == "signal 9 (SIGKILL)")


@pytest.mark.parametrize(
    ("mood", "said", "logged"), [("exit", "exit code 3", ""), ("raise", "exit code 1", "fell over")]
)
async def test_a_trainer_without_a_last_word_fails(server: FakeServer, mood: str, said: str, logged: str) -> None:
    await server.start("r1", mood=mood)
    await server.until(lambda: server.kinds("r1") == ["failed"])
    assert said in server.last("r1")["data"]["reason"]
    await server.send({"t": "log", "id": 1, "run": "r1"})
    await server.until(lambda: 1 in server.replies)
    assert logged in server.replies[1]["result"]["text"]


async def test_sigterm_suspends_and_resume_goes_on_in_the_same_numbers(server: FakeServer) -> None:
    await server.start("r1")
    await server.until(lambda: server.rows("r1") > 5)
    os.kill(server.pid("r1"), signal.SIGTERM)
    await server.until(lambda: server.trainers[-1]["exit"] == "exit 0")
    assert server.last("r1")["data"] == {"suspended": True}

    await server.start("r1", resume=True, updates=10**6)
    await server.until(lambda: server.last("r1")["type"] == "frame")
    await server.command("r1", "stop")
    await server.until(lambda: server.trainers[-1]["exit"] == "exit 0" and server.kinds("r1")[-1] == "stopped")
    assert server.kinds("r1") == ["started", "paused", "resumed", "stopped"]
    updates = [record["rows"]["update"][0] for record in server.records["r1"] if record["type"] == "frame"]
    assert updates == list(range(1, len(updates) + 1))


async def test_a_suspended_run_can_be_stopped_without_a_trainer(server: FakeServer) -> None:
    await server.start("r1")
    await server.until(lambda: server.rows("r1") > 2)
    os.kill(server.pid("r1"), signal.SIGTERM)
    await server.until(lambda: server.trainers[-1]["exit"] == "exit 0")
    await server.command("r1", "stop")
    await server.until(lambda: server.kinds("r1") == ["started", "paused", "stopped"])


async def test_resuming_what_is_not_here_fails_behind_what_is_settled(server: FakeServer) -> None:
    await server.send({"t": "start", "run": "r1", "epoch": 1, "config": {}, "resume": True, "settled": 0})
    await server.until(lambda: server.kinds("r1") == ["failed"])
    assert "no files of the run" in server.last("r1")["data"]["reason"]


async def test_forget_waits_for_the_trainer(server: FakeServer, tmp_path: Path) -> None:
    await server.start("r1")
    await server.until(lambda: server.rows("r1") > 2)
    await server.send({"t": "forget", "run": "r1"})
    await server.command("r1", "stop")
    await server.until(lambda: server.kinds("r1")[-1] == "stopped" and not server.trainers[-1]["alive"])
    assert (tmp_path / "runs/r1").exists()
    await server.send({"t": "forget", "run": "r1"})
    await server.until(lambda: not (tmp_path / "runs/r1").exists())


async def test_the_journal_forgets_what_is_settled(server: FakeServer, tmp_path: Path) -> None:
    await server.start("r1", updates=200, segment_bytes=2000, interval=0.001)
    await server.until(lambda: server.kinds("r1")[-1:] == ["finished"])
    await server.until(lambda: (tmp_path / "runs/r1/settled").exists())
    assert len(list((tmp_path / "runs/r1").glob("journal-*"))) == 1
    assert read_all(tmp_path / "runs/r1")[-1]["kind"] == "finished"


async def test_what_a_slow_store_has_not_settled_grows_into_one_batch(server: FakeServer) -> None:
    server.settles = False
    await server.start("r1")
    await server.until(lambda: len(server.batches.get("r1", [])) == 2)
    await asyncio.sleep(0.5)
    assert len(server.batches["r1"]) == 2
    server.settles = True
    await server.settle("r1")
    await server.until(lambda: len(server.batches["r1"]) > 2)
    assert server.batches["r1"][2] > sum(server.batches["r1"][:2])


async def test_what_a_trainer_may_and_sees(server: FakeServer, agent: "subprocess.Popen[bytes]") -> None:
    await server.start("r1")
    await server.until(lambda: server.rows("r1") > 2)
    pid = server.pid("r1")
    proc = Path(f"/proc/{pid}")
    assert b"planted-secret" not in (proc / "environ").read_bytes()
    assert b"MALLOC_MMAP_THRESHOLD_=33554432" in (proc / "environ").read_bytes()
    assert (proc / "oom_score_adj").read_text().strip() == "500"
    assert os.getsid(pid) == os.getpgid(pid) == pid != os.getsid(agent.pid)
    limits = (proc / "limits").read_text().splitlines()
    assert next(line.split()[4:6] for line in limits if line.startswith("Max core file")) == ["0", "0"]
    targets = [os.readlink(entry) for entry in (proc / "fd").iterdir()]
    assert [target for target in targets if "socket" in target or "agent.lock" in target] == []
