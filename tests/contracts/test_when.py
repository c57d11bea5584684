"""What a control says of when it acts is true: where it is said to do nothing, it moves no bit of a run."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from rl_core.algorithms.algorithm import algorithms
from rl_core.conditions import holds
from rl_core.config import ConfigErrors, resolve
from tests.rl_core.support import run

# A value of each kind of control that differs from its default, where half of its range would be too large to run.
OTHER: dict[str, Any] = {"hidden_layers": 1, "hidden_size": 4, "n_step": 2, "target_every": 3, "kl_coef": 0.5}
SMALL: dict[str, Any] = {
    "hidden_size": 8, "n_steps": 8, "epochs": 2, "minibatches": 2, "learning_starts": 32, "record_episodes": False,
}  # fmt: skip
ROWS = [
    pytest.param(a, row, id=f"{a.id}-{row['name']}")
    for a in algorithms.values()
    for row in a.controls.declarations()
    if row["when"]
]


def other_value(row: dict[str, Any]) -> Any:
    if row["name"] in OTHER:
        return OTHER[row["name"]]
    if row["kind"] == "flag":
        return not row["default"]
    if row["kind"] == "number":
        return row["min"] if row["default"] != row["min"] else min(row["max"], 0.5)
    return next(value for value in row["values"] if value != row["default"])


def trained(a: Any, controls: dict[str, Any]) -> torch.Tensor:
    known = {name: value for name, value in SMALL.items() if name in a.controls.model_fields}
    start = {"algorithm": a.id, "environment": {"id": "CartPole-v1", "num_envs": 2}, "controls": known | controls}
    r = run(start | {"budget": {"updates": 3}})
    for _ in range(3):
        r.advance()
    return r.learner.flat.vector.clone()


def conditions(row: dict[str, Any]) -> list[tuple[str, str, Any]]:
    return [(w["control"], how, value) for w in row["when"] for how, value in w.items() if how != "control"]


@pytest.mark.parametrize(("a", "row"), ROWS)
def test_conditions_are_about_controls_of_the_algorithm_and_values_they_can_have(a: Any, row: dict[str, Any]) -> None:
    rows = {r["name"]: r for r in a.controls.declarations()}
    for name, how, value in conditions(row):
        if name == "actions":
            assert (how, value) == ("is", "box")
            continue
        those = value if how == "in" else [value]  # an algorithm may offer some of them only
        assert rows[name]["kind"] == "number" or set(those) & set(rows[name]["values"])


@pytest.mark.parametrize(("a", "row"), ROWS)
def test_where_a_control_is_said_to_do_nothing_it_moves_no_bit(a: Any, row: dict[str, Any]) -> None:
    """Under the defaults, where none of its conditions holds there (actions are discrete in this environment)."""
    defaults = a.controls()
    mine = [c for c in conditions(row) if c[0] != "actions"]
    if any(holds(condition, defaults) for condition in mine):
        return
    changed = {row["name"]: other_value(row)}
    try:
        resolve({"algorithm": a.id, "environment": {"id": "CartPole-v1"}, "controls": changed})
    except ConfigErrors:
        return  # refused where it would do nothing: nobody can be misled
    assert torch.equal(trained(a, {}), trained(a, changed))
