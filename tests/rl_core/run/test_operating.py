"""What a person does to a run between two updates: each command, its events, their order, and what stays untouched."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import rl_core.trainer.trainer as trainer
from rl_core.config import resolve
from rl_core.trainer.operate import Operator
from rl_core.trainer.trainer import run_trainer
from tests.rl_core.run.operated import Operated, edit, operate, same
from tests.rl_core.support import SMALL_PPO, SMALL_REINFORCE

BODIES = [pytest.param(SMALL_PPO, id="ppo"), pytest.param(SMALL_REINFORCE, id="reinforce")]


def seqs(done: Operated) -> list[int]:
    return [r["seq"] for r in done.records]


@pytest.mark.parametrize("body", BODIES)
def test_edit_applies_from_the_exact_update_on_and_its_event_comes_just_before(body: dict[str, Any]) -> None:
    done = operate(body, (3, edit({"learning_rate": 0.02})))
    (event,) = done.events("control_changed")
    assert event["at_update"] == 4
    assert event["data"]["changes"] == [{"name": "learning_rate", "old": 3e-4, "new": 0.02}]
    assert {key: event["data"][key] for key in ("edit_id", "version", "by")} == {
        "edit_id": "e1", "version": 1, "by": "ada",
    }  # fmt: skip
    by_update = {update: seq for seq, update in done.rows()}
    assert by_update[3] < event["seq"] < by_update[4]
    rates = [x for f in done.records if f["type"] == "frame" for x in f["scalars"]["optim/learning_rate"]["last"]]
    assert rates == [3e-4] * 3 + [0.02] * 3


@pytest.mark.parametrize("body", BODIES)
def test_edit_changes_nothing_before_its_update(body: dict[str, Any]) -> None:
    three = body | {"budget": {"updates": 3}}
    assert same(operate(three).parameters, operate(three, (2, edit({"gamma": 0.99}))).parameters)
    assert not same(operate(body).parameters, operate(body, (3, edit({"gamma": 0.5}))).parameters)


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"gamma": 0.9, "clip": 77.0}, "out_of_range", "controls.clip"),
        ({"gamma": 0.9, "hidden_size": 16}, "not_live", "controls.hidden_size"),
        ({"gamma": 0.9, "baseline": "learned_v"}, "invalid_combination", "controls.baseline"),
        ({"gamma": 0.9, "gama": 0.9}, "unknown_control", "controls.gama"),
    ],
)
def test_refused_edit_says_why_and_changes_nothing(values: dict[str, Any], code: str, field: str) -> None:
    done = operate(SMALL_PPO, (2, edit(values)))
    (event,) = done.events("control_refused")
    assert (event["data"]["error"]["code"], event["data"]["error"]["field"]) == (code, field)
    assert event["data"]["edit_id"] == "e1"
    assert not done.events("control_changed")
    assert same(done.parameters, operate(SMALL_PPO).parameters)


def test_command_is_applied_once_however_often_it_arrives() -> None:
    done = operate(SMALL_PPO, (1, edit({"gamma": 0.9})), (2, edit({"gamma": 0.9})), (3, edit({"gamma": 0.5})))
    assert len(done.events("control_changed")) == 1
    assert done.run.c.values()["gamma"] == 0.9


def test_pause_stops_the_clock_and_changes_nothing() -> None:
    begun: list[float] = []

    class Slow(dict):  # type: ignore[type-arg]
        """A command that arrives a while after the one before it."""

        def __getitem__(self, key: str) -> Any:
            if key == "op" and not begun:
                begun.append(time.perf_counter())
                time.sleep(0.3)
            return super().__getitem__(key)

    done = operate(SMALL_PPO, (2, {"id": "p", "op": "pause", "by": "ada"}), (2, Slow(id="r", op="resume")))
    assert done.kinds() == ["paused", "action_done", "resumed", "action_done"]
    paused, answered, resumed, again = done.events()
    assert (paused["data"]["by"], paused["at_update"], resumed["at_update"]) == ("ada", 2, 2)
    assert (answered["data"]["action_id"], answered["data"]["action"]) == ("p", "pause")
    assert (again["data"]["action_id"], again["data"]["action"]) == ("r", "resume")
    assert resumed["wall"] - paused["wall"] < 0.1
    assert same(done.parameters, operate(SMALL_PPO).parameters)
    assert done.row_updates() == [1, 2, 3, 4, 5, 6]


def test_step_computes_exactly_n_updates_and_answers_when_they_are_done() -> None:
    done = operate(
        SMALL_PPO,
        (1, {"id": "p", "op": "pause"}),
        (1, {"id": "s", "op": "step", "updates": 2}),
        (3, edit({"gamma": 0.9})),
        (3, {"id": "r", "op": "resume"}),
    )
    (stepped,) = [e for e in done.events("action_done") if e["data"]["action"] == "step"]
    assert stepped["data"] == {"action_id": "s", "action": "step", "update": 3}
    by_update = {update: seq for seq, update in done.rows()}
    assert by_update[3] < stepped["seq"] < by_update[4]


def test_step_of_a_running_run_pauses_it() -> None:
    done = operate(SMALL_PPO, (2, {"id": "s", "op": "step", "updates": 1}), (3, {"id": "r", "op": "resume"}))
    assert done.kinds() == ["paused", "action_done", "resumed", "action_done"]


def test_resume_in_the_middle_of_a_step_keeps_the_clock_going() -> None:
    done = operate(
        SMALL_PPO,
        (1, {"id": "s", "op": "step", "updates": 4}),
        (2, {"id": "r", "op": "resume"}),
    )
    answered = {e["data"]["action_id"]: e["data"]["update"] for e in done.events("action_done")}
    assert answered == {"s": 2, "r": 2}
    walls = [w for f in done.records if f["type"] == "frame" for w in f["rows"]["wall"]]
    assert all(b > a for a, b in pairwise(walls))


@pytest.mark.parametrize("after", ["pause", "resume", "stop", "suspend", "the budget"])
def test_every_action_gets_exactly_one_answer(after: str) -> None:
    script: list[tuple[int, dict[str, Any]]] = [(2, {"id": "s", "op": "step", "updates": 50})]
    if after != "the budget":
        script.append((3, {"id": "x", "op": after}))
    if after == "pause":
        script.append((3, {"id": "r", "op": "resume"}))
    done = operate(SMALL_PPO, *script)
    answered = [e["data"]["action_id"] for e in done.events("action_done")]
    assert answered.count("s") == 1
    assert len(answered) == len(set(answered))
    assert after in ("suspend", "the budget") or "x" in answered


def test_pace_holds_updates_back_and_lets_them_go_again() -> None:
    body = SMALL_PPO | {"budget": {"updates": 30}}
    done = operate(body, (2, {"id": "a", "op": "pace", "updates_per_s": 50.0}),
                   (12, {"id": "b", "op": "pace", "updates_per_s": None}))  # fmt: skip
    walls = [w for f in done.records if f["type"] == "frame" for w in f["rows"]["wall"]]
    assert walls[11] - walls[2] >= 4 / 50  # 9 intervals less what a busy machine lets catch up
    assert [e["data"]["updates_per_s"] for e in done.events("action_done")] == [50.0, None]
    assert same(done.parameters, operate(body).parameters)


def test_pace_of_the_configuration_is_the_first_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float | None] = []
    monkeypatch.setattr(trainer, "drive", lambda run, operator, evaluator: seen.append(operator.pace) or "finished")
    run_trainer(resolve(SMALL_PPO | {"pace": 7.0}), tmp_path, resume=False)
    assert seen == [7.0]
    assert Operator().pace is None


def test_stop_ends_with_a_checkpoint_unless_told_not_to(tmp_path: Path) -> None:
    with_one = operate(SMALL_PPO, (2, {"id": "x", "op": "stop", "checkpoint": True}), directory=tmp_path / "a")
    without = operate(SMALL_PPO, (2, {"id": "x", "op": "stop", "checkpoint": False}), directory=tmp_path / "b")
    assert with_one.state == without.state == "stopped"
    assert with_one.row_updates() == [1, 2]
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["update-00000002.pt"]
    assert not list((tmp_path / "b").iterdir())
    assert with_one.kinds() == ["checkpoint", "action_done"]


def test_checkpoint_on_demand_names_its_file(tmp_path: Path) -> None:
    done = operate(SMALL_PPO, (2, {"id": "c", "op": "checkpoint"}), directory=tmp_path)
    written, last = done.events("checkpoint")
    assert written["data"] == {"path": "update-00000002.pt", "update": 2, "bytes": written["data"]["bytes"]}
    assert written["data"]["bytes"] == (tmp_path / "update-00000002.pt").stat().st_size
    assert last["data"]["update"] == 6
    assert done.events("action_done")[0]["data"]["path"] == "update-00000002.pt"


def test_suspend_leaves_a_checkpoint_of_exactly_here(tmp_path: Path) -> None:
    done = operate(SMALL_PPO, (4, {"id": "z", "op": "suspend"}), directory=tmp_path)
    assert done.state == "suspended"
    assert done.row_updates() == [1, 2, 3, 4]
    assert [p.name for p in tmp_path.iterdir()] == ["update-00000004.pt"]


@pytest.mark.parametrize("body", BODIES)
def test_seqs_tile_and_rows_are_every_update(body: dict[str, Any]) -> None:
    done = operate(body, (2, edit({"gamma": 0.9})), (3, {"id": "p", "op": "pause"}), (3, {"id": "r", "op": "resume"}))
    expected = 1
    for record in done.records:
        assert record.get("first_seq", record["seq"]) == expected
        if record["type"] == "frame":
            assert record["seq"] - record["first_seq"] + 1 == len(record["rows"]["update"])
            assert {len(column) for column in record["rows"].values()} == {len(record["rows"]["update"])}
            assert all(len(c["last"]) == len(record["rows"]["update"]) for c in record["scalars"].values())
        expected = record["seq"] + 1
    assert done.row_updates() == [1, 2, 3, 4, 5, 6]
    axes = [f["rows"] for f in done.records if f["type"] == "frame"]
    steps = [x for rows in axes for x in rows["env_steps"]]
    assert steps == sorted(steps)
    assert steps[-1] == done.run.source.env_steps
    assert [x for rows in axes for x in rows["grad_steps"]][-1] == done.run.learner.grad_steps
    ended = [e for f in done.records if f["type"] == "frame" for e in f["ended"]]
    assert [e["episode"] for e in ended] == list(range(1, done.run.source.episodes + 1))
    assert all(e["return"] == e["length"] for e in ended)
