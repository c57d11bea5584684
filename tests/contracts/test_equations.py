r"""Screen and file are one: every line of every equation is evaluated as the screen writes it, and is what the code says.

For each algorithm one control after another takes each of its values, from settings under which everything is alive,
and together where lines ask for more than one. The text is read by `latex.evaluator`, with numbers from
`latex.numbers`, and compared with the code through `latex.in_force`; the gradient of the text is that of the loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from rl_core.algorithms.algorithm import Algorithm, algorithms
from rl_core.config import resolve  # importing it fills the registry
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.tabular.mdp import TabularMDP
from rl_core.types import ActionSpace, Discrete
from tests.contracts.latex.arithmetic import Array, Unreadable
from tests.contracts.latex.equation import Equation
from tests.contracts.latex.in_force import SWITCH, Case, InForce, in_force
from tests.rl_core.support import BOX, fit, random_batch

assert resolve is not None

TOLERANCE = 1e-9
Settings = dict[str, Any]

BASE: Settings = {
    "network": "linear", "initialisation": "default", "critic": "v", "return_kind": "reward_to_go", "baseline": "none",
    "critic_target": "mc", "advantage_norm": "none", "entropy_coef": 0.11, "value_coef": 0.7, "gamma": 0.9,
    "gae_lambda": 0.8, "n_step": 2, "baseline_constant": 0.4, "norm_ddof": 1, "gamma_t": True, "clip": 0.15,
    "kl_coef": 1.3, "kl_target": 0.02, "delta": 0.6, "damping": 0.2, "cg_iterations": 20, "epochs": 2, "minibatches": 1,
    "entropy_schedule": "linear", "clip_schedule": "exponential",
}  # fmt: skip
NEEDS: dict[tuple[str, Any], Settings] = {
    ("critic", "none"): {"advantage": "block"}, ("baseline", "action_dependent"): {"critic": "q"},
    ("baseline", "action_dependent_corrected"): {"critic": "q"}, ("importance_weight", "pass"): {"importance": "timestep"},
}  # fmt: skip
TOGETHER: list[dict[str, list[Any]]] = [
    {"baseline": ["optimal_scalar", "optimal_component"], "baseline_source": ["previous", "leave_one_out", "same_batch"],
     "gamma_t": [True, False], "reduction": ["traj_mean", "sum"]},
    {"baseline": ["optimal_state"], "critic": ["v"], "value_target": ["block", "pass"]},
    {"baseline": ["action_dependent_corrected"], "critic": ["q"], "advantage": ["block", "pass"], "gamma_t": [True, False]},
    {"baseline": ["time_mean"], "return_kind": ["full", "n_step"], "gamma_t": [False]},
    {"return_kind": ["full"], "gamma_t": [False], "advantage_norm": ["none", "batch"]},
    {"return_kind": ["gae", "td", "n_step"], "critic_target": ["lambda", "td0", "n_step"], "advantage": ["block", "pass"],
     "value_target": ["block", "pass"], "time_limit": ["truncate", "terminate"]},
    {"advantage_norm": ["episode", "batch", "minibatch"], "norm_ddof": [0, 1], "advantage": ["block", "pass"]},
    {"logprob_source": ["recompute", "keep_graph", "stored_logits"], "loss_form": ["log_prob", "cross_entropy"]},
    {"gradient": ["literal", "per_sample", "exact"], "reduction": ["traj_mean", "step_mean"], "gamma_t": [True, False]},
    {"importance": ["none", "trajectory", "per_decision", "timestep", "clip"], "self_normalised": [True, False],
     "weight_clamp": [0.0, 0.1], "importance_weight": ["block", "pass"], "old_log_prob": ["stored", "recomputed_attached"]},
    {"importance": ["per_decision"], "baseline": ["batch_mean", "leave_one_out"], "self_normalised": [True, False]},
    {"kl": ["penalty", "adaptive_penalty", "early_stop"], "kl_estimator": ["exact", "k1", "k2", "k3"],
     "kl_direction": ["old||new", "new||old"], "kl_reference": ["saved", "recomputed", "recomputed_attached"]},
    {"kl": ["adaptive_penalty", "early_stop"], "kl_target": [0.02, 0.045, 5.0]},
    {"clip_value": [True], "value_target": ["block", "pass"]},
    {"damping": [0.0, 0.2], "kl_direction": ["new||old"], "entropy_coef": [0.0]},
    {"distribution": ["bernoulli", "gaussian"], "advantage_norm": ["batch"]},
    {"distribution": ["bernoulli"], "loss_form": ["cross_entropy"]},
    {"distribution": ["gaussian"], "kl": ["penalty"], "kl_estimator": ["exact", "k3"], "kl_direction": ["old||new", "new||old"]},
]  # fmt: skip
ON_POLICY = [a for a in algorithms.values() if issubclass(a.controls, OnPolicyControls)]
ACTIONS: dict[str, ActionSpace] = {"bernoulli": Discrete(("a", "b")), "gaussian": BOX}


@pytest.fixture(autouse=True)
def _float64() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def shown(a: Algorithm[Any]) -> dict[str, list[Any]]:
    """The choices, flags and gates that the text shows or asks about, with their values."""
    lines = a.equation()
    names = {name for line in lines for name in SWITCH.findall(line.latex)}
    names |= {condition[0] for line in lines for condition in line.conditions}
    rows = {row["name"]: row for row in a.controls.declarations() if row["name"] in names and row["kind"] != "number"}
    return {name: row.get("values", [True, False]) for name, row in rows.items()}


def settings(a: Algorithm[Any]) -> list[Settings]:
    """One change after another, and the changes that only mean something together; without what the controls refuse."""
    single = [{name: value} | NEEDS.get((name, value), {}) for name, values in shown(a).items() for value in values]
    known = [each for each in TOGETHER if set(each) <= set(a.controls.model_fields)]
    many = [dict(zip(each, values, strict=True)) for each in known for values in product(*each.values())]
    return [each for each in [{}, *single, *many] if controls(a, each) is not None]


def controls(a: Algorithm[Any], change: Settings) -> Any:
    """The controls, or None where they refuse."""
    known = {name: value for name, value in BASE.items() if name in a.controls.model_fields}
    try:
        return a.controls.model_validate(known | change)
    except ValidationError:
        return None


def case(a: Algorithm[Any], change: Settings, **also: Any) -> Case:
    """An update on random data of another policy, after one on other data."""
    c = controls(a, change)
    actions = ACTIONS.get(c.distribution, Discrete(("a", "b", "c")))
    learner, other = (fit(a, c, 3, actions, seed) for seed in (0, 5))
    size = actions.n if isinstance(actions, Discrete) else 0
    batch, previous = (
        random_batch(
            obs_size=3, n_actions=size, seed=seed, whole=c.along_trajectories, net=other.net, masks=also.pop("masks", ())
        )
        for seed in (1, 2)
    )
    mdp = small_mdp() if c.takes_exact_gradient else None
    return Case(a, c, learner, batch, previous, mdp=mdp, **also)


def small_mdp() -> tuple[TabularMDP, Array]:
    """Four states with three features each; the last one ends."""
    draw = np.random.default_rng(0)
    moves = draw.random((4, 3, 4))
    terminal = np.array([False, False, False, True])
    mdp = TabularMDP(moves / moves.sum(-1, keepdims=True), draw.normal(size=(4, 3, 4)), [0.5, 0.5, 0, 0], 6, 0.9, terminal)
    return mdp, draw.normal(size=(4, 3))


def disagreements(found: InForce, lines: Sequence[str] | None = None) -> list[str]:
    """The lines whose text and code differ, and L and its gradient if they do; `lines` may say something else."""
    texts = [row.latex for row in found.rows] if lines is None else list(lines)
    equation = Equation(texts, found.data, found.point)
    wrong = [text for text, row in zip(texts, found.rows, strict=True) if not same(equation.value(text), row.value)]
    wrong += [] if same(np.atleast_1d(equation.total()), np.atleast_1d(found.total)) else ["L"]
    return wrong + ([] if same(equation.gradient(), found.gradient) else ["gradient of L"])


def same(text: Array, code: Array) -> bool:
    """Equal to 1e-9; a number of the text may stand for all samples, and what depends on samples is compared on those."""
    if text.ndim == 3:
        text = text[:, 0, 0] if code.ndim == 1 else text[:, :, 0]
    elif text.ndim == 2:
        text = text.T
    return bool((np.abs(text - code) <= TOLERANCE * (1 + np.abs(code))).all())


EVERY = [
    pytest.param(a, change, id=f"{a.id}-" + ",".join(f"{k}={v}" for k, v in change.items()))
    for a in ON_POLICY for change in settings(a)
]  # fmt: skip


@cache
def found_in(a_id: str, change: tuple[tuple[str, Any], ...]) -> InForce:
    return in_force(case(algorithms[a_id], dict(change)))


@pytest.mark.parametrize(("a", "change"), EVERY)
def test_every_line_is_what_the_code_computes(a: Algorithm[Any], change: Settings) -> None:
    found = in_force(case(a, change))
    summands = sum(float(row.value[0]) for row in found.rows if row.name)
    assert summands == pytest.approx(found.total, rel=1e-12)
    assert disagreements(found) == []


@pytest.mark.parametrize("a", ON_POLICY, ids=lambda a: a.id)
def test_nothing_that_the_text_shows_is_left_out(a: Algorithm[Any]) -> None:
    tried = settings(a)
    seen = {line.latex for change in tried for line in a.equation() if line.in_force(controls(a, change))}
    assert {line.latex for line in a.equation()} == seen
    everything = {(name, value) for name, values in shown(a).items() for value in values}
    assert everything == {(name, change[name]) for change in tried for name in shown(a) if name in change}
