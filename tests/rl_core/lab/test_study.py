"""The experiment as a whole: reproducible, on common batches, and refused with reasons."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from rl_core.environments.finite.declared import mdp_of
from rl_core.lab.policies import logits_of, policies
from rl_core.lab.presets import PRESETS, laboratory
from rl_core.lab.request import parse_request
from rl_core.lab.study import Sampling, study
from rl_core.refusals import ConfigErrors
from rl_core.tabular.dynamic_programming import exact, softmax

SMALL: dict[str, Any] = {
    "environment": {"id": "Garnet-v0", "kwargs": {"states": 4, "actions": 2, "horizon": 4}},
    "gamma": 1.0, "batch": 2, "batches": 1500,
    "estimators": [
        {"name": "loo", "settings": {"return_kind": "full", "baseline": "leave_one_out"}},
        {"name": "mean", "settings": {"return_kind": "full", "baseline": "batch_mean"}},
        {"name": "q", "settings": {"baseline": "action_dependent"}},
        {"name": "normalised", "settings": {"advantage_norm": "batch"}},
    ],
}  # fmt: skip


def without_seconds(result: dict[str, Any]) -> dict[str, Any]:
    rows = [{k: v for k, v in row.items() if k != "seconds"} for row in result["estimators"]]
    return {k: v for k, v in result.items() if k != "seconds"} | {"estimators": rows}


def test_what_the_lecture_says_is_what_the_table_says() -> None:
    rows = {row["name"]: row for row in study(SMALL)["estimators"]}
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "loo": "unbiased", "mean": "scaled", "q": "biased", "normalised": "biased",
    }  # fmt: skip
    assert rows["mean"]["scale"]["low"] < 0.5 < rows["mean"]["scale"]["high"]
    ratio = rows["loo"]["variance"]["value"] / rows["mean"]["variance"]["value"]
    assert ratio == pytest.approx(4.0, rel=1e-9)  # I-17: N/(N-1) = 2 times the other, sample by sample


def test_the_bias_of_an_action_dependent_baseline_is_the_whole_gradient() -> None:
    result = study(SMALL | {"estimators": SMALL["estimators"][2:3]})
    bias = result["estimators"][0]["bias"]
    assert bias["low"] < result["truth"]["gradient_norm"] < bias["high"]


def test_the_same_request_gives_the_same_numbers_and_plain_json() -> None:
    request = SMALL | {"batches": 30}
    first, again = (without_seconds(study(request)) for _ in range(2))
    assert json.dumps(first) == json.dumps(again)
    other = without_seconds(study(request | {"seed": 1}))
    assert first["estimators"][0]["mse"] != other["estimators"][0]["mse"]


def test_an_estimator_finds_the_same_whoever_is_studied_beside_it() -> None:
    request = SMALL | {"batches": 30}
    together = study(request)["estimators"][1]
    alone = study(request | {"estimators": [SMALL["estimators"][1]]})["estimators"][0]
    assert {k: v for k, v in alone.items() if k != "seconds"} == {k: v for k, v in together.items() if k != "seconds"}


def test_rounds_deliver_every_batch_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rl_core.lab.study.ROUND", 4 * 5 * 2 * 7)  # seven batches of two trajectories
    request, mdp = parse_request(SMALL | {"batches": 20})
    sampling = Sampling(request, mdp, np.zeros((4, 2)))
    lanes = [sampling.batches(index).shape[1] for index in range(sampling.rounds)]
    assert (sampling.rounds, sum(lanes)) == (3, 40)


def test_truth_is_that_of_dynamic_programming() -> None:
    result = study(SMALL | {"batches": 10, "policy": {"kind": "random", "seed": 4}})
    mdp = mdp_of("Garnet-v0", SMALL["environment"]["kwargs"])
    found = exact(mdp, logits_of({"kind": "random", "seed": 4}, mdp))
    assert result["truth"]["J"] == found.J
    np.testing.assert_array_equal(result["truth"]["gradient"], found.grad)


def test_progress_ends_at_one() -> None:
    heard: list[float] = []
    study(SMALL | {"batches": 10}, heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.id)
def test_every_preset_is_a_request_that_is_accepted(preset: Any) -> None:
    result = study(preset.to_json()["request"] | {"batches": 10})
    assert len(result["estimators"]) == len(preset.request["estimators"])


def test_the_catalog_of_the_laboratory_is_json_and_knows_its_settings() -> None:
    lab = json.loads(json.dumps(laboratory()))
    assert set(lab["settings"]) == set(lab["algorithms"])
    assert "baseline" in lab["settings"]["reinforce"]
    assert {row["id"] for row in lab["policies"]} == set(policies)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"environment": {"id": "CartPole-v1"}}, "environment.id", "no finite MDP"),
        ({"environment": {"id": "Grit-v0"}}, "environment.id", "Grid-v0"),
        ({"environment": {"id": "Grid-v0", "kwargs": {"with": 3}}}, "environment.kwargs", "width"),
        ({"environment": {"id": "Grid-v0", "kwargs": {"width": 0}}}, "environment.kwargs", "at least 2 states"),
        ({"gamma": 1.5}, "gamma", "at most 1"),
        ({"batches": 1}, "batches", "at least 10"),
        ({"batches": 5000, "batch": 1024}, "batches", "allowed up to"),
        ({"environment": {"id": "Chain-v0", "kwargs": {"horizon": 10**9}}}, "environment.kwargs", "allowed up to"),
        ({"estimators": []}, "estimators", "at least 1"),
        ({"estimators": [{"name": "a", "settings": {"baseline": "b"}}]}, "estimators.0.settings.baseline", "allowed"),
        ({"estimators": [{"name": "a", "settings": {"algorithm": "ppo"}}]}, "estimators.0.settings.algorithm", "whole"),
        ({"policy": {"kind": "unifrom"}}, "policy.kind", "Did you mean uniform"),
        ({"policy": {"kind": "mix"}}, "policy.kind", "another policy"),
        ({"policy": {"kind": "random", "scale": -1}}, "policy.scale", "from 0 to 20"),
        ({"policy": {"kind": "random", "width": 1}}, "policy.width", "scale, seed"),
        ({"policy": {"kind": "logits", "logits": [[0.0]]}}, "policy.logits", "shape"),
        ({"behaviour": {"kind": "mix", "epsilon": 2.0}}, "behaviour.epsilon", "from 0 to 1"),
        ({"extra": 1}, "extra", "no extra"),
    ],
    ids=lambda x: str(x)[:50],
)
def test_requests_that_make_no_sense_are_refused_with_the_reason(
    change: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(ConfigErrors, match=words) as refused:
        study(SMALL | change)
    assert refused.value.errors[0].field == field


def test_a_nearly_optimal_policy_takes_the_best_action_and_a_mixture_mixes() -> None:
    mdp = mdp_of("Corridor-v0", {"length": 3})
    theta = logits_of({"kind": "greedy", "temperature": 0.05}, mdp)
    assert softmax(theta)[0, 1] > 0.999  # right pays 1, left costs 1
    mixed = softmax(logits_of({"kind": "mix", "epsilon": 0.5}, mdp, theta))
    np.testing.assert_allclose(mixed, 0.5 * softmax(theta) + 0.25, atol=1e-12)
