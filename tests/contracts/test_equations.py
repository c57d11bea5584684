r"""Screen and file are one: each line of each equation, evaluated as the screen writes it, is what the code says.

For each algorithm one control after another takes each of its values, from settings under which everything is alive,
and together where lines ask for more than one. The text is read by `latex.evaluator`, with numbers from
`latex.numbers`, and compared with the code through `latex.in_force`; the gradient of the text is that of the loss.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from rl_core.algorithms.algorithm import Algorithm, algorithms
from rl_core.config import resolve  # importing it fills the registry
from rl_core.data.transitions import Transitions
from rl_core.off_policy.controls import OffPolicyControls
from rl_core.run.learner import Learner
from rl_core.streams import Streams
from rl_core.tabular.mdp import TabularMDP
from rl_core.types import ActionSpace, Discrete, Spaces
from tests.contracts.latex.arithmetic import Array, Unreadable
from tests.contracts.latex.equation import Equation
from tests.contracts.latex.in_force import SWITCH, Case, InForce, in_force
from tests.rl_core.support import BOX, random_batch

assert resolve is not None

TOLERANCE = 1e-9
Settings = dict[str, Any]

BASE: Settings = {
    "network": "linear", "initialisation": "default", "critic": "v", "return_kind": "reward_to_go", "baseline": "none",
    "critic_target": "mc", "advantage_norm": "none", "entropy_coef": 0.11, "value_coef": 0.7, "gamma": 0.9,
    "gae_lambda": 0.8, "n_step": 2, "baseline_constant": 0.4, "norm_ddof": 1, "gamma_t": True, "clip": 0.15,
    "kl_coef": 1.3, "kl_target": 0.02, "delta": 0.6, "damping": 0.2, "cg_iterations": 20, "epochs": 2, "minibatches": 1,
    "max_grad_norm": 0.0, "entropy_schedule": "linear", "clip_schedule": "exponential",
}  # fmt: skip
NEEDS: dict[tuple[str, Any], Settings] = {
    ("critic", "none"): {"advantage": "block"}, ("baseline", "action_dependent"): {"critic": "q"},
    ("baseline", "action_dependent_corrected"): {"critic": "q"}, ("importance", "per_decision"): {"critic": "none"},
    ("importance_weight", "pass"): {"importance": "timestep"}, ("old_log_prob", "recomputed"): {"entropy_coef": 5.0},
}  # fmt: skip
TOGETHER: list[dict[str, list[Any]]] = [
    {"baseline": ["optimal_scalar", "optimal_component"],
     "baseline_source": ["previous", "leave_one_out", "same_batch"], "gamma_t": [True, False],
     "reduction": ["traj_mean", "sum"]},
    {"baseline": ["optimal_state"], "critic": ["v"], "value_target": ["block", "pass"]},
    {"baseline": ["action_dependent_corrected"], "critic": ["q"], "advantage": ["block", "pass"],
     "gamma_t": [True, False]},
    {"baseline": ["time_mean"], "return_kind": ["full", "n_step"], "gamma_t": [False]},
    {"return_kind": ["full"], "gamma_t": [True, False], "advantage_norm": ["none", "batch"]},
    {"return_kind": ["gae", "td", "n_step"], "critic_target": ["lambda", "td0", "n_step"]},
    {"return_kind": ["gae", "n_step"], "critic_target": ["lambda", "mc"], "advantage": ["block", "pass"],
     "value_target": ["block", "pass"]},
    {"return_kind": ["gae", "n_step", "full"], "time_limit": ["terminate"]},
    {"advantage_norm": ["episode", "batch", "minibatch"], "norm_ddof": [0, 1], "advantage": ["block", "pass"]},
    {"logprob_source": ["recompute", "keep_graph", "stored_logits"], "loss_form": ["log_prob", "cross_entropy"]},
    {"gradient": ["literal", "per_sample", "exact"], "reduction": ["traj_mean", "step_mean"], "gamma_t": [True, False]},
    {"importance": ["none", "trajectory", "timestep", "clip"], "self_normalised": [True, False],
     "weight_clamp": [0.0, 0.1], "importance_weight": ["block", "pass"]},
    {"importance": ["per_decision"], "self_normalised": [True, False], "weight_clamp": [0.0, 0.1],
     "importance_weight": ["block", "pass"], "critic": ["none"]},
    {"importance": ["per_decision"], "baseline": ["batch_mean", "leave_one_out"], "critic": ["none"]},
    {"old_log_prob": ["recomputed", "recomputed_attached"], "importance": ["trajectory"], "self_normalised": [True]},
    {"kl": ["penalty"], "kl_estimator": ["exact", "k1", "k2", "k3"], "kl_direction": ["old||new", "new||old"],
     "kl_reference": ["saved", "recomputed", "recomputed_attached"]},
    {"kl": ["adaptive_penalty", "early_stop"], "kl_estimator": ["exact", "k2"], "kl_target": [0.02, 0.045, 5.0]},
    {"clip_value": [True], "value_target": ["block", "pass"]},
    {"backtracks": [10], "delta": [0.12, 0.15, 2.0]},
    {"damping": [0.2, 1.0], "kl_direction": ["new||old"], "entropy_coef": [0.0, 0.11]},
    {"target_network": ["polyak", "hard", "none"], "td_target": ["block", "pass"]},
    {"lag": [0, 1], "return_kind": ["reward_to_go", "gae"]},
    {"distribution": ["bernoulli", "gaussian"], "advantage_norm": ["batch"]},
    {"distribution": ["bernoulli"], "loss_form": ["cross_entropy"]},
    {"distribution": ["gaussian"], "kl": ["penalty"], "kl_estimator": ["exact", "k3"],
     "kl_direction": ["old||new", "new||old"]},
]  # fmt: skip
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
    names |= {control for line in lines for control, *_ in line.conditions}
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
    actions = ACTIONS.get(getattr(c, "distribution", ""), Discrete(("a", "b", "c")))
    learner, other = (Learner(a, c, Spaces((3,), actions), Streams(seed)) for seed in (0, 5))
    if isinstance(c, OffPolicyControls):
        learner.flat.load(learner.flat.vector + torch.sin(torch.arange(len(learner.flat.vector)) + 1.0))
        return Case(a, c, learner, transitions(1), transitions(2), **also)
    size = actions.n if isinstance(actions, Discrete) else 0
    batch, previous = (
        random_batch(obs_size=3, n_actions=size, seed=seed, whole=c.along_trajectories, net=other.net)
        for seed in (1, 2)
    )
    return Case(a, c, learner, batch, previous, mdp=small_mdp() if c.takes_exact_gradient else None, **also)


def transitions(seed: int) -> Transitions:
    """Twelve, some of which end."""
    draw = torch.Generator().manual_seed(seed)
    obs, obs_tp1 = torch.randn(2, 12, 3, generator=draw)
    action, ends = torch.randint(0, 3, (12,), generator=draw), torch.rand(12, generator=draw) < 0.3
    return Transitions(obs, action, torch.randn(12, generator=draw), ends, obs_tp1)


def small_mdp() -> tuple[TabularMDP, Array]:
    """Four states with three features each; the last one ends."""
    draw = np.random.default_rng(0)
    moves = draw.random((4, 3, 4))
    terminal = np.array([False, False, False, True])
    mdp = TabularMDP(
        moves / moves.sum(-1, keepdims=True), draw.normal(size=(4, 3, 4)), [0.5, 0.5, 0, 0], 6, 0.9, terminal
    )
    return mdp, draw.normal(size=(4, 3))


def disagreements(found: InForce, lines: Sequence[str] | None = None) -> list[str]:
    """The lines whose text and code differ, and L and its gradient if they do; `lines` may say something else."""
    texts = [row.latex for row in found.rows] if lines is None else list(lines)
    equation = Equation(texts, found.data, found.point)
    values = [equation.value(text) for text in texts]
    if found.data.part is not None:
        values = [value[..., found.data.part] if value.shape[-1] > 1 else value for value in values]
    wrong = [text for text, value, row in zip(texts, values, found.rows, strict=True) if not same(value, row.value)]
    wrong += [] if same(np.atleast_1d(equation.total()), np.atleast_1d(found.total)) else ["L"]
    return wrong + ([] if same(equation.gradient(), found.gradient) else ["gradient of L"])


def same(text: Array, code: Array) -> bool:
    """Equal to 1e-9; a number of the text may stand for all samples, and the code has samples first."""
    if text.ndim == 3:
        text = text[:, 0, 0] if code.ndim == 1 else text[:, :, 0]
    elif text.ndim == 2:
        text = text.T
    return bool((np.abs(text - code) <= TOLERANCE * (1 + np.abs(code))).all())


EVERY = [
    pytest.param(a, change, id=f"{a.id}-" + ",".join(f"{k}={v}" for k, v in change.items()))
    for a in algorithms.values() for change in settings(a)
]  # fmt: skip


@pytest.mark.parametrize(("a", "change"), EVERY)
def test_every_line_is_what_the_code_computes(a: Algorithm[Any], change: Settings) -> None:
    found = in_force(case(a, change))
    summands = sum(float(row.value[0]) for row in found.rows if row.name)
    assert summands == pytest.approx(found.total, rel=1e-12)
    assert disagreements(found) == []


@pytest.mark.parametrize("a", algorithms.values(), ids=lambda a: a.id)
def test_nothing_that_the_text_shows_is_left_out(a: Algorithm[Any]) -> None:
    tried = settings(a)
    seen = {line.latex for change in tried for line in a.equation() if line.in_force(controls(a, change))}
    assert {line.latex for line in a.equation()} == seen
    values = {(name, value) for name, values in shown(a).items() for value in values}
    untried = values - {(name, change[name]) for change in tried for name in shown(a) if name in change}
    assert untried <= {("critic", "none")}  # refused by methods that need one


def test_what_per_decision_weights_multiply_is_a_number_also_where_v_is_added_at_a_cut() -> None:
    found = in_force(case(algorithms["off_policy_is_pg"], {"importance": "per_decision"} | {"critic": "v"}))
    assert disagreements(found) == ["gradient of L"]


@pytest.mark.parametrize("delta", [0.12, 0.15])
def test_a_step_that_is_shortened_less_breaks_one_of_its_bounds(delta: float) -> None:
    found = in_force(case(algorithms["trpo"], {"delta": delta}))
    lines = [row.latex for row in found.rows]
    for j in range(int(found.data.given["j"])):
        data = dataclasses.replace(found.data, given={**found.data.given, "j": j})
        equation = Equation(lines, data, found.point)
        with pytest.raises(Unreadable, match="is false"):
            for line in lines:
                equation.value(line)


@pytest.mark.parametrize("over", ["none", "batch", "minibatch"])
def test_a_minibatch_is_summed_and_normalised_by_itself(over: str) -> None:
    a, part = algorithms["ppo"], [0, 3, 4, 8, 11, 12, 19]
    assert disagreements(in_force(case(a, {"advantage_norm": over}, part=part))) == []


FAULTS = [
    ("ppo", {}, r"\;-\;c_e", r"\;+\;c_e", "a wrong sign"),
    ("ppo", {}, r"L=-", r"L=", "a lost sign"),
    ("ppo", {"clip_value": True}, r"\max", r"\min", "the other extreme"),
    ("ppo", {}, r"1\pm \epsilon", r"1\pm c_v", "a swapped control"),
    ("ppo", {"kl": "penalty"}, r"(\bar\pi\,\Vert\,\pi_\theta", r"(\pi_\theta\,\Vert\,\bar\pi", "the other direction"),
    ("ppo", {"kl": "penalty", "kl_estimator": "k3"}, "k_3", "k_1", "another estimator"),
    ("ppo", {"kl": "adaptive_penalty", "kl_target": 5.0}, "/1.5]", "/1.5]+1", "another rule"),
    ("a2c", {}, r"c_v", r"c_e", "a swapped control"),
    ("a2c", {}, r"\gamma^t", "", "a missing factor"),
    ("a2c", {"return_kind": "gae"}, r"(\gamma\lambda)^l", r"\gamma^l", "a missing factor"),
    ("a2c", {"return_kind": "gae"}, r"\delta_{t+l}", r"\delta_t", "a missing shift"),
    ("a2c", {"critic_target": "td0"}, r"\phi(s_{t+1})", r"\phi(s_t)", "a missing shift"),
    ("a2c", {}, r"\frac1M\sum_{i,t}", r"\frac1N\sum_{i,t}", "another reduction"),
    ("a2c", {"advantage_norm": "episode"}, r"{episode}", r"{batch}", "another normalisation"),
    ("a2c", {"baseline": "leave_one_out"}, r"R_{-i}", r"R", "another baseline"),
    ("reinforce", {"baseline": "optimal_component"}, r"b^*", r"b_0", "another baseline"),
    ("reinforce", {"gradient": "exact"}, r"J", r"L", "another gradient"),
    ("off_policy_is_pg", {"importance": "trajectory"}, r"\prod_k", r"\prod_{k\le t}", "another product"),
    ("off_policy_is_pg", {"weight_clamp": 0.1}, r"\pm \log w_{\max}", r"\pm c_v", "a swapped control"),
    ("trpo", {"delta": 0.15}, r"0.8^j", r"0.9^j", "another step"),
    ("trpo", {}, r"2\,\delta", r"\delta", "a missing factor"),
    ("dqn", {}, r"\max", r"\min", "another extreme"),
    ("dqn", {}, r"{\bar\phi}", r"\phi", "another network"),
    ("a3c", {"lag": 1}, r"_{t-\ell }", "", "no lag"),
    ("natural_pg", {}, r"+\nu", r"+2\nu", "another damping"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "text", "fault", "what"), FAULTS)
def test_a_planted_fault_is_found(name: str, change: Settings, text: str, fault: str, what: str) -> None:
    found = in_force(case(algorithms[name], change))
    lines = [row.latex.replace(text, fault) for row in found.rows]
    broken = {line for line, row in zip(lines, found.rows, strict=True) if line != row.latex}
    assert broken, f"{text} is not in {[row.latex for row in found.rows]}"
    try:
        seen = set(disagreements(found, lines))
    except Unreadable:  # a bound that the fault makes false
        return
    assert broken & seen, what


@pytest.mark.parametrize(
    ("text", "fault"),
    [(r"\operatorname{sg}[\hat A_t]", r"\hat A_t"), (r"\operatorname{sg}[\hat R_t]", r"\hat R_t")],
)
def test_a_lost_stop_of_the_gradient_is_found(text: str, fault: str) -> None:
    found = in_force(case(algorithms["a2c"], {"return_kind": "gae", "critic_target": "lambda"}))
    lines = [row.latex.replace(text, fault) for row in found.rows]
    assert disagreements(found, lines) == ["gradient of L"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (r"\frobnicate G_t", "this means nothing here, at 0"),
        (r"G_t+\text{ (reward)}", "this means nothing here, at 4"),
        (r"\max(G_t,b_0", r"expected \), at 12"), (r"\sum_j G_t", "a sum or product over j, at 7"),
        (r"G_t)", "expected the end, at 3"), (r"G_k", "names the index k"), (r"Q_\phi(s_t,a)", "names the index a"),
        (r"\operatorname{clip}(G_t,2)", r"expected \\pm, at 24"), (r"G_t,\quad b_0", "expected the end, at 3"),
        (r"b_0\le -b_0", "is false"), ("", "this means nothing here, at 0"),
    ],
)  # fmt: skip
def test_what_means_nothing_fails(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        worth(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"\frac12", 0.5), (r"-2^2+1.5", -2.5), (r"6/2\,3", 1.0), (r"2\,(1-3)^2-[2>1]", 7.0),
        (r"\sqrt{\frac{9}{4}}", 1.5), (r"\exp\log 5", 5.0), (r"\max\big[1,\min(3,2)\big]", 2.0),
        (r"\operatorname{clip}(3,1\pm 0.5)", 1.5), (r"\operatorname{clip}(-3,\pm 0.5)", -0.5), (r"\sum 1-M", 0.0),
        (r"\sum_{i,t}\sum_a\pi_\theta(a\mid s_t)-M", 0.0),
        (r"\sum\sum_{k\ge t}\gamma^{k-t}\delta_k-\sum\sum_l\gamma^l\delta_{t+l}", 0.0),
        (r"\sum(\sum_{k\ge t}\gamma^{k-t}(G_k-\gamma G_{k+1})-G_t)^2", 0.0),
        (r"\theta^\top\theta-\theta^\top I^{-1}\theta", 0.0),
        (r"\sum\theta^\top\nabla_\theta\pi_\theta(a_t\mid s_t)-\theta^\top\nabla_\theta\sum\pi_\theta(a_t\mid s_t)", 0),
    ],
)  # fmt: skip
def test_what_the_evaluator_reads(text: str, value: float) -> None:
    assert worth(text).reshape(-1) == pytest.approx([value], abs=1e-12)


def worth(text: str) -> Array:
    """The value of a text by itself."""
    found = in_force(case(algorithms["a2c"], {}))
    return Equation(["L=" + text], found.data, found.point).value("L=" + text)
