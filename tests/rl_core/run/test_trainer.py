"""The whole life of a trainer in a directory: journal, inbox, checkpoints, and exactly one last word."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rl_core.config import resolve
from rl_core.journal.inbox import InboxWriter
from rl_core.journal.journal import JournalReader
from rl_core.run.checkpoint import Checkpoints
from rl_core.run.run import Run
from rl_core.trainer.trainer import run_trainer
from tests.rl_core.environments import tiny
from tests.rl_core.run.operated import operate, same
from tests.rl_core.support import SMALL_PPO

TERMINAL = {"finished", "stopped", "failed"}


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """The trainer owns its process's log; give the test process its handlers back."""
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    level = root.level
    yield
    root.handlers = handlers
    root.setLevel(level)


def journal(directory: Path) -> list[dict[str, Any]]:
    reader = JournalReader(directory)
    records: list[dict[str, Any]] = []
    while got := reader.read():
        records += got
    reader.close()
    expected = 1
    for record in records:
        assert record.get("first_seq", record["seq"]) == expected
        expected = record["seq"] + 1
    return records


def kinds(records: list[dict[str, Any]]) -> list[str]:
    return [r["kind"] for r in records if r["type"] == "event"]


def send(directory: Path, *commands: dict[str, Any]) -> None:
    inbox = InboxWriter(directory / "inbox.bin")
    for command in commands:
        inbox.append(command)
    inbox.close()


def test_life_from_started_to_finished(tmp_path: Path) -> None:
    run_trainer(resolve(SMALL_PPO), tmp_path, resume=False)
    records = journal(tmp_path)
    assert kinds(records) == ["started", "checkpoint", "finished"]
    assert records[0]["data"]["seed"] == 0
    assert records[-1]["kind"] == "finished"
    assert records[-1]["data"]["reason"]
    assert records[-1]["at_update"] == 6
    assert [p.name for p in (tmp_path / "checkpoints").iterdir()] == ["update-00000006.pt"]
    state = Checkpoints(tmp_path / "checkpoints").newest()
    assert same(state["learner"]["parameters"], operate(SMALL_PPO).parameters)


def test_stopped_by_command(tmp_path: Path) -> None:
    send(tmp_path, {"id": "x", "op": "stop", "checkpoint": False})
    run_trainer(resolve(SMALL_PPO), tmp_path, resume=False)
    assert kinds(journal(tmp_path)) == ["started", "action_done", "stopped"]


def test_suspended_and_resumed_by_another_trainer_goes_on_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = resolve(SMALL_PPO)
    advance = Run.advance

    def then_suspend(self: Run) -> None:
        advance(self)
        if self.update == 3:
            send(tmp_path, {"id": "z", "op": "suspend"})

    monkeypatch.setattr(Run, "advance", then_suspend)
    run_trainer(config, tmp_path, resume=False)
    first = journal(tmp_path)
    assert first[-1]["kind"] == "paused"
    assert first[-1]["data"]["suspended"] is True
    assert first[-1]["at_update"] == 3
    assert not TERMINAL & set(kinds(first))

    monkeypatch.undo()
    send(tmp_path, {"id": "r", "op": "resume"})
    run_trainer(config, tmp_path, resume=True)
    records = journal(tmp_path)
    assert records[: len(first)] == first
    assert kinds(records)[-1] == "finished"
    assert kinds(records).count("started") == 1
    updates = [u for r in records if r["type"] == "frame" for u in r["rows"]["update"]]
    assert updates == [1, 2, 3, 4, 5, 6]
    state = Checkpoints(tmp_path / "checkpoints").newest()
    assert same(state["learner"]["parameters"], operate(SMALL_PPO).parameters)


def test_exception_becomes_failed_with_its_reason_and_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Breaks(tiny.Tiny):
        def step(self, action: Any) -> Any:
            if self._tag and self.np_random.integers(0, 40) == 0:
                raise RuntimeError("the simulator diverged")
            return super().step(action)

    with tiny.registered("PolicyscopeBreaks-v0", Breaks, max_episode_steps=5) as env_id:
        config = resolve(SMALL_PPO | {"environment": {"id": env_id, "num_envs": 2}, "budget": {"updates": 500}})
        with pytest.raises(RuntimeError, match="diverged"):
            run_trainer(config, tmp_path, resume=False)
    records = journal(tmp_path)
    assert records[-1]["kind"] == "failed"
    assert "PolicyscopeBreaks-v0 failed in step" in records[-1]["data"]["reason"]
    assert "RuntimeError: the simulator diverged" in records[-1]["data"]["reason"]
    assert len(TERMINAL & set(kinds(records))) == 1
    updates = [u for r in records if r["type"] == "frame" for u in r["rows"]["update"]]
    assert records[-1]["at_update"] == (updates[-1] if updates else 0)
    assert "Traceback" in capsys.readouterr().err


def test_resume_without_a_checkpoint_fails_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_trainer(resolve(SMALL_PPO), tmp_path, resume=True)
    records = journal(tmp_path)
    assert kinds(records) == ["failed"]
    assert "checkpoint" in records[0]["data"]["reason"].lower()


def test_run_that_cannot_be_built_fails_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise MemoryError("no memory for the lanes")

    monkeypatch.setattr(Run, "__init__", broken)
    with pytest.raises(MemoryError):
        run_trainer(resolve(SMALL_PPO), tmp_path, resume=False)
    assert "no memory for the lanes" in journal(tmp_path)[-1]["data"]["reason"]


def test_solved_is_raised_once_and_the_run_goes_on() -> None:
    with tiny.registered("PolicyscopeEasy-v0", tiny.Tiny, max_episode_steps=5, reward_threshold=1.0) as env_id:
        body = SMALL_PPO | {"environment": {"id": env_id, "num_envs": 4}}
        body = body | {"controls": SMALL_PPO["controls"] | {"solved_window": 20}}
        done = operate(body)
    (solved,) = done.events("solved")
    assert solved["data"]["mean"] >= solved["data"]["bar"] == 1.0
    assert solved["data"]["window"] == 20
    assert solved["data"]["episodes"] >= 20
    assert done.row_updates() == [1, 2, 3, 4, 5, 6]
    assert done.state == "finished"


def test_not_solved_before_the_window_is_full() -> None:
    with tiny.registered("PolicyscopeEasy-v0", tiny.Tiny, max_episode_steps=5, reward_threshold=1.0) as env_id:
        body = SMALL_PPO | {"environment": {"id": env_id, "num_envs": 4}, "budget": {"updates": 1}}
        done = operate(body)
    assert 0 < done.run.source.episodes < 100
    assert not done.events("solved")
