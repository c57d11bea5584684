"""From a body to a complete configuration, or to every reason why not, each naming its field."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from rl_core.algorithms.algorithm import algorithms
from rl_core.config import ConfigError, ConfigErrors, check_edit, resolve
from rl_core.recipes import recipes

CARTPOLE = {"id": "CartPole-v1"}
PPO: dict[str, Any] = {"algorithm": "ppo", "environment": CARTPOLE}
REINFORCE: dict[str, Any] = {"algorithm": "reinforce", "environment": CARTPOLE}


def reasons(body: dict[str, Any]) -> list[ConfigError]:
    with pytest.raises(ConfigErrors) as refused:
        resolve(body)
    return refused.value.errors


def with_controls(base: dict[str, Any], **values: Any) -> dict[str, Any]:
    return base | {"controls": values}


REFUSED: list[tuple[str, dict[str, Any], str, str, list[str], str | None]] = [
    ("empty", {}, "missing", "algorithm", ["algorithm is missing", "recipe"], None),
    ("no environment id", PPO | {"environment": {"num_envs": 2}}, "missing", "environment.id", ["missing"], None),
    ("recipe", {"recipe": "cartpole-pp"}, "unknown_recipe", "recipe", ["'cartpole-pp'", "Known"], "cartpole-ppo"),
    ("algorithm", PPO | {"algorithm": "pppo"}, "unknown_algorithm", "algorithm", ["'pppo'", "reinforce"], "ppo"),
    ("algorithm type", PPO | {"algorithm": 7}, "unknown_algorithm", "algorithm", ["'7'"], None),
    ("control", with_controls(PPO, gama=0.9), "unknown_control", "controls.gama", ["gamma"], "gamma"),
    ("above", with_controls(PPO, gamma=2), "out_of_range", "controls.gamma", ["gamma is 2", "0 to 1"], None),
    ("below", with_controls(PPO, clip=-0.1), "out_of_range", "controls.clip", ["clip is -0.1", "0 to 10"], None),
    ("nan", with_controls(PPO, gamma=float("nan")), "out_of_range", "controls.gamma", ["nan", "0 to 1"], None),
    ("inf", with_controls(PPO, clip=float("inf")), "out_of_range", "controls.clip", ["inf", "0 to 10"], None),
    ("text", with_controls(PPO, gamma="0.9"), "invalid_value", "controls.gamma", ["'0.9'", "number"], None),
    ("bool", with_controls(PPO, gamma=True), "invalid_value", "controls.gamma", ["True", "number"], None),
    ("fraction", with_controls(PPO, epochs=2.5), "invalid_value", "controls.epochs", ["2.5", "integer"], None),
    ("gate", with_controls(PPO, advantage="open"), "invalid_value", "controls.advantage", ["'block' or 'pass'"], None),
    ("choice", with_controls(PPO, return_kind="GAE"), "invalid_value", "controls.return_kind", ["'gae'"], None),
    ("flag", with_controls(PPO, gamma_t="yes"), "invalid_value", "controls.gamma_t", ["'yes'", "boolean"], None),
    ("controls type", PPO | {"controls": [1]}, "invalid_value", "controls", ["list", "object"], None),
    ("environment type", PPO | {"environment": "CartPole-v1"}, "invalid_value", "environment", ["str", "object"], None),
    ("seed", PPO | {"seed": -1}, "out_of_range", "seed", ["-1", "at least 0"], None),
    ("large seed", PPO | {"seed": 2**63}, "out_of_range", "seed", ["less than"], None),
    ("empty budget", PPO | {"budget": {}}, "invalid_value", "budget", ["empty", "env_steps"], None),
    ("zero budget", PPO | {"budget": {"env_steps": 0}}, "out_of_range", "budget.env_steps", ["0", "at least 1"], None),
    ("budget field", PPO | {"budget": {"env_step": 5}}, "unknown_field", "budget.env_step", ["no budget"], "env_steps"),
    ("field", PPO | {"sead": 1}, "unknown_field", "sead", ["Did you mean seed"], "seed"),
    ("pace", PPO | {"pace": 0}, "out_of_range", "pace", ["pace is 0", "more than 0"], None),
    ("lanes", PPO | {"environment": CARTPOLE | {"num_envs": 0}}, "out_of_range", "environment.num_envs", ["0"], None),
    ("lane field", PPO | {"environment": CARTPOLE | {"num_env": 2}}, "unknown_field", "environment.num_env", [],
     "num_envs"),
    ("environment", PPO | {"environment": {"id": "CartPol-v1"}}, "unknown_environment", "environment.id",
     ["CartPol-v1", "Did you mean"], "CartPole-v1"),
    ("kl without reuse", with_controls(PPO, kl="penalty", epochs=1, minibatches=1), "invalid_combination",
     "controls.kl", ["'penalty'", "single step", "Raise epochs"], None),
    ("beta that stays 0", with_controls(PPO, kl="adaptive_penalty", kl_coef=0), "invalid_combination",
     "controls.kl_coef", ["stays 0", "above 0"], None),
    ("a2c without a critic", with_controls({"algorithm": "a2c", "environment": CARTPOLE}, critic="none",
     return_kind="reward_to_go"), "invalid_combination", "controls.critic", ["'v'", "'reinforce'"], None),
    ("keyword", PPO | {"environment": CARTPOLE | {"kwargs": {"gravity": 3}}}, "environment_refused",
     "environment.kwargs", ["gravity"], None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "code", "field", "parts", "near"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED]
)
def test_refusal_names_code_field_and_cure(
    body: dict[str, Any], code: str, field: str, parts: list[str], near: str | None
) -> None:
    first = reasons(body)[0]
    assert (first.code, first.field) == (code, field)
    assert all(part in first.message for part in parts), first.message
    assert near is None or near in first.did_you_mean


COMBINATIONS = [
    (REINFORCE, {"return_kind": "gae"}, "return_kind", "needs a critic"),
    (REINFORCE, {"return_kind": "td"}, "return_kind", "needs a critic"),
    (REINFORCE, {"return_kind": "n_step"}, "return_kind", "needs a critic"),
    (REINFORCE, {"baseline": "learned_v"}, "baseline", "needs a critic"),
    (REINFORCE, {"advantage": "pass"}, "advantage", "needs a critic"),
    (REINFORCE, {"value_target": "pass"}, "value_target", "needs a critic"),
    (PPO, {"baseline": "learned_v"}, "baseline", "twice"),
    (PPO, {"return_kind": "td", "baseline": "batch_mean"}, "baseline", "twice"),
    (PPO, {"critic": "none", "return_kind": "full"}, "critic", "must be 'v'"),
]


@pytest.mark.parametrize(("base", "values", "field", "part"), COMBINATIONS)
def test_combination_that_makes_no_sense_is_refused_with_the_reason(
    base: dict[str, Any], values: dict[str, Any], field: str, part: str
) -> None:
    (reason,) = reasons(base | {"controls": values})
    assert (reason.code, reason.field) == ("invalid_combination", f"controls.{field}")
    assert part in reason.message


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_missing_device_is_refused() -> None:
    (reason,) = reasons(with_controls(PPO, device="cuda"))
    assert (reason.code, reason.field) == ("invalid_combination", "controls.device")


def test_all_reasons_come_at_once() -> None:
    found = {(e.code, e.field) for e in reasons(with_controls(PPO, gamma=2, gama=1, clip=-1))}
    assert found == {
        ("out_of_range", "controls.gamma"), ("unknown_control", "controls.gama"), ("out_of_range", "controls.clip"),
    }  # fmt: skip


@pytest.mark.parametrize("recipe", list(recipes))
def test_recipe_resolves_completely_and_round_trips(recipe: str) -> None:
    config = resolve({"recipe": recipe})
    assert config.recipe == recipe
    assert set(config.controls) == set(algorithms[config.algorithm].controls.model_fields)
    assert resolve(config.model_dump(mode="json")) == config


def test_body_wins_over_recipe_and_recipe_over_default() -> None:
    config = resolve({"recipe": "cartpole-ppo", "controls": {"clip": 0.3}, "environment": {"num_envs": 2}, "seed": 9})
    recipe = recipes["cartpole-ppo"].config()
    assert config.controls["clip"] == 0.3
    assert config.controls["epochs"] == recipe["controls"]["epochs"]
    assert config.controls["norm_ddof"] == algorithms["ppo"].controls().norm_ddof
    assert (config.environment.id, config.environment.num_envs, config.seed) == ("CartPole-v1", 2, 9)
    assert recipes["cartpole-ppo"].config() == recipe


# --- live edits -------------------------------------------------------------------------------------------------------


def edit(base: dict[str, Any], change: dict[str, Any], **current: Any) -> list[ConfigError]:
    config = resolve(base | {"controls": current})
    return check_edit(config, config.controls, change)


def test_edit_of_a_live_control_is_allowed_from_a_model_or_its_json() -> None:
    assert edit(PPO, {"gamma": 0.9, "advantage": "pass", "return_kind": "td"}) == []
    config = resolve(PPO)
    assert check_edit(config.model_dump(mode="json"), config.controls, {"gamma": 0.9}) == []


@pytest.mark.parametrize("name", [row["name"] for row in algorithms["ppo"].controls.declarations() if not row["live"]])
def test_edit_of_a_fixed_control_is_not_live(name: str) -> None:
    row = next(row for row in algorithms["ppo"].controls.declarations() if row["name"] == name)
    other = next((v for v in row.get("values", []) if v != row["default"]), row.get("max"))
    reason = edit(PPO, {name: other})[0]
    assert (reason.code, reason.field) == ("not_live", f"controls.{name}")
    assert "new run" in reason.message
    assert [error.code for error in edit(PPO, {name: row["default"]})] == ["not_live"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"gama": 1}, "unknown_control", "controls.gama"),
        ({"gamma": 3}, "out_of_range", "controls.gamma"),
        ({"advantage": "closed"}, "invalid_value", "controls.advantage"),
        ({"baseline": "learned_v"}, "invalid_combination", "controls.baseline"),
    ],
)
def test_edit_is_refused_with_the_same_codes(change: dict[str, Any], code: str, field: str) -> None:
    reason = edit(PPO, change)[0]
    assert (reason.code, reason.field) == (code, field)


def test_edit_is_judged_as_a_whole() -> None:
    assert edit(PPO, {"return_kind": "reward_to_go", "baseline": "learned_v"}) == []
    assert edit(PPO, {"baseline": "none"}, return_kind="reward_to_go", baseline="learned_v") == []
    assert edit(PPO, {"return_kind": "gae"}, return_kind="reward_to_go", baseline="learned_v")[0].code == (
        "invalid_combination"
    )


def test_one_bad_value_refuses_the_whole_edit() -> None:
    assert [e.field for e in edit(PPO, {"gamma": 0.9, "clip": 99})] == ["controls.clip"]
