"""Controls that do not fit the environment are refused with the reason before anything starts; the others are not."""

from __future__ import annotations

from typing import Any

import pytest

from rl_core.algorithms.algorithm import algorithms
from rl_core.config import ConfigErrors, check_edit, resolve
from rl_core.environments.fits import fits

ROWS: list[list[float]] = [[1.0, float(s)] for s in range(16)]
# control, value, with what else, where it is refused and in what words, where it fits
CASES: list[tuple[str, Any, dict[str, Any], list[Any], list[Any]]] = [
    ("network", "tabular", {},
     [("CartPole-v1", {}, "is no finite MDP"), ("Grid-v0", {"features": "constant"}, "shows features of its states"),
      ("Grid-v0", {"features": ROWS}, "shows features"), ("SharedLogit-v0", {}, "shows features")],
     [("Grid-v0", {}), ("FrozenLake-v1", {}), ("SharedLogit-v0", {"features": "one_hot"})]),
    ("distribution", "bernoulli", {},
     [("Acrobot-v1", {}, "has 3 actions"), ("Pendulum-v1", {}, "has 1 real numbers")],
     [("CartPole-v1", {}), ("Chain-v0", {})]),
    ("distribution", "gaussian", {}, [("CartPole-v1", {}, "has 2 discrete actions")], [("Pendulum-v1", {})]),
    ("distribution", "categorical", {}, [("Pendulum-v1", {}, "acts with 1 real numbers")], [("CartPole-v1", {})]),
    ("critic", "q", {}, [("Pendulum-v1", {}, "a value per action")], [("CartPole-v1", {})]),
    ("td_target", "block", {"algorithm": "dqn"}, [("Pendulum-v1", {}, "a maximum over actions")],
     [("CartPole-v1", {})]),
    ("loss_form", "cross_entropy", {}, [("Pendulum-v1", {}, "as labels")], [("CartPole-v1", {})]),
    ("gradient", "exact", {"network": "mlp"}, [("CartPole-v1", {}, "needs a finite MDP")],
     [("Grid-v0", {"features": "random:3"}), ("Taxi-v4", {}), ("TabularMDP-v0", {})]),
]  # fmt: skip
REFUSED = [(name, value, more, *where) for name, value, more, bad, _ in CASES for where in bad]
ALLOWED = [(name, value, more, *where) for name, value, more, _, good in CASES for where in good]


def body(env_id: str, kwargs: dict[str, Any], algorithm: str = "reinforce", **controls: Any) -> dict[str, Any]:
    return {"algorithm": algorithm, "environment": {"id": env_id, "kwargs": kwargs}, "controls": controls}


@pytest.mark.parametrize(("name", "value", "more", "env_id", "kwargs", "words"), REFUSED)
def test_what_does_not_fit_is_refused_with_the_reason_and_a_cure(
    name: str, value: Any, more: dict[str, Any], env_id: str, kwargs: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigErrors) as refused:
        resolve(body(env_id, kwargs, **{name: value}, **more))
    (reason,) = refused.value.errors
    assert (reason.code, reason.field) == ("invalid_combination", f"controls.{name}")
    assert words in reason.message
    assert env_id in reason.message
    assert "Use '" in reason.message


@pytest.mark.parametrize(("name", "value", "more", "env_id", "kwargs"), ALLOWED)
def test_what_fits_is_not(name: str, value: Any, more: dict[str, Any], env_id: str, kwargs: dict[str, Any]) -> None:
    assert resolve(body(env_id, kwargs, **{name: value}, **more)).controls[name] == value


def test_every_declared_fit_is_tried_here_and_is_of_a_control_that_exists() -> None:
    assert set(fits) == {name for name, *_ in CASES}
    assert all(any(name in a.controls.model_fields for a in algorithms.values()) for name in fits)


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize(
    ("env_id", "edit", "field"),
    [("CartPole-v1", {"gradient": "exact"}, "controls.gradient"), ("Grid-v0", {"gradient": "exact"}, None),
     ("Pendulum-v1", {"loss_form": "cross_entropy", "gamma": 0.9}, "controls.loss_form"),
     ("Pendulum-v1", {"gamma": 0.9}, None)],
)  # fmt: skip
def test_a_live_edit_has_to_fit_as_well(env_id: str, edit: dict[str, Any], field: str | None, as_json: bool) -> None:
    config = resolve(body(env_id, {}))
    errors = check_edit(config.model_dump(mode="json") if as_json else config, config.controls, edit)
    assert [error.field for error in errors] == ([] if field is None else [field])


@pytest.mark.parametrize(
    ("controls", "words"),
    [({"dropout": 0.5}, "dropout is 0.5. Set it to 0.0"), ({"normalise_obs": "running"}, "normalise_obs is 'running'")],
)
def test_the_exact_gradient_is_of_the_network_at_the_states(controls: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigErrors, match=words):
        resolve(body("Grid-v0", {}, gradient="exact", **controls))
