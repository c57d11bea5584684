"""Baselines of the state and of the action, and the variances of section 7: exact, or by two million samples (I-19)."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor, nn

from rl_core.on_policy.estimate import Values
from rl_core.policies.categorical import Categorical
from rl_core.policies.gaussian import DiagonalGaussian
from rl_core.updates.score import score_norms
from tests.rl_core.identities import mdp as m
from tests.rl_core.identities.nets import KINDS, Kind, acted
from tests.rl_core.identities.problem import EXACT, Problem, any_v
from tests.rl_core.support import close, controls, gradient, losses, minibatch

pytestmark = pytest.mark.usefixtures("float64")


# --- the state's own baseline -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [KINDS["tabular"], KINDS["tanh"], KINDS["bernoulli"], KINDS["gaussian"]])
def test_score_norms_are_those_of_the_scores_one_by_one(kind: Kind) -> None:
    fit, c, b = acted(kind)
    mini = minibatch(b, None, c)
    pi = fit.net.policy(mini.obs)
    by_hand = [float(gradient(x, fit.net.groups()["actor"]).norm()) for x in pi.log_prob(mini.action)]
    assert close(score_norms(fit.net, mini, pi), torch.tensor(by_hand), 1e-12)


def test_optimal_state_fits_the_weighted_mean_of_returns() -> None:
    r"""The critic settles at b*(s) = E[|\nabla log \pi|^2 G] / E[|\nabla log \pi|^2], where the plain one has E[G]."""
    fit, c, b = acted(KINDS["tabular"], critic="v", baseline="optimal_state", gamma=0.9)
    state = torch.randint(0, 4, b.shape, generator=torch.Generator().manual_seed(2))
    b = dataclasses.replace(b, obs_t=torch.cat([torch.eye(4)[state], b.obs_t[-1:]]))
    mini = minibatch(b, fit.values(b), c)
    p = fit.net.policy(mini.obs).params.detach().exp()
    weight = (torch.eye(3)[mini.action] - p).square().sum(-1)  # the state is one entry, so this is all of the score
    assert close(weight, 1 - 2 * p.gather(-1, mini.action[:, None])[:, 0] + p.square().sum(-1), 1e-12)
    settled = (mini.obs.T @ (weight * mini.target)) / (mini.obs.T @ weight)
    plain = (mini.obs.T @ mini.target) / mini.obs.sum(0)
    critic = fit.net.critic.layers[0].weight

    def slope(at: Tensor, baseline: str) -> Tensor:
        critic.data.copy_(at[None])
        return gradient(losses("reinforce", mini, fit.net, c.edited({"baseline": baseline})).terms["value"], [critic])

    assert close(slope(settled, "optimal_state"), torch.zeros(4), 1e-12)
    assert close(slope(plain, "learned_v"), torch.zeros(4), 1e-12)
    assert float(slope(plain, "optimal_state").abs().max()) > 1e-3


@pytest.mark.parametrize("return_kind", ["full", "reward_to_go"])
def test_I_3_optimal_state_is_unbiased_whatever_was_fitted(problem: Problem, return_kind: str) -> None:
    settings = {"return_kind": return_kind, "baseline": "optimal_state", "critic_target": "mc"}
    assert close(problem.estimator("reinforce", settings, any_v(problem)), problem.exact())


# --- I-23: a baseline of the action -----------------------------------------------------------------------------------


class WithQ(nn.Module):
    """The problem's policy beside a table Q_t(s, a) [H, S, A]; an observation is a state and a time, each one-hot."""

    def __init__(self, problem: Problem, table: Tensor) -> None:
        super().__init__()
        self.net, self.table, self.size = problem.net, table, len(problem.mdp.rho)

    def policy(self, obs: Tensor, masks: tuple[Tensor, ...] = ()) -> Categorical:
        """pi(.|s)."""
        pi: Categorical = self.net.policy(obs[..., : self.size])
        return pi

    def q_of(self, obs: Tensor) -> Tensor:
        """Q_t(s, .)."""
        return torch.einsum("...s,...t,tsa->...a", obs[..., : self.size], obs[..., self.size :], self.table)

    def features(self, obs: Tensor) -> Tensor:
        """There is no trunk."""
        return obs

    policy_of = policy


def action_dependent(problem: Problem, table: Tensor, baseline: str, return_kind: str) -> Tensor:
    """The expectation of the engine's estimate with b_t(s, a) from a table."""
    c = controls("reinforce", **EXACT | {"critic": "q", "gamma": problem.mdp.gamma, "critic_target": "mc"},
                 baseline=baseline, return_kind=return_kind)  # fmt: skip
    horizon, time = problem.mdp.horizon, torch.arange(problem.mdp.horizon)[:, None]
    timed = torch.cat([torch.eye(horizon), torch.zeros(1, horizon)])[:, None].expand(-1, len(problem.probability), -1)
    b = dataclasses.replace(problem.batch, obs_t=torch.cat([problem.batch.obs_t, timed], -1))
    zero = torch.zeros_like(b.reward_t)
    mini = minibatch(b, Values(zero, zero, q_t=table[time, problem.paths.s[:-1], problem.paths.a]), c)
    weight = (problem.probability * len(problem.probability)).expand_as(b.reward_t)[b.valid_t]
    state_weight = weight if mini.discount is None else mini.discount * weight
    weighted = dataclasses.replace(mini, discount=state_weight)  # which multiplies both terms of the loss
    net = WithQ(problem, table)
    terms = losses("reinforce", weighted, net, c).terms
    kept = [terms[name] for name in ("policy", "control_variate") if name in terms]
    return -gradient(sum(kept), problem.net.actor.parameters())  # type: ignore[arg-type]


def bias(problem: Problem, table: Tensor, discounted: bool) -> Tensor:
    r"""-\sum_t \gamma^t \sum_s d_t(s) \sum_a \nabla\pi(a|s) b_t(s, a)."""
    pi = problem.log_pi().exp()
    d = m.state_visits(problem.mdp, pi.detach())
    weight = problem.mdp.gamma ** torch.arange(problem.mdp.horizon) if discounted else torch.ones(problem.mdp.horizon)
    return -gradient(torch.einsum("t,ts,sa,tsa->", weight, d, pi, table), problem.net.actor.parameters())


@pytest.mark.parametrize("return_kind", ["full", "reward_to_go"])
def test_I_23_with_the_exact_q_as_a_baseline_nothing_is_left_to_learn(problem: Problem, return_kind: str) -> None:
    """Of the return-to-go; the full return is discounted from the start, so that there its equal is gamma^t Q."""
    q = m.exact_values(problem.mdp, problem.log_pi().exp().detach())[1]
    table = q if return_kind == "reward_to_go" else q * (problem.mdp.gamma ** torch.arange(len(q)))[:, None, None]
    found = action_dependent(problem, table, "action_dependent", return_kind)
    assert close(found, torch.zeros_like(found))
    assert close(action_dependent(problem, table, "action_dependent_corrected", return_kind), problem.exact())


@pytest.mark.parametrize("return_kind", ["full", "reward_to_go"])
def test_I_23_any_baseline_of_the_action_is_biased_as_derived_and_repaired_exactly(
    problem: Problem, return_kind: str
) -> None:
    shape = (problem.mdp.horizon, *problem.log_pi().shape)
    table = torch.randn(shape, generator=torch.Generator().manual_seed(9))
    derived = bias(problem, table, discounted=return_kind == "reward_to_go")
    found = action_dependent(problem, table, "action_dependent", return_kind)
    assert close(found, problem.exact() + derived)
    assert float(derived.norm()) > 1e-2
    assert close(action_dependent(problem, table, "action_dependent_corrected", return_kind), problem.exact())


def test_through_the_learner_q_of_the_taken_action_is_subtracted_and_q_is_fitted_to_returns() -> None:
    r"""Baseline Q_\phi(s_t, a_t); loss (1/M) \sum (Q_\phi(s_t, a_t) - G_t)^2; V = \sum_a \pi Q where it is cut."""
    fit, c, b = acted(KINDS["tanh"], critic="q", baseline="action_dependent", gamma=0.9, value_coef=0.7)
    assert len(b.cut_index)
    taken = fit.net.q(b.obs_t[:-1]).gather(-1, b.action_t[..., None])[..., 0]

    def v(obs: Tensor) -> Tensor:
        return (fit.net.policy(obs).params.exp() * fit.net.q(obs)).sum(-1).detach()

    paid, g_t = b.reward_t.clone(), torch.zeros_like(b.reward_t)
    paid.view(-1)[b.cut_index] += 0.9 * v(b.cut_obs)
    for t in reversed(range(len(g_t))):
        g_t[t] = paid[t] + (0.9 * g_t[t + 1] * ~b.end_t[t] if t + 1 < len(g_t) else 0.0)
    slope = gradient(0.7 * (taken - g_t)[b.valid_t].square().mean(), fit.net.critic.parameters())
    shown = v(b.obs_t[:-1])
    trace = fit.update(b, c, 0.0)
    assert close(trace.estimates.baseline_t, taken.detach(), 1e-12)
    assert close(trace.estimates.value_t, shown, 1e-12)
    assert close(trace.first_gradient["critic"], slope, 1e-12)
    assert close(trace.samples.advantage, (g_t - taken).detach()[b.valid_t], 1e-12)


# --- I-19: the score against reparameterisation -----------------------------------------------------------------------


def test_I_19_variances_of_section_7() -> None:
    r"""f(a) = -(a - c)^2, a ~ N(\mu, \sigma^2), \delta = \mu - c = 1, \sigma = 0.1: 2e6 samples, 2 per cent."""
    n, delta, sigma = 2_000_000, 1.0, 0.1
    noise = torch.randn(n, 1, generator=torch.Generator().manual_seed(0))
    mean, log_sigma = torch.full((n, 1), delta, requires_grad=True), torch.full((n, 1), sigma).log().requires_grad_()
    action = mean + log_sigma.exp() * noise
    f = -action[:, 0].square()
    scores = torch.autograd.grad(DiagonalGaussian(mean, log_sigma).log_prob(action.detach()).sum(), [mean, log_sigma])
    paths = torch.autograd.grad(f.sum(), [mean, log_sigma])
    f = f.detach()
    b_mean, b_best = -(delta**2 + sigma**2), -(delta**2 + 3 * sigma**2)
    by_mean, by_log_sigma = (score[:, 0] for score in scores)
    table = [
        (f * by_mean, -2 * delta, delta**4 / sigma**2 + 14 * delta**2 + 15 * sigma**2, 114.15),
        ((f - b_mean) * by_mean, -2 * delta, 8 * delta**2 + 10 * sigma**2, 8.10),
        ((f - b_best) * by_mean, -2 * delta, 8 * delta**2 + 6 * sigma**2, 8.06),
        (paths[0][:, 0], -2 * delta, 4 * sigma**2, 0.04),
        (f * by_log_sigma, -2 * sigma**2, 2 * delta**4 + 60 * delta**2 * sigma**2 + 74 * sigma**4, 2.6074),
        (paths[1][:, 0], -2 * sigma**2, 4 * sigma**2 * (delta**2 + 2 * sigma**2), 0.0408),
    ]
    for samples, expected, variance, printed in table:
        assert variance == pytest.approx(printed, abs=1e-10)
        assert abs(float(samples.mean()) - expected) < 4 * (variance / n) ** 0.5
        assert float(samples.var()) == pytest.approx(variance, rel=0.02)
