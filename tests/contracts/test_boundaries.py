"""Generated for every declared boundary of every algorithm: path, group, coverage and default.

Nothing here names a boundary: a new one is tested as soon as it is declared. What its wrong side *derives* to is tested
in `tests/rl_core/boundaries`, and that such a test exists is tested here.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable
from typing import Any

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
from rl_core.types import ActionSpace, Discrete
from tests.contracts.references import reference
from tests.contracts.sources import ROOT
from tests.rl_core.support import BOX, Fit, Left, fit, losses, minibatch, network, random_batch, values_of

assert resolve is not None

ON_POLICY = [a for a in algorithms.values() if issubclass(a.controls, OnPolicyControls)]  # others: test_own_source.py

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
        for a in ON_POLICY
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


@pytest.mark.parametrize("a", ON_POLICY, ids=lambda a: a.id)
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
@pytest.mark.parametrize("a", ON_POLICY, ids=lambda a: a.id)
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


WHOLE_EPISODES = ("reinforce", "off_policy_is_pg")


@pytest.mark.parametrize("a", ON_POLICY, ids=lambda a: a.id)
def test_default_loss_is_the_straight_line_reference(a: Algorithm[Any]) -> None:
    c = a.controls()
    learner = fit(a, c, 4, THREE)
    behaviour = network(4, 3, c.edited({"initialisation": "default"}), seed=9)
    b = random_batch(t=16, n=4, net=behaviour, whole=a.id in WHOLE_EPISODES)
    if a.id in WHOLE_EPISODES:
        b = dataclasses.replace(b, terminated_t=b.end_t, truncated_t=b.truncated_t & False)
    expected = reference(a.id)(learner.net, b)
    found = learner.update(b, c, 0.0).losses[0].terms
    assert {name: float(x.detach()) for name, x in found.items() if name in expected} == pytest.approx(
        expected, abs=1e-6, rel=1e-6
    )
    assert all(float(x.detach()) == 0.0 for name, x in found.items() if name not in expected)
