"""Generated for every declared boundary of every algorithm: path, group, coverage and default.

Nothing here names a boundary: a new one is tested as soon as it is declared. What its wrong side *derives* to is tested
in `tests/rl_core/boundaries`, and that such a test exists is tested here.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from rl_core.ad.gate import Gate
from rl_core.algorithms.algorithm import Algorithm, algorithms
from rl_core.config import resolve  # importing it fills the registry
from rl_core.data.batch import Batch
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.on_policy.score_gradient import ScoreGradientAt
from rl_core.on_policy.trust_region_controls import TrustRegionControls
from rl_core.streams import Streams
from rl_core.types import ActionSpace, Discrete
from tests.contracts.sources import ROOT
from tests.rl_core.support import BOX, Fit, Left, fit, losses, minibatch, network, random_batch, values_of

assert resolve is not None

# Under these settings every boundary has something to stop: a critic, a bootstrap, an entropy bonus, a KL penalty,
# dropout, reuse.
ALIVE: dict[str, Any] = {
    "critic": "v", "return_kind": "gae", "baseline": "none", "critic_target": "td0", "advantage_norm": "none",
    "entropy_coef": 0.1, "dropout": 0.3, "epochs": 2, "minibatches": 1, "optimiser": "sgd", "learning_rate": 0.1,
    "hidden_layers": 1, "hidden_size": 6, "initialisation": "default", "kl": "penalty", "kl_coef": 1.0,
    "normalise_obs": "running",
}  # fmt: skip
THREE = Discrete(("a", "b", "c"))


@pytest.fixture(autouse=True)
def _float64() -> Any:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def alive(a: Algorithm[Any], **values: Any) -> OnPolicyControls:
    """The settings above, as far as the algorithm has them."""
    known = {name: value for name, value in ALIVE.items() if name in a.controls.model_fields}
    made: OnPolicyControls = a.controls.model_validate(known | values)
    return made


def boundaries(kind: str) -> list[Any]:
    return [
        pytest.param(a, row, id=f"{a.id}-{row['name']}")
        for a in algorithms.values()
        for row in a.controls.declarations()
        if row["boundary"] and row["kind"] == kind
    ]


class Seen:
    """Controls that note what is read, and in which a gate's input can be replaced by a fresh leaf."""

    def __init__(self, controls: OnPolicyControls, planted: str = "") -> None:
        self._controls, self._planted = controls, planted
        self.read: set[str] = set()
        self.leaves: list[Tensor] = []

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._controls, name)
        self.read.add(name)
        return self._leaf_then(value) if name == self._planted else value

    def at(self, progress: float, remembered: dict[str, Any] | None = None) -> Seen:
        """The numbers in force, seen by the same eyes."""
        seen = Seen(self._controls.at(progress, remembered), self._planted)  # type: ignore[arg-type]
        seen.read, seen.leaves = self.read, self.leaves
        return seen

    def _leaf_then(self, gate: Gate) -> Callable[[Tensor], Tensor]:
        def call(x: Tensor) -> Tensor:
            self.leaves.append(x.detach().requires_grad_())
            return gate(self.leaves[-1])

        return call


def batch_for(a: Algorithm[Any], c: OnPolicyControls, actions: ActionSpace = THREE) -> tuple[Fit, Batch]:
    learner = fit(a, c, 4, actions)
    return learner, random_batch(net=learner.net, masks=(c.hidden_size,) * c.hidden_layers)


def updated(a: Algorithm[Any], c: OnPolicyControls, actions: ActionSpace = THREE) -> tuple[Left, Tensor]:
    """One update from the same start on the same batch: what it left, and the parameters after it."""
    learner, b = batch_for(a, c, actions)
    trace = learner.update(b, c, 0.0, probe_leaks=True)
    return trace, learner.flat.vector.clone()


def arrived(a: Algorithm[Any], name: str, state: str) -> float:
    """The gradient that reaches a fresh leaf at the gate's input."""
    c = alive(a, **{name: state})
    net = network(4, 3, c)
    b = random_batch(net=net, masks=(c.hidden_size,) * c.hidden_layers)
    v = values_of(b, torch.randn(b.obs_t.shape[:2]), torch.randn(len(b.cut_obs)))
    seen = Seen(c, planted=name)
    losses(a, minibatch(b, v, c), net, seen).total().backward()  # type: ignore[no-untyped-call]
    return sum(0.0 if leaf.grad is None else float(leaf.grad.norm()) for leaf in seen.leaves)


def check_path(a: Algorithm[Any], name: str) -> None:
    assert arrived(a, name, "block") == 0.0
    assert arrived(a, name, "pass") > 1e-6


def check_group(a: Algorithm[Any], row: dict[str, Any]) -> None:
    blocked, passed = (updated(a, alive(a, **{row["name"]: state}))[0] for state in ("block", "pass"))
    for loss, group in row["edges"]:
        assert abs(passed.probe.leaks[loss, group] - blocked.probe.leaks[loss, group]) > 1e-6
    for name, term in blocked.losses[0].terms.items():
        assert float(term) == pytest.approx(float(passed.losses[0].terms[name]), rel=1e-10)


def check_coverage(a: Algorithm[Any]) -> None:
    c = alive(a)
    learner, b = batch_for(a, c)
    seen = Seen(c)
    trace = learner.update(b, seen, 0.0)  # type: ignore[arg-type]
    rows = [row for row in a.controls.declarations() if row["boundary"]]
    assert {row["name"] for row in rows} <= seen.read
    assert {row["name"] for row in rows if row["kind"] == "gate"} == set(trace.pressure)


@pytest.mark.parametrize(("a", "row"), boundaries("gate"))
def test_path_a_leaf_at_the_gate_gets_gradient_exactly_while_it_passes(a: Algorithm[Any], row: dict[str, Any]) -> None:
    check_path(a, row["name"])


@pytest.mark.parametrize(("a", "row"), boundaries("gate"))
@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad")
def test_group_turning_the_gate_changes_its_edges_and_no_forward_value(a: Algorithm[Any], row: dict[str, Any]) -> None:
    check_group(a, row)


@pytest.mark.parametrize("a", algorithms.values(), ids=lambda a: a.id)
def test_coverage_every_boundary_is_used_in_every_update(a: Algorithm[Any]) -> None:
    check_coverage(a)


@pytest.mark.parametrize(("a", "row"), boundaries("choice"))
def test_group_every_wrong_choice_changes_what_is_learnt(a: Algorithm[Any], row: dict[str, Any]) -> None:
    """In one of the action spaces at least: an action is clipped only where it is continuous."""
    changed: dict[str, list[float]] = {value: [] for value in row["values"]}
    for actions in (THREE, BOX):
        right = updated(a, alive(a), actions)[1]
        for value in row["values"]:
            moved = updated(a, alive(a, **{row["name"]: value}), actions)[1]
            changed[value].append(float((moved - right).norm()))
    assert changed.pop(row["default"]) == [0.0, 0.0]
    assert all(max(moves) > 1e-6 for moves in changed.values()), changed


@pytest.mark.parametrize("actions", [THREE, BOX], ids=["discrete", "box"])
@pytest.mark.parametrize("trunk", ["separate", "shared"])
@pytest.mark.parametrize("a", algorithms.values(), ids=lambda a: a.id)
def test_right_sides_give_the_leak_matrix_of_section_19(a: Algorithm[Any], trunk: str, actions: ActionSpace) -> None:
    if trunk == "shared" and issubclass(a.controls, TrustRegionControls):
        with pytest.raises(ValueError, match="trunk 'shared' would be moved by the critic's"):
            alive(a, trunk=trunk)
        return
    probed = updated(a, alive(a, trunk=trunk), actions)[0].probe
    assert probed is not None
    assert {group for _, group in probed.leaks} == {"actor", "critic"} | ({"trunk"} if trunk == "shared" else set())
    of_policy = {"policy", "entropy", "kl"}
    for (loss, group), norm in probed.leaks.items():
        if loss == "kl" and group != "critic":
            continue  # its gradient is 0 where the policies are equal, as before the first step
        # the entropy of a Gaussian with a free log sigma does not depend on the state, so it reaches no trunk
        flat = loss == "entropy" and group == "trunk" and actions is BOX
        reached = (group == "actor") == (loss in of_policy) if group != "trunk" else not flat
        assert (norm > 1e-6) if reached else (norm == 0.0), (loss, group)
    assert (probed.trunk_cosine is None) == (trunk == "separate")


@pytest.mark.parametrize(("a", "row"), boundaries("gate") + boundaries("choice"))
def test_default_is_the_right_side_and_the_declaration_is_whole(a: Algorithm[Any], row: dict[str, Any]) -> None:
    assert row["default"] == row["values"][0]
    assert row["spec"]
    assert row["live"]
    assert row["effect"]
    if row["kind"] == "gate":
        assert row["terms"]["block"] != row["terms"]["pass"]
        assert row["edges"]


@pytest.mark.parametrize(("a", "row"), boundaries("gate") + boundaries("choice"))
def test_wrong_side_has_a_derived_test(a: Algorithm[Any], row: dict[str, Any]) -> None:
    tree = ast.parse((ROOT / "tests/rl_core/boundaries/test_wrong_sides.py").read_text())
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    about = row["spec"].replace("-", "_") if row["spec"].startswith("B-") else row["name"]
    assert [name for name in names if name.startswith(f"test_I_30_{about}")], f"nothing derives {row['spec']}"


# --- pressure ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("probe", [False, True], ids=["", "probed"])
@pytest.mark.parametrize(("a", "row"), boundaries("gate"))
def test_pressure_is_the_gradient_that_arrived(a: Algorithm[Any], row: dict[str, Any], probe: bool) -> None:
    """The same number while blocking and while passing, with and without a leak probe on the same graph."""
    c = alive(a)
    learner, b = batch_for(a, c)
    v = values_of(b, learner.net.value(b.obs_t).detach(), learner.net.value(b.cut_obs).detach())
    seen = Seen(alive(a, **{row["name"]: "pass"}), planted=row["name"])
    losses(a, minibatch(b, v, c), learner.net, seen).total().backward()  # type: ignore[no-untyped-call]
    assert seen.leaves[0].grad is not None
    by_hand = float(seen.leaves[0].grad.norm())
    assert by_hand > 1e-6
    for state in ("block", "pass"):
        settings = alive(a, **{row["name"]: state})
        learner, b = batch_for(a, settings)
        pressure = learner.update(b, settings, 0.0, probe_leaks=probe).pressure[row["name"]]
        assert pressure == pytest.approx(by_hand, rel=1e-9), state


# --- planted faults: each check must catch what it is there for -------------------------------------------------------


def _unused(at: ScoreGradientAt) -> Tensor:
    w_t = at.discounted(at.b.advantage.detach())
    return -at.mean(w_t * at.log_pi)


def _dropped(at: ScoreGradientAt) -> Tensor:
    at.c.advantage(at.b.advantage)
    return _unused(at)


def _detached_before(at: ScoreGradientAt) -> Tensor:
    return -at.mean(at.discounted(at.c.advantage(at.b.advantage.detach())) * at.log_pi)


def _planted(fault: Callable[[Any], Tensor]) -> Algorithm[Any]:
    """REINFORCE with a fault in its policy loss."""
    a = algorithms["reinforce"]
    terms = tuple(dataclasses.replace(t, value=fault) if t.name == "policy" else t for t in a.terms)
    return dataclasses.replace(a, terms=terms)


def _advantage() -> dict[str, Any]:
    rows = algorithms["reinforce"].controls.declarations()
    return next(row for row in rows if row["name"] == "advantage")


@pytest.mark.parametrize(
    ("fault", "checks"),
    [
        pytest.param(_unused, "path group coverage", id="declared but unused"),
        pytest.param(_dropped, "path group", id="called, result dropped"),
        pytest.param(_detached_before, "group", id="detached before the gate"),
    ],
)
@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad")
def test_planted_fault_is_caught(fault: Callable[[Any], Tensor], checks: str) -> None:
    broken, row = _planted(fault), _advantage()
    every: dict[str, Callable[[], None]] = {
        "path": lambda: check_path(broken, "advantage"),
        "group": lambda: check_group(broken, row),
        "coverage": lambda: check_coverage(broken),
    }
    caught = []
    for name, check in every.items():
        try:
            check()
        except AssertionError:
            caught.append(name)
    assert " ".join(caught) == checks


# --- default: the loss against a straight-line reference --------------------------------------------------------------


def forward(net: Any, obs: np.ndarray, which: str) -> np.ndarray:
    """A tanh network by hand."""
    x = obs
    layers = [(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in getattr(net, which).layers]
    for w, bias in layers[:-1]:
        x = np.tanh(x @ w.T + bias)
    return x @ layers[-1][0].T + layers[-1][1]


def log_policy(net: Any, obs: np.ndarray, action: np.ndarray) -> np.ndarray:
    z = forward(net, obs, "actor")
    log_p = z - np.log(np.exp(z).sum(-1, keepdims=True))
    return np.take_along_axis(log_p, action[..., None], -1)[..., 0]


def reference_reinforce(net: Any, b: Batch, streams: Streams) -> dict[str, float]:
    """-(1/N) sum_i sum_t G_t log pi(a_t|s_t), gamma = 0.99."""
    log_pi = log_policy(net, b.obs_t[:-1].numpy(), b.action_t.numpy())
    total = 0.0
    for n in range(b.shape[1]):
        g = 0.0
        for t in reversed(range(b.shape[0])):
            if b.valid_t is None or b.valid_t[t, n]:
                g = float(b.reward_t[t, n]) + 0.99 * g
                total -= g * log_pi[t, n]
    return {"policy": total / b.shape[1]}


def reference_gae(net: Any, b: Batch, lambda_: float) -> tuple[np.ndarray, np.ndarray]:
    """GAE at gamma = 0.99 and V(s_t), both [T, N]."""
    steps, lanes = b.shape
    v = forward(net, b.obs_t.numpy(), "critic")[..., 0]
    cut = {int(i): float(x) for i, x in zip(b.cut_index, forward(net, b.cut_obs.numpy(), "critic")[:, 0], strict=True)}
    a = np.zeros((steps, lanes))
    for n in range(lanes):
        carried = 0.0
        for t in reversed(range(steps)):
            after = 0.0 if b.terminated_t[t, n] else cut.get(t * lanes + n, v[t + 1, n])
            delta = float(b.reward_t[t, n]) + 0.99 * after - v[t, n]
            carried = delta + (0.0 if b.end_t[t, n] else 0.99 * lambda_ * carried)
            a[t, n] = carried
    return a, v[:-1]


def reference_ppo(net: Any, b: Batch, streams: Streams) -> dict[str, float]:
    """Defaults: GAE(0.95) at 0.99, clip 0.2, c_v 0.5, four minibatches, each normalised; the first one's losses."""
    a, v = reference_gae(net, b, 0.95)
    part = np.array_split(Streams(0)["minibatch"].permutation(a.size), 4)[0]
    target = (a + v).reshape(-1)[part]
    chosen = a.reshape(-1)[part]
    chosen = (chosen - chosen.mean()) / (chosen.std() + 1e-8)
    log_pi = log_policy(net, b.obs_t[:-1].numpy(), b.action_t.numpy()).reshape(-1)[part]
    rho = np.exp(log_pi - b.log_prob_t.numpy().reshape(-1)[part])
    gain = np.minimum(rho * chosen, np.clip(rho, 0.8, 1.2) * chosen)
    value = 0.5 * np.mean((v.reshape(-1)[part] - target) ** 2)
    return {"policy": float(-gain.mean()), "value": float(value)}


def reference_actor_critic(lambda_: float) -> Callable[[Any, Batch, Streams], dict[str, float]]:
    """-(1/M) sum A log pi and c_v = 0.5 times the mean of (V - (A + V))^2 = A^2, gamma = 0.99."""

    def reference(net: Any, b: Batch, streams: Streams) -> dict[str, float]:
        a, _ = reference_gae(net, b, lambda_)
        log_pi = log_policy(net, b.obs_t[:-1].numpy(), b.action_t.numpy())
        return {"policy": float(-(a * log_pi).mean()), "value": float(0.5 * (a**2).mean())}

    return reference


def reference_trpo(net: Any, b: Batch, streams: Streams) -> dict[str, float]:
    """-(1/M) sum rho A with GAE(0.95) at 0.99; its optimiser fits V alone, c_v 0.5."""
    a, _ = reference_gae(net, b, 0.95)
    rho = np.exp(log_policy(net, b.obs_t[:-1].numpy(), b.action_t.numpy()) - b.log_prob_t.numpy())
    return {"policy": float(-(rho * a).mean()), "value": float(0.5 * (a**2).mean())}


def reference_weighted(net: Any, b: Batch, streams: Streams) -> dict[str, float]:
    """-(1/N) sum_i W_i sum_t G_t log pi(a_t|s_t), with W_i the product of a trajectory's ratios, gamma = 0.99."""
    log_pi = log_policy(net, b.obs_t[:-1].numpy(), b.action_t.numpy())
    total = 0.0
    for n in range(b.shape[1]):
        g, log_w, inner = 0.0, 0.0, 0.0
        for t in reversed(range(b.shape[0])):
            if b.valid_t is None or b.valid_t[t, n]:
                g = float(b.reward_t[t, n]) + 0.99 * g
                log_w += log_pi[t, n] - float(b.log_prob_t[t, n])
                inner += g * log_pi[t, n]
        total -= np.exp(log_w) * inner
    return {"policy": float(total / b.shape[1])}


WHOLE_EPISODES = ("reinforce", "off_policy_is_pg")
REFERENCES: dict[str, Callable[[Any, Batch, Streams], dict[str, float]]] = {
    "reinforce": reference_reinforce,
    "ppo": reference_ppo,
    "a2c": reference_actor_critic(1.0),
    "actor_critic": reference_actor_critic(0.0),
    "natural_pg": reference_actor_critic(0.95),
    "trpo": reference_trpo,
    "off_policy_is_pg": reference_weighted,
}


@pytest.mark.parametrize("a", algorithms.values(), ids=lambda a: a.id)
def test_default_loss_is_the_straight_line_reference(a: Algorithm[Any]) -> None:
    assert a.id in REFERENCES, f"write a straight-line reference of {a.id} here"
    c = a.controls()
    learner = fit(a, c, 4, THREE)
    behaviour = network(4, 3, c.edited({"initialisation": "default"}), seed=9)
    b = random_batch(t=16, n=4, net=behaviour, whole=a.id in WHOLE_EPISODES)
    if a.id in WHOLE_EPISODES:
        b = dataclasses.replace(b, terminated_t=b.end_t, truncated_t=b.truncated_t & False)
    expected = REFERENCES[a.id](learner.net, b, Streams(0))
    found = learner.update(b, c, 0.0).losses[0].terms
    assert {name: float(x.detach()) for name, x in found.items() if name in expected} == pytest.approx(
        expected, abs=1e-6, rel=1e-6
    )
    assert all(float(x.detach()) == 0.0 for name, x in found.items() if name not in expected)
