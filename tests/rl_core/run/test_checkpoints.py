"""A checkpoint goes on bit for bit; watching changes nothing; a switch changes only what it is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import rl_core.run.run
import rl_core.telemetry.frames
from rl_core.algorithms.algorithm import algorithms
from rl_core.recipes import recipes
from rl_core.run.checkpoint import KEPT, Checkpoints
from rl_core.run.run import Run
from rl_core.trainer.operate import Operator
from tests.rl_core.run.operated import edit, operate, same
from tests.rl_core.support import SMALL_PPO, SMALL_REINFORCE, run


def ppo(env: str = "CartPole-v1", **controls: Any) -> dict[str, Any]:
    return SMALL_PPO | {"environment": {"id": env, "num_envs": 4}, "controls": SMALL_PPO["controls"] | controls}


RESUMED: dict[str, dict[str, Any]] = {name: {"recipe": name} for name in recipes} | {
    # As it is, a minute of Box2D; the adapter is no other in a shorter update.
    "lunarlander-ppo": {"recipe": "lunarlander-ppo", "controls": {"n_steps": 64, "minibatches": 16}},
    "dropout": ppo(dropout=0.3, dropout_mask="redrawn"),
    "passing gates": ppo(advantage="pass", value_target="pass"),
    "sgd": ppo(optimiser="sgd", momentum=0.9),
    "adamw": ppo(optimiser="adamw", weight_decay=0.1),
    "gaussian": ppo("Pendulum-v1"),
    "gaussian, normalised": ppo("Pendulum-v1", normalise_obs="running", normalise_reward="running"),
    "gaussian, normalised, whole episodes": SMALL_REINFORCE
    | {
        "environment": {"id": "Pendulum-v1", "num_envs": 2},
        "controls": {"normalise_obs": "running", "normalise_reward": "running"},
    },
    "shared trunk": ppo(trunk="shared", dropout=0.2),
    "rmsprop": ppo(optimiser="rmsprop"),
    "adapter": ppo("LunarLander-v3"),
    "acrobot": ppo("Acrobot-v1"),
    "adapter, table": ppo("FrozenLake-v1"),
    "reinforce": SMALL_REINFORCE,
    "beside the exact gradient": SMALL_REINFORCE | {"environment": {"id": "Chain-v0", "num_envs": 2}},
}


def whole_state(r: Run) -> dict[str, Any]:
    """Parameters, moments, counters, random streams and where every lane stands."""
    state = r.state()
    for gone in ("wall", "kept"):
        state.pop(gone)
    return state


def equal(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor):
        return same(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


@pytest.mark.parametrize("body", RESUMED.values(), ids=list(RESUMED))
def test_checkpoint_goes_on_bit_for_bit(body: dict[str, Any], tmp_path: Path) -> None:
    straight, places = run(body), Checkpoints(tmp_path)
    for _ in range(3):
        straight.advance()
    places.save(straight.update, straight.state())
    resumed = run(body)
    resumed.restore(places.newest())
    assert equal(whole_state(resumed), whole_state(straight))
    for _ in range(3):
        straight.advance()
        resumed.advance()
        assert equal(whole_state(resumed), whole_state(straight))


def test_checkpoint_in_the_middle_of_episodes_replays_them(tmp_path: Path) -> None:
    body = ppo(n_steps=3, minibatches=1)
    straight = run(body)
    for _ in range(17):
        straight.advance()
    state = straight.state()
    lengths = [len(lane["actions"]) for lane in state["source"]["unfinished"]]
    assert max(lengths) > 3  # longer than a segment, so history of several of them is needed
    resumed = run(body)
    resumed.restore(state)
    a, b = (r.source.collect(r.c) for r in (straight, resumed))
    for name in ("obs_t", "action_t", "reward_t", "log_prob_t", "episode_step_t", "cut_obs", "end_t"):
        assert same(getattr(a, name), getattr(b, name)), name
    assert [(e.number, e.ret, e.length) for e in a.episodes] == [(e.number, e.ret, e.length) for e in b.episodes]


def test_checkpoint_keeps_edited_controls_and_applied_commands(tmp_path: Path) -> None:
    done = operate(SMALL_PPO, (2, edit({"gamma": 0.9})), (3, {"id": "z", "op": "suspend"}), directory=tmp_path)
    resumed, operator = run(SMALL_PPO), Operator()
    operator.drives(resumed, None)
    resumed.restore(Checkpoints(tmp_path).newest())
    assert resumed.c.values() == done.run.c.values()
    assert operator.applied == {"e1", "z"}
    assert resumed.update == 3


def test_only_the_newest_checkpoints_are_kept(tmp_path: Path) -> None:
    places = Checkpoints(tmp_path)
    for update in range(1, KEPT + 4):
        places.save(update, {"update": update})
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"update-{u:08d}.pt" for u in range(4, KEPT + 4)]
    assert places.newest() == {"update": KEPT + 3}


def test_a_draft_is_no_checkpoint_and_none_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "update-00000009.draft").write_bytes(b"half")
    with pytest.raises(FileNotFoundError, match="before its first"):
        Checkpoints(tmp_path).newest()


# --- watching ---------------------------------------------------------------------------------------------------------

BODIES = [
    pytest.param(SMALL_PPO, id="ppo"),
    pytest.param(SMALL_REINFORCE, id="reinforce"),
    pytest.param(ppo(dropout=0.3, dropout_mask="redrawn"), id="dropout"),
    pytest.param(ppo(advantage="pass", advantage_norm="none"), id="pass"),
]


@pytest.mark.parametrize("body", BODIES)
def test_telemetry_probes_taps_and_checkpoints_change_nothing(
    body: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unwatched = operate(body, telemetry=False)
    assert not unwatched.rows()
    watched = operate(body)
    monkeypatch.setattr(rl_core.run.run, "LEAK_INTERVAL", 0.0)
    monkeypatch.setattr(rl_core.run.run, "CHECKPOINT_INTERVAL", 0.0)
    monkeypatch.setattr(rl_core.telemetry.frames, "DISTRIBUTION_INTERVAL", 0.0)
    monkeypatch.setattr(rl_core.telemetry.frames, "FRAME_INTERVAL", 0.0)
    closely = operate(body, directory=tmp_path)
    assert len(closely.events("checkpoint")) >= 6
    frames = [r for r in closely.records if r["type"] == "frame"]
    assert all("leak/policy/actor" in f["scalars"] and "advantage" in f["distributions"] for f in frames)
    for other in (watched, closely):
        assert same(unwatched.parameters, other.parameters)
        assert equal(unwatched.run.streams.state(), other.run.streams.state())


@pytest.mark.parametrize("body", BODIES)
def test_same_seed_same_run_other_seed_other_run(body: dict[str, Any]) -> None:
    assert same(operate(body).parameters, operate(body).parameters)
    assert not same(operate(body).parameters, operate(body | {"seed": 1}).parameters)


def test_switch_that_trains_nothing_changes_nothing() -> None:
    assert same(operate(ppo(solved_window=1)).parameters, operate(ppo()).parameters)


SWITCHES = [
    row["name"]
    for row in algorithms["ppo"].controls.declarations()
    if row["live"] and row["kind"] in ("gate", "choice", "flag") and row["name"] != "baseline"
]


@pytest.mark.parametrize("name", SWITCHES)
def test_runs_that_differ_in_one_switch_share_weights_and_first_data(name: str) -> None:
    row = next(row for row in algorithms["ppo"].controls.declarations() if row["name"] == name)
    plain, turned = run(ppo()), run(ppo(**{name: row["values"][-1] if "values" in row else not row["default"]}))
    assert same(plain.learner.flat.vector, turned.learner.flat.vector)
    a, b = (r.source.collect(r.c) for r in (plain, turned))
    assert same(a.obs_t, b.obs_t)
    assert same(a.action_t, b.action_t)
    assert equal(plain.streams.state(), turned.streams.state())


def test_lane_episodes_do_not_depend_on_how_many_lanes_there_are() -> None:
    few, many = (run(SMALL_PPO | {"environment": {"id": "CartPole-v1", "num_envs": n}}) for n in (2, 5))
    first = [r.source.collect(r.c).obs_t[0, :2] for r in (few, many)]
    assert same(first[0], first[1])


@pytest.mark.parametrize("state", [{}, {"format": 3, "update": 7}, {"model": {}, "optimizer": {}}], ids=str)
def test_a_checkpoint_of_another_format_is_refused_in_a_sentence_before_anything_changes(state: dict[str, Any]) -> None:
    r = run(SMALL_PPO)
    before = r.learner.flat.vector.clone()
    with pytest.raises(ValueError, match="Resume with that version, or start a new run"):
        r.restore(state)
    assert r.update == 0
    assert same(r.learner.flat.vector, before)
