"""`rl_core.estimate` against the exact gradient: by enumeration where there is no noise, and by its samples' mean."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import rl_core
from rl_core.lab.bench import Bench
from rl_core.lab.estimator import parse
from rl_core.lab.oracle import _optimal
from rl_core.lab.sampling import cut
from tests.rl_core.lab.kit import every_trajectory, problem

SIZES = {"seed": 3, "states": 3, "actions": 2, "horizon": 2}
UNBIASED: list[dict[str, Any]] = [
    {"return_kind": "full"},
    {"return_kind": "reward_to_go"},
    {"baseline": "constant", "baseline_constant": -3.0},
    {"baseline": "learned_v"},
    {"baseline": "optimal_state"},
    {"baseline": "learned_v", "value": "stationary"},
    {"baseline": "learned_v", "value": [5.0, -2.0, 0.0]},
    {"baseline": "action_dependent_corrected"},
    {"baseline": "action_dependent_corrected", "value": [[1.0, 2.0], [-3.0, 0.5], [0.0, 0.0]]},
    {"return_kind": "gae", "gae_lambda": 0.0},
    {"return_kind": "gae", "gae_lambda": 0.7},
    {"return_kind": "gae", "gae_lambda": 1.0, "value": "zero"},
    {"return_kind": "td"},
    {"return_kind": "n_step", "n_step": 2},
    {"return_kind": "n_step", "n_step": 2, "baseline": "learned_v"},
]
BIASED: list[dict[str, Any]] = [
    {"return_kind": "td", "value": "zero"},
    {"return_kind": "gae", "gae_lambda": 0.7, "value": "stationary"},
    {"return_kind": "n_step", "n_step": 1, "value": "zero"},
    {"baseline": "action_dependent", "value": [[1.0, 2.0], [-3.0, 0.5], [0.0, 0.0]]},
    {"gamma_t": False},
]


def named(settings: dict[str, Any]) -> str:
    return "-".join(str(value) for value in settings.values())


def expectation(settings: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The estimate's mean over every trajectory, and the exact gradient."""
    mdp, theta = problem(**SIZES)
    b, probability = every_trajectory(theta, **SIZES)
    bench = Bench(mdp, theta, parse({"gamma_t": True} | settings, mdp))
    each = [bench.gradient(cut(b, k, k + 1)) for k in range(len(probability))]
    return np.tensordot(probability, np.stack(each), 1), rl_core.exact(mdp, theta).grad


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("settings", UNBIASED, ids=named)
def test_the_mean_over_every_trajectory_is_the_exact_gradient(settings: dict[str, Any]) -> None:
    found, exact = expectation(settings)
    np.testing.assert_allclose(found, exact, atol=1e-12)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("settings", BIASED, ids=named)
def test_a_biased_estimator_misses_it(settings: dict[str, Any]) -> None:
    found, exact = expectation(settings)
    assert np.abs(found - exact).max() > 1e-5


@pytest.mark.usefixtures("float64")
def test_a_baseline_that_is_q_leaves_nothing_to_learn() -> None:
    """I-23."""
    found, exact = expectation({"baseline": "action_dependent"})
    assert np.abs(exact).max() > 0.01
    np.testing.assert_allclose(found, 0.0, atol=1e-12)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize(("baseline", "factor"), [("leave_one_out", 1.0), ("batch_mean", 0.5)])
def test_I_17_over_every_pair_of_trajectories(baseline: str, factor: float) -> None:
    sizes = {"seed": 1, "states": 2, "actions": 2, "horizon": 2}
    mdp, theta = problem(**sizes)
    b, p = every_trajectory(theta, **sizes)
    bench = Bench(mdp, theta, parse({"gamma_t": True, "return_kind": "full", "baseline": baseline}, mdp))
    mean = np.zeros_like(theta)
    for i, j in itertools.product(range(len(p)), repeat=2):
        mean += p[i] * p[j] * bench.gradient(_pair(b, i, j))
    np.testing.assert_allclose(mean, factor * rl_core.exact(mdp, theta).grad, atol=1e-12)


def _pair(b: Any, i: int, j: int) -> Any:
    """Two lanes of a batch as a batch."""
    names = ("obs_t", "action_t", "reward_t", "terminated_t", "truncated_t", "end_t", "episode_step_t", "behaviour_t",
             "log_prob_t", "valid_t")  # fmt: skip
    picked = {name: getattr(b, name)[:, [i, j]] for name in names}
    return cut(type(b)(**picked, cut_index=b.cut_index, cut_obs=b.cut_obs), 0, 2)


SAMPLED: list[dict[str, Any]] = [
    {},
    {"return_kind": "full", "baseline": "leave_one_out"},
    {"baseline": "optimal_scalar"},
    {"baseline": "optimal_component"},
    {"baseline": "optimal_scalar", "baseline_source": "leave_one_out"},
    {"return_kind": "gae", "gae_lambda": 0.5},
    {"baseline": "action_dependent_corrected"},
]


@pytest.mark.parametrize("settings", SAMPLED, ids=named)
def test_sampled_estimates_average_to_the_exact_gradient(settings: dict[str, Any]) -> None:
    mdp, theta = problem(5)
    each = np.stack([rl_core.estimate(mdp, theta, {"gamma_t": True} | settings, 40, seed) for seed in range(40)])
    error = np.abs(each.mean(0) - rl_core.exact(mdp, theta).grad)
    assert (error <= 4 * each.std(0, ddof=1) / np.sqrt(40) + 1e-12).all()
    assert each.std(0).max() > 1e-3


def test_it_ascends() -> None:
    """A bandit whose second action pays 1: the gradient raises its logit and lowers the other by as much."""
    mdp = rl_core.TabularMDP([[[0, 1], [0, 1]], [[0, 1], [0, 1]]], [[[0, 0], [0, 1]], [[0, 0], [0, 0]]], [1, 0], 1)
    found = rl_core.estimate(mdp, np.zeros((2, 2)), {}, 1000, 0)
    assert found[0, 1] == pytest.approx(0.25, abs=0.02)
    np.testing.assert_allclose(found.sum(1), 0.0, atol=1e-14)


def test_the_same_seed_is_the_same_estimate_and_another_is_not() -> None:
    mdp, theta = problem()
    first, again, other = (rl_core.estimate(mdp, theta, {}, 5, seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-6


@pytest.mark.parametrize(
    "mode",
    [{"gradient": "literal"}, {"gradient": "per_sample"}, {"logprob_source": "keep_graph"},
     {"logprob_source": "stored_logits"}, {"loss_form": "cross_entropy"}],
    ids=named,
)  # fmt: skip
def test_I_5_every_way_to_the_gradient_gives_the_same(mode: dict[str, Any]) -> None:
    mdp, theta = problem()
    settings = {"baseline": "leave_one_out"}
    usual, other = (rl_core.estimate(mdp, theta, settings | extra, 5, 0) for extra in ({}, mode))
    np.testing.assert_allclose(usual, other, atol=1e-12)


def test_the_exact_mode_has_no_noise() -> None:
    mdp, theta = problem()
    found = rl_core.estimate(mdp, theta, {"gradient": "exact"}, 1, 0)
    np.testing.assert_array_equal(found, rl_core.exact(mdp, theta).grad)


def test_the_discount_is_that_of_the_mdp_unless_it_is_given() -> None:
    mdp, theta = problem()
    own, same, other = (rl_core.estimate(mdp, theta, s, 5, 0) for s in ({}, {"gamma": mdp.gamma}, {"gamma": 0.1}))
    np.testing.assert_array_equal(own, same)
    assert np.abs(own - other).max() > 1e-6


@pytest.mark.usefixtures("float64")
def test_data_of_another_policy_bias_an_estimate_that_does_not_weight_them() -> None:
    """Without weights the mean over every trajectory of the other policy is not the gradient."""
    mdp, theta = problem(**SIZES)
    acting = theta + np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    b, p = every_trajectory(theta, **SIZES, acting=acting)
    bench = Bench(mdp, theta, parse({"gamma_t": True, "behaviour": acting}, mdp))
    mean = sum(p[k] * bench.gradient(cut(b, k, k + 1)) for k in range(len(p)))
    assert np.abs(mean - rl_core.exact(mdp, theta).grad).max() > 1e-2


@pytest.mark.parametrize(
    ("settings", "field", "words"),
    [
        ({"baseline": "learned_w"}, "controls.baseline", "allowed"),
        ({"return_kind": "gae", "critic": "none"}, "controls.return_kind", "needs a critic"),
        ({"return_kind": "gae", "baseline": "learned_v"}, "controls.baseline", "twice"),
        ({"retrun_kind": "gae"}, "controls.retrun_kind", "Did you mean return_kind"),
        ({"gae_lambda": 1.5}, "controls.gae_lambda", "allowed 0 to 1"),
        ({"network": "mlp"}, "controls.network", "table"),
        ({"algorithm": "ppo"}, "algorithm", "whole ones"),
        ({"algorithm": "reinforc"}, "algorithm", "Did you mean reinforce"),
        ({"value": "wrong"}, "value", "'exact'"),
        ({"baseline": "learned_v", "value": [1.0]}, "value", r"shape \(1,\)"),
        ({"baseline": "learned_v", "value": ["a", "b", "c"]}, "value", "array of numbers"),
        ({"behaviour": [[0.0, 0.0]]}, "behaviour", r"shape \(1, 2\)"),
        ({"behaviour": np.zeros((3, 2)), "logprob_source": "keep_graph"}, "controls.logprob_source", "another policy"),
    ],
    ids=lambda x: str(x)[:40],
)
def test_wrong_settings_are_refused_with_the_reason(settings: dict[str, Any], field: str, words: str) -> None:
    mdp, theta = problem()
    with pytest.raises(rl_core.ConfigErrors, match=words) as refused:
        rl_core.estimate(mdp, theta, settings, 5, 0)
    assert [error.field for error in refused.value.errors] == [field]


@pytest.mark.parametrize(("batch", "seed"), [(0, 0), (5, -1), (2.5, 0), (True, 0)])
def test_a_batch_or_seed_that_makes_no_sense_is_refused(batch: Any, seed: Any) -> None:
    mdp, theta = problem()
    with pytest.raises(rl_core.ConfigErrors, match="whole number"):
        rl_core.estimate(mdp, theta, {}, batch, seed)


def test_logits_of_another_shape_are_refused() -> None:
    mdp, _ = problem()
    with pytest.raises(ValueError, match=r"theta has shape \(2, 2\); expected \(3, 2\)"):
        rl_core.estimate(mdp, np.zeros((2, 2)), {}, 5, 0)


def test_the_oracle_of_the_optimal_state_baseline_is_the_weighted_mean_by_enumeration() -> None:
    r"""b*(s) = E[|\nabla log \pi|^2 Q] / E[|\nabla log \pi|^2], the score of each action written out as 1[a] - \pi."""
    pi, q = np.array([[0.7, 0.2, 0.1]]), np.array([[[1.0, 5.0, -2.0]]])
    square = [float(((np.eye(3)[a] - pi[0]) ** 2).sum()) for a in range(3)]
    above = sum(pi[0, a] * square[a] * q[0, 0, a] for a in range(3))
    below = sum(pi[0, a] * square[a] for a in range(3))
    assert _optimal(pi, q)[0, 0] == pytest.approx(above / below)


PEAK = """
import resource, numpy as np, rl_core
p = np.random.default_rng(0).dirichlet(np.ones(3), (3, 2))
mdp = rl_core.TabularMDP(p, np.ones((3, 2, 3)), np.ones(3) / 3, 5, 0.9, np.zeros(3, bool))
theta, settings = np.zeros((3, 2)), {"baseline": "optimal_component", "gamma_t": True}
rl_core.estimate(mdp, theta, settings, batch=10, seed=0)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rl_core.estimate(mdp, theta, settings, batch=20_000, seed=0)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def test_an_optimal_baseline_of_many_trajectories_takes_little_memory() -> None:
    """MB beyond what a small batch took; a square of 20,000 trajectories would be 3 GB."""
    done = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True, timeout=120)
    assert float(done.stdout) < 500
