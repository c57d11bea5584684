"""The small parts that need no process."""

import os
import subprocess
from pathlib import Path

import pytest

from backend.agent.connection import backoff
from backend.agent.environment import agent_environment
from backend.agent.liveness import Identity, boot_id, start_time
from backend.agent.lock import is_locked, lock_within, try_lock
from backend.agent.run_directory import LOG_BYTES, RunDirectory
from backend.agent.timings import Timings


def test_the_environment_is_an_allowlist() -> None:
    seen = agent_environment({"PATH": "/bin", "AWS_SECRET": "x", "LC_ALL": "C", "OMP_NUM_THREADS": "3"})
    assert "AWS_SECRET" not in seen
    assert (seen["PATH"], seen["LC_ALL"], seen["OMP_NUM_THREADS"], seen["MKL_NUM_THREADS"]) == ("/bin", "C", "3", "1")
    assert agent_environment(seen) == seen


def test_a_lock_has_one_holder(tmp_path: Path) -> None:
    fd = try_lock(tmp_path / "lock")
    assert fd is not None
    assert is_locked(tmp_path / "lock")
    assert lock_within(tmp_path / "lock", 0.02) is None
    os.close(fd)
    assert not is_locked(tmp_path / "lock")


def test_a_process_is_more_than_its_pid() -> None:
    ours = start_time(os.getpid())
    assert ours is not None
    assert Identity(os.getpid(), ours, boot_id(), epoch=1).alive
    assert not Identity(os.getpid(), ours + 1, boot_id(), epoch=1).alive
    assert not Identity(os.getpid(), ours, "another boot", epoch=1).alive


def test_a_zombie_is_dead() -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert start_time(child.pid) is None
    child.wait()


@pytest.mark.parametrize("run_id", ["", ".", "..", "../x", "a/b", "a\0b", "-x", "x" * 65, "ä"])
def test_run_ids_that_could_leave_the_folder(tmp_path: Path, run_id: str) -> None:
    with pytest.raises(ValueError, match="Run id"):
        RunDirectory.of(tmp_path, run_id)


def test_the_log_is_cut_to_its_end(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    directory.log.write_text("a" * LOG_BYTES + "\nlast")
    assert directory.log_text().endswith("last")
    assert len(directory.log_text()) == LOG_BYTES


def test_an_unreadable_identity_is_none(tmp_path: Path) -> None:
    (tmp_path / "trainer.json").write_text("")
    assert RunDirectory(tmp_path).identity is None


def test_backoff_grows_to_its_bound() -> None:
    timings = Timings()
    assert all(0.1 <= backoff(1, timings) <= 0.2 for _ in range(50))
    waits = [backoff(1000, timings) for _ in range(200)]
    assert min(waits) >= 0.1
    assert 1.5 < max(waits) <= 2.0
