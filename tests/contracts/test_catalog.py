"""The catalog is whole: what the panel, the equation, the launcher and the charts are generated from."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import pytest

from rl_core.algorithms.algorithm import algorithms
from rl_core.catalog import catalog
from rl_core.config import resolve
from rl_core.environments.fits import misfits
from rl_core.environments.make import check_environment
from rl_core.on_policy.trust_region_controls import TrustRegionControls
from rl_core.recipes import recipes
from rl_core.run.run import train
from rl_core.telemetry.metric import distributions, episode_series

CATALOG = catalog()
CONTROLS = [pytest.param(row, id=f"{name}-{row['name']}") for name, rows in CATALOG["controls"].items() for row in rows]
TERMS = [
    pytest.param(a, term, id=f"{a['id']}-{k}") for a in CATALOG["algorithms"] for k, term in enumerate(a["equation"])
]
METRICS = [pytest.param(row, id=f"{row['kind']}-{row['name']}") for row in CATALOG["metrics"]]
PLACEHOLDER = re.compile(r"@(\w+)@")
COLOURS = {"blue", "green", "violet", "teal", "orange", "grey"}
# Under one or the other of these settings, in one of the environments, every metric has something to measure.
CRITIC: dict[str, Any] = {"learning_starts": 32, "critic": "v",
                          "entropy_coef": 0.01, "hidden_size": 8, "max_grad_norm": 0.5,
                          "trunk": "shared"}  # fmt: skip
EVERYTHING = [
    CRITIC | {"kl": "penalty"},
    CRITIC | {"kl": "early_stop", "kl_target": 1e-5, "learning_rate": 0.1},
    CRITIC
    | {
        "epochs": 50,
        "minibatches": 1,
        "cg_iterations": 20,
        "damping": 1e-3,
        "baseline": "optimal_component",
        "return_kind": "reward_to_go",
        "hidden_size": 4,
        "hidden_layers": 1,
    },
]
ENVIRONMENTS = ("CartPole-v1", "Pendulum-v1")  # some metrics are of discrete actions, some of continuous ones

BESIDE_THE_TRUTH: dict[str, Any] = {
    "algorithm": "reinforce", "environment": {"id": "Chain-v0", "num_envs": 2}, "budget": {"updates": 3},
    "controls": {"network": "linear", "gradient": "literal"},
}  # fmt: skip


def control(algorithm: str, name: str) -> dict[str, Any]:
    return next(row for row in CATALOG["controls"][algorithm] if row["name"] == name)


def test_catalog_is_json_without_a_nan() -> None:
    assert json.loads(json.dumps(CATALOG, allow_nan=False)) == CATALOG


@pytest.mark.parametrize(
    ("part", "key"), [("algorithms", "id"), ("environments", "id"), ("recipes", "id"), ("metrics", "name")]
)
def test_ids_are_unique(part: str, key: str) -> None:
    ids = [(row[key], row.get("kind")) for row in CATALOG[part]]
    assert ids
    assert len(ids) == len(set(ids))


# --- controls ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", CATALOG["controls"].values(), ids=CATALOG["controls"])
def test_no_two_controls_of_an_algorithm_bear_one_title(rows: list[dict[str, Any]]) -> None:
    titles = [row["title"] for row in rows]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("row", CONTROLS)
def test_control_explains_itself(row: dict[str, Any]) -> None:
    for name in ("title", "doc", "effect", "latex"):
        assert row[name].strip(), f"{name} of {row['name']} is empty"
    assert row["group"] in {"estimator", "policy", "critic", "schedule", "optimiser", "network"}
    assert isinstance(row["live"], bool)
    assert row["latex"].count("{") == row["latex"].count("}")


@pytest.mark.parametrize("row", CONTROLS)
def test_default_is_among_the_values_or_within_the_bounds(row: dict[str, Any]) -> None:
    if row["kind"] == "number":
        assert row["min"] <= row["default"] <= row["max"]
        assert row["min"] < row["max"]
        assert row["unit"]
        assert isinstance(row["integer"], bool)
        assert not row["integer"] or row["default"] == int(row["default"])
    elif row["kind"] == "flag":
        assert isinstance(row["default"], bool)
    else:
        assert row["default"] in row["values"]
        assert len(row["values"]) == len(set(row["values"])) > 1


@pytest.mark.parametrize("row", CONTROLS)
def test_terms_name_only_values_that_exist(row: dict[str, Any]) -> None:
    values = {"gate": row.get("values"), "choice": row.get("values"), "flag": ["true", "false"]}.get(row["kind"]) or []
    assert set(row.get("terms", {})) in (set(), set(values))


@pytest.mark.parametrize("name", list(algorithms))
def test_every_control_is_declared_and_declared_once(name: str) -> None:
    names = [row["name"] for row in CATALOG["controls"][name]]
    assert sorted(names) == sorted(algorithms[name].controls.model_fields)


# --- equations --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "term"), TERMS)
def test_placeholders_are_declared_controls_whose_terms_cover_every_value(
    a: dict[str, Any], term: dict[str, Any]
) -> None:
    for name in PLACEHOLDER.findall(term["latex"]):
        row = control(a["id"], name)
        if row["kind"] in ("gate", "choice"):
            assert set(row["terms"]) in ({*row["values"]}, set())  # without any, its symbol is shown
        elif row["kind"] == "flag":
            assert set(row["terms"]) == {"true", "false"}
    assert "@" not in PLACEHOLDER.sub("", term["latex"])


@pytest.mark.parametrize(("a", "term"), TERMS)
def test_condition_of_a_term_is_about_a_value_that_the_control_can_have(
    a: dict[str, Any], term: dict[str, Any]
) -> None:
    when = term["when"]
    while when is not None:
        check_condition(a, when)
        when = when.get("and")


def check_condition(a: dict[str, Any], when: dict[str, Any]) -> None:
    ((how, value),) = [(k, v) for k, v in when.items() if k not in ("control", "and")]
    assert how in ("is", "not", "in")
    row = control(a["id"], when["control"])
    for possible in value if how == "in" else [value]:
        if row["kind"] == "number":
            assert row["min"] <= possible <= row["max"]
        else:
            assert possible in (row["values"] if row["kind"] != "flag" else (True, False))


@pytest.mark.parametrize("a", CATALOG["algorithms"], ids=lambda a: a["id"])
def test_every_gate_and_boundary_that_can_stand_in_the_loss_stands_in_it(a: dict[str, Any]) -> None:
    named = {name for term in a["equation"] for name in PLACEHOLDER.findall(term["latex"])}
    with_terms = {row["name"] for row in CATALOG["controls"][a["id"]] if row.get("terms")}
    assert with_terms == named & with_terms
    assert all(a[text] for text in ("title", "doc", "ref"))


# --- metrics ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", METRICS)
def test_metric_explains_itself(row: dict[str, Any]) -> None:
    assert all(row[name].strip() for name in ("title", "unit", "latex", "doc"))
    assert row["colour"] in COLOURS
    assert row["latex"].count("{") == row["latex"].count("}")
    if row["kind"] == "distribution":
        assert row["grid"]
        assert row["edges"] == sorted(set(row["edges"]))
    elif row["healthy"] is not None:
        low, high = row["healthy"]
        assert (low, high) != (None, None)
        assert low is None or high is None or low < high


def offered(algorithm: str, name: str, value: Any) -> bool:
    """Whether an algorithm has the control, and the control this value."""
    row = next((row for row in CATALOG["controls"][algorithm] if row["name"] == name), None)
    return row is not None and (row["kind"] != "choice" or value in row["values"])


def emitted() -> tuple[set[str], set[str], set[str]]:
    """Names of scalars, distributions and episode series that runs of every algorithm send."""
    found: tuple[set[str], set[str], set[str]] = (set(), set(), set())
    for (name, a), settings in product(algorithms.items(), EVERYTHING):
        known = {key: value for key, value in settings.items() if offered(name, key, value)}
        known |= {"trunk": "separate"} if issubclass(a.controls, TrustRegionControls) else {}
        records: list[dict[str, Any]] = []
        for env_id in ENVIRONMENTS:
            start = {"algorithm": name, "environment": {"id": env_id, "num_envs": 2}, "controls": known}
            if misfits(a.controls.model_validate(known), check_environment(env_id, {})):
                continue
            budget = {"updates": 2} if "epochs" in settings else {"env_steps": 500}
            train(start | {"budget": budget}, records.append)
        if name == "reinforce":
            train(BESIDE_THE_TRUTH, records.append)
        for frame in (r for r in records if r["type"] == "frame"):
            found[0].update(frame["scalars"])
            found[1].update(frame["distributions"])
            found[2].update(f"episode/{key}" for episode in frame["ended"] for key in episode)
    return found


def test_every_metric_that_a_run_sends_is_declared_and_every_declared_one_is_sent() -> None:
    numbers, histograms, episodes = emitted()
    declared = {kind: {row["name"] for row in CATALOG["metrics"] if row["kind"] == kind}
                for kind in ("scalar", "distribution")}  # fmt: skip
    assert numbers == declared["scalar"] - set(episode_series)
    assert histograms == declared["distribution"] == set(distributions)
    assert set(episode_series) <= episodes
    assert set(episode_series) <= declared["scalar"]


# --- environments and recipes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", CATALOG["environments"], ids=lambda row: row["id"])
def test_environment_row_is_whole(row: dict[str, Any]) -> None:
    keys = {"id", "title", "doc", "array", "observation", "actions", "solved_at", "max_episode_steps", "renderer",
            "enumerable", "one_hot", "available", "needs"}  # fmt: skip
    assert set(row) == keys
    assert row["title"]
    assert row["doc"]
    if row["available"]:
        actions = row["actions"]
        if actions["kind"] == "box":
            assert [len(actions["low"])] == [len(actions["high"])] == actions["shape"]
            assert all(low < high for low, high in zip(actions["low"], actions["high"], strict=True))
        assert len(actions["names"]) == actions.get("n", len(actions.get("low", []))) > 0
        assert all(n > 0 for n in row["observation"]["shape"])


def test_array_environments_come_first() -> None:
    assert CATALOG["environments"][0]["id"] == "CartPole-v1"
    assert [row["array"] for row in CATALOG["environments"]] == sorted(
        (row["array"] for row in CATALOG["environments"]), reverse=True
    )


@pytest.mark.parametrize("row", CATALOG["recipes"], ids=lambda row: row["id"])
def test_recipe_resolves_and_says_what_its_seeds_reached(row: dict[str, Any]) -> None:
    config = resolve({"recipe": row["id"]})
    assert config.recipe == row["id"]
    assert config.algorithm == row["algorithm"]
    assert config.environment.id == row["environment"]["id"]
    assert {name: config.controls[name] for name in row["controls"]} == row["controls"]
    assert row["title"]
    assert len(row["doc"]) > 80
    assert "*" not in row["doc"]
    seeds = row["seeds"]
    assert 0 <= seeds["reached"] <= seeds["tried"]
    assert seeds["tried"] >= 5
    assert ("median_s" in seeds) == (seeds["reached"] > 0)
    assert seeds.get("median_s", 1) > 0
    assert seeds["bar"]


def test_recipe_is_not_changed_by_who_asks() -> None:
    for recipe in recipes.values():
        asked = recipe.config()
        asked["controls"]["gamma"] = -1
        assert recipe.config() != asked
