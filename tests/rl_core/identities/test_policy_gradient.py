"""The estimators against the exact gradient of small MDPs: every trajectory is enumerated, so nothing is noise."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from rl_core.data.batch import Batch
from rl_core.estimators import baselines
from rl_core.policies.categorical import Categorical
from tests.rl_core.identities import mdp as m
from tests.rl_core.identities.problem import Problem, any_v, exact_v, lanes
from tests.rl_core.support import close, controls, gradient, losses, minibatch

pytestmark = pytest.mark.usefixtures("float64")

UNBIASED_WITH_ANY_V = [
    {"return_kind": "full"},
    {"return_kind": "reward_to_go"},
    {"return_kind": "full", "baseline": "learned_v"},
    {"return_kind": "reward_to_go", "baseline": "learned_v"},
    {"return_kind": "gae", "gae_lambda": 1.0},
    {"return_kind": "reward_to_go", "baseline": "constant", "baseline_constant": 3.7},
    {"return_kind": "full", "baseline": "constant", "baseline_constant": -20.0},
]
UNBIASED_WITH_EXACT_V = [
    {"return_kind": "td"},
    {"return_kind": "gae", "gae_lambda": 0.0},
    {"return_kind": "gae", "gae_lambda": 0.6},
    {"return_kind": "n_step", "n_step": 1},
    {"return_kind": "n_step", "n_step": 2},
    {"return_kind": "n_step", "n_step": 2, "baseline": "learned_v"},
]


def named(settings: dict[str, Any]) -> str:
    return "-".join(str(value) for value in settings.values())


def test_trajectories_are_complete(problem: Problem) -> None:
    assert close(problem.probability.sum(), torch.tensor(1.0), 1e-12)
    discount = problem.mdp.gamma ** torch.arange(problem.mdp.horizon).unsqueeze(1)
    j = (problem.probability * (discount * problem.paths.r).sum(0)).sum()
    assert close(j, m.objective(problem.mdp, problem.log_pi().exp()).detach(), 1e-12)


def test_I_1_score_has_zero_mean(problem: Problem) -> None:
    log_pi_t = problem.log_pi()[problem.paths.s[:-1], problem.paths.a] * problem.paths.alive
    for t in range(problem.mdp.horizon):
        score = gradient((problem.probability * log_pi_t[t]).sum(), problem.net.actor.parameters())
        assert close(score, torch.zeros_like(score))


def test_I_2_exact_gradient_is_the_finite_difference_of_J(problem: Problem) -> None:
    exact, step, at = problem.exact(), 1e-5, 0
    for p in problem.net.actor.parameters():
        flat = p.data.view(-1)
        for k in range(len(flat)):
            here = float(flat[k])
            flat[k] = here + step
            above = float(m.objective(problem.mdp, problem.log_pi().exp().detach()))
            flat[k] = here - step
            below = float(m.objective(problem.mdp, problem.log_pi().exp().detach()))
            flat[k] = here
            assert abs((above - below) / (2 * step) - float(exact[at])) < 1e-7
            at += 1


@pytest.mark.parametrize("algorithm", ["reinforce", "ppo", "a2c", "natural_pg", "trpo"])
@pytest.mark.parametrize("settings", UNBIASED_WITH_ANY_V, ids=named)
def test_I_3_unbiased_with_any_v(problem: Problem, settings: dict[str, Any], algorithm: str) -> None:
    assert close(problem.estimator(algorithm, settings, any_v(problem)), problem.exact())


@pytest.mark.parametrize("algorithm", ["reinforce", "ppo", "a2c", "natural_pg", "trpo"])
@pytest.mark.parametrize("settings", UNBIASED_WITH_EXACT_V, ids=named)
def test_I_3_unbiased_with_the_exact_v(problem: Problem, settings: dict[str, Any], algorithm: str) -> None:
    assert close(problem.estimator(algorithm, settings, exact_v(problem)), problem.exact())


@pytest.mark.parametrize("settings", UNBIASED_WITH_EXACT_V[:4], ids=named)
def test_bootstrapping_a_wrong_v_is_biased(problem: Problem, settings: dict[str, Any]) -> None:
    assert not close(problem.estimator("reinforce", settings, any_v(problem)), problem.exact(), 1e-3)


def test_I_4_past_rewards_are_uncorrelated_with_the_score(problem: Problem) -> None:
    log_pi_t = problem.log_pi()[problem.paths.s[:-1], problem.paths.a] * problem.paths.alive
    for t in range(problem.mdp.horizon):
        for k in range(problem.mdp.horizon):
            mean = gradient(
                (problem.probability * problem.paths.r[k] * log_pi_t[t]).sum(), problem.net.actor.parameters()
            )
            assert close(mean, torch.zeros_like(mean)) == (k < t)


def test_without_gamma_t_the_direction_is_the_undiscounted_sum(problem: Problem) -> None:
    off = problem.estimator("reinforce", {"return_kind": "reward_to_go", "gamma_t": False}, None)
    assert close(off, problem.exact(discounted=False))
    assert not close(off, problem.exact(), 1e-3)


def test_without_gamma_t_a_shared_logit_goes_the_wrong_way() -> None:
    """Action 1 pays +1 at t=0 and -2 at t=10: dJ/dp = 1 - 2 * 0.9^10 = +0.3026, without gamma^t 1 - 2 = -1."""
    steps = 11
    lanes = 2**steps
    a = (torch.arange(lanes) >> torch.arange(steps).unsqueeze(1)) & 1
    r = torch.zeros(steps, lanes)
    r[0], r[10] = a[0], -2.0 * a[10]
    logits = torch.tensor([0.3, -0.2])
    log_p = torch.log_softmax(logits, -1)
    end = torch.zeros(steps, lanes, dtype=torch.bool)
    end[-1] = True
    b = Batch(
        obs_t=torch.ones(steps + 1, lanes, 1), action_t=a, reward_t=r, terminated_t=end,
        truncated_t=torch.zeros_like(end), end_t=end, behaviour_t=log_p.expand(steps, lanes, 2), log_prob_t=log_p[a],
        episode_step_t=torch.arange(steps).unsqueeze(1).expand(steps, lanes),
        cut_index=torch.zeros(0, dtype=torch.int64), cut_obs=torch.zeros(0, 1),
    )  # fmt: skip
    probability = log_p[a].sum(0).exp()
    p = float(log_p[1].exp())

    def slope(gamma_t: bool) -> float:
        net = _OneLogit(logits)
        c = controls("reinforce", gamma=0.9, gamma_t=gamma_t)
        batch = minibatch(b, None, c)
        weight = (probability * lanes).expand_as(r).reshape(-1)
        loss = losses("reinforce", replace(batch, advantage=batch.advantage * weight), net, c).terms["policy"]
        return -float(gradient(loss, [net.z])[1]) / (p * (1 - p))

    assert slope(True) == pytest.approx(1 - 2 * 0.9**10, abs=1e-9)
    assert round(slope(True), 4) == 0.3026
    assert slope(False) == pytest.approx(-1.0, abs=1e-9)


class _OneLogit(torch.nn.Module):
    """The same two logits in every state."""

    def __init__(self, z: Tensor) -> None:
        super().__init__()
        self.z = torch.nn.Parameter(z.clone())

    def policy(self, obs: Tensor, masks: tuple[Tensor, ...] = ()) -> Any:
        return Categorical.from_logits(self.z.expand(*obs.shape[:-1], 2))

    def features(self, obs: Tensor) -> Tensor:
        return obs

    policy_of = policy


def test_I_9_ratio_of_trajectory_probabilities_is_the_product_of_ratios(problem: Problem) -> None:
    before = problem.probability
    with torch.no_grad():
        for p in problem.net.actor.parameters():
            p += 0.3 * torch.randn(p.shape, generator=torch.Generator().manual_seed(1))
    after = m.path_probability(problem.paths, problem.log_pi()).detach()
    c = controls("ppo", advantage_norm="none")
    log_rho = losses("ppo", minibatch(problem.batch, any_v(problem), c), problem.net, c).log_ratio.detach()
    log_rho_t = torch.zeros_like(problem.batch.reward_t)
    log_rho_t[problem.batch.valid_t] = log_rho
    assert close(after / before, log_rho_t.sum(0).exp())
    assert not close(after, before, 1e-3)


def pairs(problem: Problem, baseline: str, return_kind: str = "full") -> Tensor:
    """The expectation of the estimator over all pairs of trajectories, N = 2."""
    c = controls("reinforce", gamma=problem.mdp.gamma, gamma_t=True, return_kind=return_kind, baseline=baseline)
    total = torch.zeros(sum(p.numel() for p in problem.net.actor.parameters()))
    k = len(problem.probability)
    for i in range(k):
        for j in range(k):
            b = lanes(problem.batch, torch.tensor([i, j]))
            loss = losses("reinforce", minibatch(b, None, c), problem.net, c).terms["policy"]
            total -= problem.probability[i] * problem.probability[j] * gradient(loss, problem.net.actor.parameters())
    return total


def test_I_17_batch_mean_is_shrunk_and_leave_one_out_unbiased() -> None:
    problem = Problem(4, 2, 2, 2)
    assert close(pairs(problem, "batch_mean"), problem.exact() / 2)
    assert close(pairs(problem, "leave_one_out"), problem.exact())


@pytest.mark.parametrize("n", [2, 3, 7])
def test_I_17_leave_one_out_is_the_scaled_batch_mean_sample_by_sample(n: int) -> None:
    problem = Problem(0, 3, 2, 3)
    b = lanes(problem.batch, torch.randperm(len(problem.probability), generator=torch.Generator().manual_seed(n))[:n])
    weights = [
        minibatch(b, None, controls("reinforce", return_kind="full", baseline=name)).advantage
        for name in ("leave_one_out", "batch_mean")
    ]
    assert close(weights[0], n / (n - 1) * weights[1])


@pytest.mark.parametrize("return_kind", ["reward_to_go", "full"])
def test_I_17_time_mean_is_shrunk_step_by_step(return_kind: str) -> None:
    """N = 2: step t keeps half of its gradient where the other trajectory still runs, and nothing where it is over."""
    problem = Problem(4, 2, 2, 3)
    pi = problem.log_pi().exp().detach()
    still_running = m.state_visits(problem.mdp, pi).sum(1)
    assert close(still_running[0], torch.tensor(1.0))
    assert float(still_running[2]) < 0.9
    expected = gradient(
        (still_running / 2 * m.gradient_by_step(problem.mdp, problem.log_pi().exp())).sum(),
        problem.net.actor.parameters(),
    )
    assert close(pairs(problem, "time_mean", return_kind), expected)
    assert not close(expected, problem.exact() / 2, 1e-3)


@pytest.mark.parametrize("n", [2, 5])
def test_I_17_with_one_length_time_mean_keeps_1_minus_1_over_N(n: int) -> None:
    """Weights times N/(N-1) are those of the mean over the others, step by step, and that one is unbiased."""
    g = torch.Generator().manual_seed(n)
    end = torch.zeros(4, n, dtype=torch.bool)
    end[-1] = True
    return_t = torch.randn(4, n, generator=g)
    others = (return_t.sum(1, keepdim=True) - return_t) / (n - 1)
    found = return_t - baselines.time_mean(return_t, end, None)
    assert close(found, (1 - 1 / n) * (return_t - others))


def test_time_mean_counts_only_what_still_runs() -> None:
    """Lengths 3, 1 and 2 as padded episodes; then the same as pieces of one lane."""
    nan = math.nan  # padding that must not be read
    return_t = torch.tensor([[6.0, 1.0, 8.0], [5.0, nan, 3.0], [9.0, nan, nan]])
    valid = torch.tensor([[True, True, True], [True, False, True], [True, False, False]])
    end = torch.tensor([[False, True, False], [False, True, True], [True, True, True]])
    found = baselines.time_mean(return_t.nan_to_num(1e9), end, valid)
    assert close(found[valid], torch.tensor([5.0, 5.0, 5.0, 4.0, 4.0, 9.0]))
    lane = torch.tensor([[6.0], [5.0], [9.0], [1.0], [8.0], [3.0]])
    ends = torch.tensor([[False], [False], [True], [True], [False], [True]])
    assert close(baselines.time_mean(lane, ends, None), torch.tensor([[5.0], [4.0], [9.0], [5.0], [5.0], [4.0]]))


def test_one_trajectory_has_no_others_to_leave_it_out_of() -> None:
    problem = Problem(0, 3, 2, 3)
    b = lanes(problem.batch, torch.tensor([5]))
    plain, left_out = (
        minibatch(b, None, controls("reinforce", baseline=name)).advantage for name in ("none", "leave_one_out")
    )
    assert close(plain, left_out)
    assert math.isfinite(float(left_out.sum()))
