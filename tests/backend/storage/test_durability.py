"""Power cuts and kills: what was answered is there, and what is there is a gapless prefix."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.storage import Store, log, runs, seal, series, streams
from backend.storage.engine.connect import writer_engine
from backend.storage.payloads import first_seq
from tests.backend.storage.faulty_writer import payloads
from tests.backend.storage.telemetry import new_record, progress

COPIES = 200
ROUNDS = 5


def check_prefix(conn: sa.Connection, run_id: str) -> int:
    """The store holds exactly the seqs 1..head in every form, with the values that were written; returns head."""
    record = runs.fetch(conn, run_id)
    stream = streams.fetch(conn, run_id, 1)
    assert conn.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"
    assert stream.head == record.head
    following, rows = 1, []
    for payload in log.history(conn, stream, 0):
        assert first_seq(payload) == following
        following = payload["seq"] + 1
        rows += list(range(first_seq(payload), following)) if payload["type"] == "frame" else []
    assert following == record.head + 1
    answer = series.read(conn, run_id, ["value"], points=10**9)["series"]["value"]
    assert answer["x0"] == rows
    assert answer["last"] == [row / 7 for row in rows]
    return record.head


@pytest.fixture
async def interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str, set[int]]:
    """Files as a power cut leaves them: database and WAL side by side. Also the run and the heads after each batch."""
    monkeypatch.setattr(seal, "TAIL_SEQS", 50)
    store = Store.open(tmp_path / "live.db")
    run, _ = await store.create_run(new_record())
    await store._threads.write(lambda conn: conn.exec_driver_sql("PRAGMA wal_autocheckpoint=0"))
    await store.close()
    store = Store.open(tmp_path / "live.db")
    heads = {0}
    for _ in range(60):
        heads.add((await store.ingest(run.id, 1, payloads(max(heads) + 1), progress)).settled)
    cut = tmp_path / "cut"
    cut.mkdir()
    for name in ("live.db", "live.db-wal"):
        shutil.copy(tmp_path / name, cut / name)
    await store.close()
    return cut, run.id, heads


def damage(path: Path, chance: random.Random) -> None:
    """Cut, zero or garble the file at a random byte."""
    content = path.read_bytes()
    at = chance.randrange(len(content))
    length = min(len(content) - at, chance.randint(1, 5000))
    garbage = {
        "cut": b"",
        "zero": bytes(len(content) - at),
        "garble": chance.randbytes(length) + content[at + length :],
    }
    path.write_bytes(content[:at] + garbage[chance.choice(list(garbage))])


def test_any_damage_to_the_wal_leaves_a_prefix_of_whole_batches(
    interrupted: tuple[Path, str, set[int]], tmp_path: Path
) -> None:
    files, run_id, heads = interrupted
    chance = random.Random(7)
    seen = set()
    for i in range(COPIES):
        copy = tmp_path / str(i)
        shutil.copytree(files, copy)
        damage(copy / "live.db-wal", chance)
        engine = writer_engine(copy / "live.db")
        with engine.begin() as conn:
            seen.add(check_prefix(conn, run_id))
        engine.dispose()
        shutil.rmtree(copy)
    assert seen <= heads
    assert len(seen) > 20, "the damage struck many places"


def test_a_killed_writer_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    database, acks, run_id = tmp_path / "store.db", tmp_path / "acks", "f" * 32
    chance = random.Random(11)
    for _ in range(ROUNDS):
        answered = acks.stat().st_size if acks.exists() else 0
        command = [sys.executable, "-m", "tests.backend.storage.faulty_writer", str(database), run_id, str(acks)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as writer:
            deadline = time.monotonic() + 20
            while not (acks.exists() and acks.stat().st_size > answered + 100) and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(chance.random() * 0.1)
            writer.send_signal(signal.SIGKILL)
        engine = writer_engine(database)
        with engine.begin() as conn:
            head = check_prefix(conn, run_id)
        engine.dispose()
        assert head >= int(acks.read_text().splitlines()[-1])
