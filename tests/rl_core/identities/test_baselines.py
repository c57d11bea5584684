"""Baselines against the truth: what they leave of the mean, and what of the variance, by enumeration (I-22, I-23)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from rl_core.data.batch import Batch
from rl_core.data.samples import Samples
from rl_core.estimators.optimal import leave_one_out_constant, moments, optimal_constant
from rl_core.on_policy.estimate import estimate
from rl_core.on_policy.samples import samples_of
from rl_core.on_policy.score_baselines import Chosen, OptimalBaseline
from tests.rl_core.identities import mdp as m
from tests.rl_core.identities.nets import KINDS, acted
from tests.rl_core.identities.problem import EXACT, Problem, lanes, uniform
from tests.rl_core.support import close, controls, gradient, losses, minibatch

pytestmark = pytest.mark.usefixtures("float64")


def setting(problem: Problem, **values: Any) -> Any:
    """Controls under which the estimate is unbiased without a baseline."""
    return controls(
        "reinforce", **EXACT | {"critic": "none", "gamma": problem.mdp.gamma, "return_kind": "full"} | values
    )


def per_trajectory(problem: Problem, mini: Samples, c: Any) -> Tensor:
    """The estimate of each trajectory by itself, [K, P], through the engine's loss with weights along it."""
    k = len(problem.probability)
    assert mini.trajectories is not None
    rows = []
    for i in range(k):
        one = dataclasses.replace(mini, advantage=mini.advantage * (mini.trajectories.index == i) * k)
        rows.append(-gradient(losses("reinforce", one, problem.net, c).terms["policy"], problem.net.actor.parameters()))
    return torch.stack(rows)


def covariance_diagonal(x: Tensor, p: Tensor) -> Tensor:
    """Of each entry of [K, P] under the probabilities [K]."""
    mean = p @ x
    return p @ (x - mean).square()


def for_constants(problem: Problem, **values: Any) -> Callable[[float], Tensor]:
    """From a constant baseline to the estimates [K, P] with it: a line through the engine's own for 0 and for 1."""
    ends = []
    for b in (0.0, 1.0):
        c = setting(problem, baseline="constant", baseline_constant=b, **values)
        ends.append(per_trajectory(problem, minibatch(problem.batch, None, c), c))
    return lambda b: (1 - b) * ends[0] + b * ends[1]


def spread(problem: Problem, x: Tensor) -> float:
    """tr Cov."""
    return float(covariance_diagonal(x, problem.probability).sum())


def discounted_returns(problem: Problem) -> Tensor:
    """R(tau) [K]."""
    return (problem.mdp.gamma ** torch.arange(problem.mdp.horizon)[:, None] * problem.paths.r).sum(0)


def terms(problem: Problem) -> tuple[Tensor, Tensor]:
    """X_i = S_i R_i and Y_i = S_i of every trajectory [K, P], by hand from the table of log-probabilities."""
    actor = list(problem.net.actor.parameters())
    taken = problem.log_pi()[problem.paths.s[:-1], problem.paths.a] * problem.paths.alive
    y = torch.stack([gradient(x, actor) for x in taken.sum(0)])
    return y * discounted_returns(problem)[:, None], y


# --- I-22: variance-optimal constants ---------------------------------------------------------------------------------


def test_I_22_the_optimal_scalar_beats_its_neighbours_and_the_mean(problem: Problem) -> None:
    """b* = E[|S|^2 R] / E[|S|^2] by hand is the engine's from weighted moments; no other constant has less variance."""
    x, y, p = *terms(problem), problem.probability[:, None]
    norms, returns = y.square().sum(1), discounted_returns(problem)
    best = float((problem.probability @ (norms * returns)) / (problem.probability @ norms))
    cross, square = moments(x, y, per_component=False)
    assert float(optimal_constant(p * cross, p * square)) == pytest.approx(best, abs=1e-12)
    estimates = for_constants(problem)
    assert close(problem.probability @ estimates(best), problem.exact())
    mean_return = float(m.objective(problem.mdp, problem.log_pi().exp().detach()))
    for other in (best - 0.05, best + 0.05, mean_return, 0.0):
        assert spread(problem, estimates(best)) < spread(problem, estimates(other))


def test_I_22_a_constant_per_component_is_no_worse_in_any_entry(problem: Problem) -> None:
    x, y, p = *terms(problem), problem.probability[:, None]
    scalar = optimal_constant(*(p * z for z in moments(x, y, per_component=False)))
    component = optimal_constant(*(p * z for z in moments(x, y, per_component=True)))
    one, each = (covariance_diagonal(x - b * y, problem.probability) for b in (scalar, component))
    assert bool((each <= one + 1e-12).all())
    alike = problem.log_pi().shape == (2, 2)  # two actions in one state: every score is a multiple of one vector
    assert (float(each.sum()) < float(one.sum()) - 1e-6) != alike
    assert close(problem.probability @ (x - component * y), problem.exact())


@pytest.mark.parametrize("return_kind", ["full", "reward_to_go"])
def test_I_22_the_engine_finds_the_optimal_constants_of_a_batch(return_kind: str) -> None:
    """On a batch that is the whole distribution: least variance of all constants, tried through the loss."""
    problem = uniform()
    c = setting(problem, baseline="optimal_scalar", baseline_source="same_batch", return_kind=return_kind)
    baseline_t = OptimalBaseline().find(problem.batch, None, problem.net, c).baseline_t
    assert baseline_t is not None
    best = float(baseline_t[0, 0])
    assert close(baseline_t[problem.batch.valid_t], torch.full((int(problem.batch.valid_t.sum()),), best), 1e-12)
    estimates = for_constants(problem, return_kind=return_kind)
    for other in (best - 0.05, best + 0.05, 0.0):
        assert spread(problem, estimates(best)) < spread(problem, estimates(other))


@pytest.mark.parametrize("reduction", ["traj_mean", "sum"])
def test_the_measured_spread_is_the_variance_of_the_whole_estimate(reduction: str) -> None:
    r"""tr Cov(\sum_i g_i) = N tr Cov(g_i), estimated from the N trajectories of a batch; g_i by hand."""
    fit, c, b = acted(KINDS["tanh"], gamma=0.9, reduction=reduction)
    mini, actor = minibatch(b, None, c), list(fit.net.actor.parameters())
    log_pi, along = fit.net.policy(mini.obs).log_prob(mini.action), mini.trajectories
    assert along is not None
    share = 1 / along.count if reduction == "traj_mean" else 1.0
    each = torch.stack([gradient(share * (mini.advantage * log_pi)[along.index == i].sum(), actor)
                        for i in range(along.count)])  # fmt: skip
    found = fit.update(b, c, 0.0, probe_leaks=True).score
    assert found is not None
    assert found.variance == pytest.approx(float(along.count * each.var(0, correction=1).sum()), rel=1e-9)


# --- from the same samples, or from others ----------------------------------------------------------------------------


def pairs(problem: Problem, **values: Any) -> Tensor:
    """The expectation of the engine's estimate over all pairs of trajectories, N = 2, with b* found in each pair."""
    c = setting(problem, **values)
    actor, total = list(problem.net.actor.parameters()), torch.zeros(())
    k = len(problem.probability)
    earlier = torch.full((sum(p.numel() for p in actor) if values["baseline"] == "optimal_component" else 1,), 0.7)
    for i in range(k):
        for j in range(k):
            b = lanes(problem.batch, torch.tensor([i, j]))
            optimal = OptimalBaseline()
            optimal.restore(earlier)
            mini = found_in(b, optimal.find(b, None, problem.net, c), c)
            chance = problem.probability[i] * problem.probability[j]
            total = total - chance * gradient(losses("reinforce", mini, problem.net, c).total(), actor)
    return total


def found_in(b: Batch, found: Chosen, c: Any) -> Samples:
    """The minibatch with what was found subtracted."""
    estimates = estimate(b, None, c, found.baseline_t)
    return dataclasses.replace(samples_of(b, estimates, c), control_variate=found.control_variate)


@pytest.mark.parametrize(
    ("baseline", "return_kind"), [("optimal_scalar", "reward_to_go"), ("optimal_component", "full")]
)
@pytest.mark.parametrize(("source", "unbiased"), [("previous", True), ("leave_one_out", True), ("same_batch", False)])
def test_an_optimal_constant_is_unbiased_unless_it_has_seen_its_own_samples(
    source: str, unbiased: bool, baseline: str, return_kind: str
) -> None:
    problem = Problem(4, 2, 2, 2, network="tabular")
    found = pairs(problem, baseline=baseline, baseline_source=source, return_kind=return_kind)
    assert close(found, problem.exact()) == unbiased
    assert unbiased or not close(found, problem.exact(), 1e-3)


def test_leave_one_out_constants_are_those_of_all_the_others() -> None:
    x, y = (torch.randn(5, 3, generator=torch.Generator().manual_seed(k)) for k in (0, 1))
    for per_component in (False, True):
        found = leave_one_out_constant(*moments(x, y, per_component))
        for i in range(5):
            others = torch.arange(5) != i
            assert close(found[i], optimal_constant(*moments(x[others], y[others], per_component)), 1e-12)


def test_through_the_learner_a_batch_subtracts_the_constant_of_the_one_before() -> None:
    """Nothing from the first, and what the first would have found from the second; a checkpoint carries it on."""
    fit, c, first = acted(KINDS["tanh"], baseline="optimal_scalar", learning_rate=0.0)
    same = OptimalBaseline().find(first, None, fit.net, c.edited({"baseline_source": "same_batch"})).baseline_t
    assert same is not None
    assert fit.update(first, c, 0.0).estimates.baseline_t.abs().max() == 0.0
    other, _, second = acted(KINDS["tanh"], baseline="optimal_scalar", learning_rate=0.0)
    other.restore(fit.state())
    for learner in (fit, other):
        used = learner.update(second, c, 0.0).estimates.baseline_t[second.valid_t]
        assert close(used, same[first.valid_t][0].expand_as(used), 1e-12)
