"""The first updates of every recipe: equal to the stored trace, and to themselves whatever watches them."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import rl_core.run.run
import rl_core.telemetry.frames
from rl_core.recipes import recipes
from tests.golden.trace import FOLDER, load, stored, trace, trained

REFRESH = "if this change is meant to move it: python -m tests.golden.refresh"


@pytest.mark.parametrize("recipe", recipes)
def test_trace_is_the_stored_one(recipe: str) -> None:
    """To 1e-4, so that another processor's rounding passes and another formula does not."""
    assert stored(recipe).exists(), f"no trace of {recipe}; python -m tests.golden.refresh"
    found, expected = trace(recipe), load(recipe)
    assert found["rows"] == expected["rows"], REFRESH
    assert found["returns"] == pytest.approx(expected["returns"], rel=1e-4), REFRESH
    assert found["scalars"].keys() == expected["scalars"].keys(), REFRESH
    for name, values in expected["scalars"].items():
        assert found["scalars"][name] == pytest.approx(values, rel=1e-4, abs=1e-7), f"{name} moved; {REFRESH}"


def test_there_is_no_trace_of_a_recipe_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(recipes)


@pytest.mark.parametrize("recipe", recipes)
def test_watching_moves_no_bit(recipe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = trained(recipe, telemetry=False)
    monkeypatch.setattr(rl_core.run.run, "LEAK_INTERVAL", 0.0)
    monkeypatch.setattr(rl_core.telemetry.frames, "FRAME_INTERVAL", 0.0)
    monkeypatch.setattr(rl_core.telemetry.frames, "DISTRIBUTION_INTERVAL", 0.0)
    records: list[dict[str, Any]] = []
    watched = trained(recipe, records.append)
    assert len([r for r in records if r["type"] == "frame" and r["distributions"]]) == watched.update
    assert torch.equal(alone.learner.flat.vector, watched.learner.flat.vector)
    assert alone.streams.state() == watched.streams.state()


@pytest.mark.parametrize("recipe", recipes)
def test_trace_notices_a_learning_rate_off_by_a_thousandth(recipe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trace is sharp enough to guard: a change far smaller than a mistake moves it beyond its tolerance."""
    config = recipes[recipe].config()
    config["controls"]["learning_rate"] *= 1.001
    monkeypatch.setattr(type(recipes[recipe]), "config", lambda self: config)
    moved, expected = trace(recipe)["scalars"], load(recipe)["scalars"]
    assert any(moved[name] != pytest.approx(values, rel=1e-4, abs=1e-7) for name, values in expected.items())
