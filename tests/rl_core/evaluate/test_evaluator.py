"""What the evaluator does to a run: nothing. Real trainers in processes of their own, their children killed at work."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from rl_core.evaluate.recording import Job, record
from rl_core.journal.episodes import EpisodeFolder, read_document
from rl_core.journal.views import ViewReceiver
from rl_core.run.checkpoint import Checkpoints
from tests.rl_core.evaluate.players import TrainerProcess, children
from tests.rl_core.run.operated import edit
from tests.rl_core.support import SMALL_PPO, run
from tests.service import eventually

QUIET = SMALL_PPO | {"budget": {"updates": 10**6}, "pace": 50.0}
RECORDED = SMALL_PPO["controls"] | {"record_episodes": True}
STEPPED = QUIET | {"controls": SMALL_PPO["controls"] | {"n_steps": 4}}

Start = Callable[..., TrainerProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts trainers and leaves none."""
    started: list[TrainerProcess] = []

    def begin(
        body: dict[str, Any], *commands: dict[str, Any], name: str = "run", resume: bool = False
    ) -> TrainerProcess:
        started.append(TrainerProcess(tmp_path / name, body, *commands, resume=resume))
        return started[-1]

    yield begin
    for trainer in started:
        trainer.end()


def the_child(trainer: TrainerProcess) -> int:
    return eventually(lambda: children(trainer.process.pid), "a child", 30)[0]


def goes_on(trainer: TrainerProcess) -> None:
    """It still makes updates and answers."""
    trainer.command(id="still-there", op="step", updates=2)
    done = eventually(
        lambda: [e for e in trainer.events("action_done") if e["data"]["action_id"] == "still-there"], "an answer", 60
    )
    assert "error" not in done[0]["data"]


def test_recording_and_watching_change_no_parameter(start: Start, tmp_path: Path) -> None:
    body = SMALL_PPO | {"budget": {"updates": 40}, "pace": 20.0}
    (tmp_path / "watched").mkdir()
    receiver = ViewReceiver(tmp_path / "watched")
    edited = edit({"gamma": 0.9})
    plain = start(body, edited, name="plain")
    watched = start(
        body | {"controls": RECORDED},
        edited,
        {"id": "w", "op": "watch", "fps": 100.0},
        {"id": "r", "op": "record", "episodes": 2, "seed": 5},
        name="watched",
    )
    for trainer in (plain, watched):
        trainer.until("finished")
    assert eventually(receiver.receive, "a view", 1)
    receiver.close()
    assert not plain.events("episode")
    assert {e["data"]["reason"] for e in watched.events("episode")} == {"request", "edit", "schedule"}
    assert not children_of_group(watched.process.pid)
    a, b = (Checkpoints(t.directory / "checkpoints").newest() for t in (plain, watched))
    assert (a["learner"]["parameters"] == b["learner"]["parameters"]).all()
    for part in ("streams", "source"):
        assert a[part] == b[part]


def test_a_run_that_was_recorded_resumes_bit_for_bit(start: Start) -> None:
    body = SMALL_PPO | {"budget": {"updates": 30}, "pace": 20.0}
    plain = start(body, name="plain")
    recorded = body | {"controls": RECORDED}
    halved = start(recorded, {"id": "w", "op": "watch", "fps": 100.0}, name="halved")
    halved.until("episode")
    halved.command(id="z", op="suspend")
    assert halved.until("paused")["data"]["suspended"] is True
    halved.process.wait(60)
    numbers = [e["data"]["n"] for e in halved.events("episode")]
    again = start(
        recorded, {"id": "r", "op": "record", "episodes": 1}, {"id": "g", "op": "resume"}, name="halved", resume=True
    )
    for trainer in (plain, again):
        trainer.until("finished")
    told = [e["data"]["n"] for e in again.events("episode")]
    assert told == list(range(1, len(told) + 1))
    assert len(told) > len(numbers)
    a, b = (Checkpoints(t.directory / "checkpoints").newest() for t in (plain, again))
    assert (a["learner"]["parameters"] == b["learner"]["parameters"]).all()


def test_recording_in_this_process_touches_no_stream_and_no_parameter(tmp_path: Path) -> None:
    body = SMALL_PPO | {"budget": {"updates": 4}}
    plain, recorded = run(body), run(body)
    folder = EpisodeFolder(tmp_path / "episodes")
    for _ in range(4):
        plain.advance()
        record(recorded.snapshot(), Job("schedule"), folder, folder.next_number, lambda told: None)
        recorded.advance()
    signal.alarm(0)
    assert (plain.learner.flat.vector == recorded.learner.flat.vector).all()
    assert plain.streams.state() == recorded.streams.state()
    assert plain.source.state() == recorded.source.state()


def children_of_group(pgid: int) -> list[int]:
    """Who lives in a process group, but for its leader."""
    return [p.pid for p in psutil.process_iter() if p.pid != pgid and _group(p.pid) == pgid]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def test_a_request_is_answered_behind_its_episodes_and_works_in_a_pause(start: Start) -> None:
    trainer = start(QUIET, {"id": "p", "op": "pause"}, {"id": "r", "op": "record", "episodes": 2, "seed": 5})
    trainer.until("action_done", 2)
    kinds = [e["kind"] for e in trainer.events()]
    assert kinds == ["started", "paused", "action_done", "episode", "episode", "action_done"]
    *_, first, second, done = trainer.events()
    assert done["data"] == {"action_id": "r", "action": "record", "update": 0, "episodes": [1, 2]}
    assert [(e["data"]["n"], e["data"]["seed"], e["data"]["update"]) for e in (first, second)] == [(1, 5, 0), (2, 6, 0)]
    document = read_document(trainer.directory, 1)
    assert document is not None
    assert document["return"] == first["data"]["return"]


def test_an_edit_is_recorded_unless_recording_is_off(start: Start) -> None:
    trainer = start(QUIET | {"controls": RECORDED}, {"id": "p", "op": "pause"})
    assert trainer.until("episode")["data"]["reason"] == "schedule"
    trainer.command(**edit({"gamma": 0.9}))
    assert trainer.until("episode", 2)["data"]["reason"] == "edit"
    trainer.command(**edit({"record_episodes": False}, "e2"))
    trainer.command(**edit({"gamma": 0.8}, "e3"))
    trainer.command(id="r", op="record", episodes=1)
    assert trainer.until("episode", 3)["data"]["reason"] == "request"


def test_a_killed_recording_is_told_and_training_goes_on(start: Start) -> None:
    trainer = start(STEPPED | {"environment": {"id": "Acrobot-v1", "num_envs": 1, "kwargs": {}}})
    trainer.until("started")
    trainer.command(id="r", op="record", episodes=20, seed=1)
    child = the_child(trainer)
    os.kill(child, signal.SIGKILL)
    done = trainer.until("action_done")
    assert done["data"]["error"] == "Not recorded: its process was killed by signal 9."
    assert len(done["data"]["episodes"]) < 20
    goes_on(trainer)
    trainer.command(id="r2", op="record", episodes=1, seed=1)
    again = trainer.until("action_done", len(trainer.events("action_done")) + 1)
    assert "error" not in again["data"]


def test_watching_lasts_as_long_as_somebody_listens(start: Start, tmp_path: Path) -> None:
    trainer = start(QUIET, {"id": "p", "op": "pause"})
    trainer.until("paused")
    receiver = ViewReceiver(trainer.directory)
    trainer.command(id="w", op="watch", fps=50.0)
    views = [eventually(receiver.receive, "a view", 30)]
    while sum(view["done"] for view in views) < 2:
        views.append(eventually(receiver.receive, "a view", 30))
    moments = [(view["episode"], view["t"]) for view in views]
    assert moments == sorted(set(moments))
    assert {len(view["state"]) for view in views} == {4}
    assert {view["image"] for view in views} == {None}
    child = the_child(trainer)
    os.kill(child, signal.SIGKILL)
    goes_on(trainer)
    assert not psutil.pid_exists(child)
    trainer.command(id="w2", op="watch", fps=50.0)
    child = the_child(trainer)
    trainer.command(id="w3", op="watch", fps=0)
    eventually(lambda: not psutil.pid_exists(child), "the end of the watcher", 30)
    trainer.command(id="w4", op="watch", fps=50.0)
    child = the_child(trainer)
    receiver.close()
    eventually(lambda: not psutil.pid_exists(child), "the end of a watcher that nobody hears", 30)


def test_a_watched_policy_is_the_newest(start: Start) -> None:
    trainer = start(QUIET)
    trainer.until("started")
    receiver = ViewReceiver(trainer.directory)
    trainer.command(id="w", op="watch", fps=100.0)
    first = eventually(receiver.receive, "a view", 30)["update"]
    eventually(lambda: (receiver.receive() or {"update": 0})["update"] > first + 5, "later updates", 30)
    receiver.close()


def test_a_killed_trainer_takes_its_children_along(start: Start) -> None:
    trainer = start(QUIET)
    trainer.until("started")
    receiver = ViewReceiver(trainer.directory)
    trainer.command(id="w", op="watch", fps=10.0)
    child = the_child(trainer)
    assert os.getpgid(child) == trainer.process.pid
    trainer.process.kill()
    eventually(lambda: not psutil.pid_exists(child), "the end of the child", 10)
    receiver.close()


def test_a_run_that_is_stopped_answers_what_was_asked(start: Start) -> None:
    trainer = start(QUIET, {"id": "r", "op": "record", "episodes": 20}, {"id": "x", "op": "stop"})
    trainer.until("stopped")
    answers = {e["data"]["action_id"]: e["data"] for e in trainer.events("action_done")}
    assert "the run ended before" in answers["r"].get("error", "the run ended before it")
    assert trainer.events()[-1]["kind"] == "stopped"
    trainer.process.wait(60)
    assert not list((trainer.directory / "episodes").glob("*.draft"))
