r"""The exact gradient of a run's policy, in place of an estimate and beside it."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
import pytest
import torch

import rl_core
from rl_core.ad.size import graph_size
from rl_core.algorithms.algorithm import algorithms
from rl_core.collect.rollout import Collector
from rl_core.environments.finite.declared import finite_environments
from rl_core.environments.finite.lanes import TabularLanes
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.on_policy.deviation import Deviation
from rl_core.on_policy.metrics.exact import ExactReading
from rl_core.on_policy.truth import Truth
from rl_core.run.run import Run
from rl_core.streams import Streams
from rl_core.tabular.mdp import TabularMDP
from rl_core.telemetry.metrics.optimisation import Spent
from rl_core.updates.score import policy_parameters
from tests.rl_core.support import Left, controls, gradient, losses, minibatch, network, run
from tests.rl_core.telemetry.records import Record

# --- taken ------------------------------------------------------------------------------------------------------------

EXACT: dict[str, Any] = {"network": "tabular", "gradient": "exact", "optimiser": "sgd", "max_grad_norm": 0.0,
                         "learning_rate": 0.5, "gamma": 0.9}  # fmt: skip


def body(env_id: str = "Garnet-v0", lanes: int = 4, seed: int = 0, **values: Any) -> dict[str, Any]:
    return {"algorithm": "reinforce", "environment": {"id": env_id, "num_envs": lanes}, "seed": seed,
            "budget": {"updates": 3}, "controls": values}  # fmt: skip


@pytest.mark.parametrize(
    "settings",
    [{}, {"reduction": "sum"}, {"reduction": "step_mean", "advantage_norm": "batch"}, {"baseline": "optimal_component"},
     {"critic": "v", "baseline": "learned_v"}, {"gamma_t": True, "return_kind": "full"}],
)  # fmt: skip
def test_the_step_is_along_the_exact_gradient_whatever_the_batch_and_the_estimator(settings: dict[str, Any]) -> None:
    for seed, lanes in ((0, 1), (1, 5)):
        r = run(body(lanes=lanes, seed=seed, **(EXACT | settings)))
        mdp = finite_environments["Garnet-v0"].build({}).mdp.discounted(0.9)
        theta = np.zeros((mdp.n_states, mdp.n_actions))
        (weight,) = r.learner.net.groups()["actor"]
        weight.data.zero_()
        for _ in range(3):
            r.advance()
            theta += 0.5 * rl_core.exact(mdp, theta).grad
        np.testing.assert_allclose(weight.detach().numpy().T, theta, atol=1e-6)


def test_the_entropy_bonus_is_added_to_it() -> None:
    r = run(body(**EXACT, entropy_coef=0.3))
    (weight,) = r.learner.net.groups()["actor"]
    weight.data.zero_()
    weight.data[0] = 1.0
    mdp, before = finite_environments["Garnet-v0"].build({}).mdp.discounted(0.9), weight.detach().clone()
    batch = r.source.collect(r.c)
    Left(r.learner.update(batch, r.c, 0.0))
    z = before.double().T.requires_grad_()
    obs = batch.obs_t[:-1][batch.valid_t].double()
    entropy = torch.distributions.Categorical(logits=obs @ z).entropy().mean()
    expected = z.detach() + 0.5 * (
        torch.from_numpy(rl_core.exact(mdp, z.detach()).grad) + 0.3 * gradient(entropy, [z]).view_as(z)
    )
    torch.testing.assert_close(weight.detach().T.double(), expected, atol=1e-6, rtol=0)


# --- the example of shared parameters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("gamma_t", "slope"), [(True, 1 - 2 * 0.9**10), (False, -1.0)])
def test_without_gamma_t_the_mean_over_every_trajectory_points_the_other_way(
    gamma_t: bool, slope: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All 2^11 action sequences, which at p = 1/2 are equally likely; dJ/dz = p (1 - p) dJ/dp."""
    found = finite_environments["SharedLogit-v0"].build({})
    every = (np.arange(2**11)[None] >> np.arange(11)[:, None]) & 1
    c = controls("reinforce", network="linear", distribution="bernoulli", initialisation="zeros", gamma=0.9,
                 gamma_t=gamma_t)  # fmt: skip
    net = network(1, 2, c)
    collector, step = Collector(TabularLanes(found, 2**11), net, Streams(0), 0.0), count()
    monkeypatch.setattr(collector.acting, "sample", lambda output, noise: every[next(step)])
    m = minibatch(collector.whole_episodes(), None, c)
    taken = -gradient(losses("reinforce", m, net, c).terms["policy"], policy_parameters(net))
    assert float(taken) == pytest.approx(0.25 * slope, abs=2e-5)
    j, exact = Truth(found.mdp, found.features).gradient(net, 0.9)
    assert float(exact) == pytest.approx(0.25 * 0.302643, abs=1e-6)
    assert j == pytest.approx(0.5 * (1 - 2 * 0.9**10), abs=1e-7)


# --- beside an estimate -----------------------------------------------------------------------------------------------


def reading(r: Run, updates: int = 1) -> list[tuple[Any, Any, Any]]:
    """(batch, logits before it, record) of some updates of a tabular policy."""
    rows = []
    for _ in range(updates):
        (weight,) = r.learner.net.groups()["actor"]
        before = weight.detach().double().T.clone()
        batch = r.source.collect(r.c)
        u = r.learner.update(batch, r.c, 0.0)
        rows.append((batch, before, Record(r._measurer.read(u, Spent(1, u.seconds, 0.0)))))
    return rows


def reinforce_by_hand(batch: Any, z: torch.Tensor, gamma: float) -> torch.Tensor:
    r"""(1/N) \sum_i \sum_t \gamma^t G_t (1[a] - \pi) s^T, episode by episode."""
    total, (length, lanes) = torch.zeros_like(z), batch.shape
    for n in range(lanes):
        steps = [t for t in range(length) if batch.valid_t[t, n]]
        for t in steps:
            g_t = sum(gamma ** (k - t) * float(batch.reward_t[k, n]) for k in steps if k >= t)
            s = int(batch.obs_t[t, n].argmax())
            slope = -torch.softmax(z[s], 0)
            slope[batch.action_t[t, n]] += 1
            total[s] += gamma**t * g_t * slope / lanes
    return total


def test_metrics_are_the_distance_between_estimate_and_truth() -> None:
    r = run(body(network="tabular", gamma=0.9, gamma_t=True, initialisation="large", optimiser="sgd"))
    mdp = finite_environments["Garnet-v0"].build({}).mdp.discounted(0.9)
    errors, truths = [], []
    for batch, z, u in reading(r, 4):
        true, estimate = rl_core.exact(mdp, z), reinforce_by_hand(batch, z, 0.9).numpy()
        errors.append(estimate - true.grad)
        truths.append(true.grad)
        norm = np.linalg.norm(true.grad)
        assert pytest.approx(true.J, rel=1e-5) == u.exact.J
        assert u.exact.grad_norm == pytest.approx(norm, rel=1e-4)
        assert u.exact.cosine == pytest.approx((estimate * true.grad).sum() / norm / np.linalg.norm(estimate), rel=1e-4)
        assert u.exact.error == pytest.approx(np.linalg.norm(errors[-1]) / norm, rel=1e-3)
        assert u.exact.bias == pytest.approx(np.linalg.norm(sum(errors)) / np.linalg.norm(sum(truths)), rel=1e-3)
        assert u.exact.optimum == pytest.approx(best(mdp), rel=1e-6)


def best(mdp: TabularMDP) -> float:
    """The largest J, by a policy for every time."""
    v = np.zeros(mdp.n_states)
    for _ in range(mdp.horizon):
        v = (mdp.P * (mdp.R + mdp.gamma * v)).sum(-1).max(-1)
    return float(mdp.rho @ v)


@pytest.mark.parametrize("reduction", ["step_mean", "sum"])
def test_the_reduction_changes_no_reading(reduction: str) -> None:
    (_, _, expected), (_, _, found) = (
        reading(run(body(network="tabular", reduction=how)))[0] for how in ("traj_mean", reduction)
    )
    for name in ("J", "cosine", "error", "bias"):
        assert getattr(found.exact, name) == pytest.approx(getattr(expected.exact, name), rel=1e-5)


def test_entropy_and_value_losses_are_no_part_of_the_estimate() -> None:
    base = {"critic": "v", "trunk": "shared", "network": "mlp"}
    plain, more = (run(body(**base, **extra)) for extra in ({}, {"entropy_coef": 0.5, "value_coef": 3.0}))
    readings = []
    for r in (plain, more):
        batch = r.source.collect(r.c)
        readings.append(Left(r.learner.update(batch, r.c, 0.0)).known)
    torch.testing.assert_close(readings[0].estimate, readings[1].estimate)


def test_the_exact_gradient_agrees_with_itself() -> None:
    (row,) = reading(run(body(**EXACT)))
    assert row[2].exact.cosine == pytest.approx(1.0, abs=1e-6)
    assert (row[2].exact.error, row[2].exact.bias) == (0.0, 0.0)


@pytest.mark.parametrize(
    "algorithm",
    [name for name, a in algorithms.items() if name != "reinforce" and issubclass(a.controls, OnPolicyControls)],
)
def test_every_algorithm_is_set_beside_the_truth(algorithm: str) -> None:
    start = body("Grid-v0", gamma=1.0) | {"algorithm": algorithm, "budget": {"env_steps": 2000}}
    records: list[dict[str, Any]] = []
    rl_core.train(start, records.append)
    frames = [frame["scalars"] for frame in records if frame["type"] == "frame"]
    assert all(set(frame) >= {"exact/J", "grad/cos_exact"} for frame in frames)
    assert all(-1.001 <= x <= 1.001 for frame in frames for x in frame["grad/cos_exact"]["last"])


@pytest.mark.parametrize(
    "settings", [{"network": "mlp", "dropout": 0.5}, {"network": "mlp", "normalise_obs": "running"}]
)
def test_where_the_policy_is_not_the_network_at_the_states_nothing_is_said(settings: dict[str, Any]) -> None:
    r = run(body(**settings))
    batch = r.source.collect(r.c)
    assert Left(r.learner.update(batch, r.c, 0.0)).known is None


def test_other_environments_have_no_truth() -> None:
    assert not [x for x in run(body("CartPole-v1")).learner.instruments if isinstance(x, Truth)]


def test_a_run_that_nobody_reads_computes_no_truth() -> None:
    r = run(body(network="tabular"), telemetry=False)
    assert Left(r.learner.update(r.source.collect(r.c), r.c, 0.0)).known is None


# --- the mean error ---------------------------------------------------------------------------------------------------


def readings(d: Deviation, n: int, bias: float, seed: int = 0) -> list[ExactReading]:
    """Of estimates 1 + bias + noise of the gradient 1."""
    rng, one = np.random.default_rng(seed), np.ones(50, np.float32)
    return [d.read(0.0, 0.0, one, one * (1 + bias) + rng.normal(size=50).astype(np.float32), 1.0) for _ in range(n)]


def test_the_mean_error_of_an_unbiased_estimate_falls_to_its_noise_and_of_a_biased_one_to_its_bias() -> None:
    assert readings(Deviation(), 100, bias=0.0)[-1].bias == pytest.approx(0.1, rel=0.3)
    assert readings(Deviation(), 1, bias=0.0)[-1].bias == pytest.approx(1.0, rel=0.3)
    assert readings(Deviation(), 100, bias=0.5)[-1].bias == pytest.approx(0.51, rel=0.1)


def test_only_the_last_hundred_updates_since_the_last_edit_count() -> None:
    d = Deviation()
    readings(d, 50, bias=5.0)
    assert readings(d, 100, bias=0.0)[-1].bias == pytest.approx(0.1, rel=0.3)
    readings(d, 5, bias=9.0)
    d.forget()
    assert readings(d, 1, bias=0.0)[-1].bias == pytest.approx(1.0, rel=0.3)


def test_an_estimate_of_zero_has_an_error_and_no_direction() -> None:
    """As on the frozen lake while no episode finds the goal."""
    found = Deviation().read(0.0, 0.0, np.ones(3, np.float32), np.zeros(3, np.float32), 1.0)
    assert (found.cosine, found.error, found.bias) == (None, 1.0, 1.0)
    flat = Deviation().read(0.0, 0.0, np.zeros(3, np.float32), np.ones(3, np.float32), 1.0)
    assert (flat.cosine, flat.error, flat.bias) == (None, None, None)


def test_a_checkpoint_keeps_the_mean() -> None:
    one, other = Deviation(), Deviation()
    readings(one, 7, bias=0.3)
    other.restore(one.state())
    assert readings(one, 1, bias=0.0, seed=5) == readings(other, 1, bias=0.0, seed=5)


# --- the graph --------------------------------------------------------------------------------------------------------


def test_nodes_and_what_they_hold_are_counted_once() -> None:
    w, x = torch.nn.Parameter(torch.ones(8)), torch.ones(8)
    product = w * x  # saves x, and not the parameter
    squared = product * product  # saves the product, twice
    assert graph_size(squared.sum()) == (3, 2 * 8 * 4)
    assert graph_size((squared + product).sum()) == (4, 2 * 8 * 4)
    assert graph_size(torch.ones(3)) == (0, 0)
