"""One policy in several forms: BCE and cross-entropy, Bernoulli and softmax, the linear softmax's own formulas."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from rl_core.policies.bernoulli import Bernoulli
from rl_core.policies.categorical import Categorical
from rl_core.policies.gaussian import DiagonalGaussian
from tests.rl_core.identities.nets import EVERY_KIND, KINDS, TWO, Kind, acted, whole_gradient, with_graph
from tests.rl_core.support import close, controls, gradient, learner, losses, minibatch, random_batch, scale

pytestmark = pytest.mark.usefixtures("float64")

BY_LOGIT = [KINDS["bernoulli"], KINDS["linear-bernoulli"], KINDS["tanh"], KINDS["linear"], KINDS["dropout"]]


# --- I-1: the score has zero mean -------------------------------------------------------------------------------------


def test_I_1_scores_have_zero_mean_per_distribution() -> None:
    """By sums over the actions, and for a Gaussian by Gauss-Hermite quadrature, exact for polynomials of the noise."""
    z = torch.randn(4, requires_grad=True, generator=torch.Generator().manual_seed(0))
    for pi in (Categorical.from_logits(z), Bernoulli(z[0])):
        actions = torch.arange(pi.params.shape[-1])
        log_pi = torch.stack([pi.log_prob(a) for a in actions])
        assert close(gradient((log_pi.detach().exp() * log_pi).sum(), [z]), torch.zeros(4), 1e-15)
    nodes, weights = np.polynomial.hermite_e.hermegauss(9)
    mean, log_sigma = torch.tensor([0.3], requires_grad=True), torch.tensor([-0.7], requires_grad=True)
    action = (mean + log_sigma.exp() * torch.tensor(nodes)[:, None]).detach()
    log_pi = DiagonalGaussian(mean, log_sigma).log_prob(action)
    score = gradient((torch.tensor(weights / weights.sum()) * log_pi).sum(), [mean, log_sigma])
    assert close(score, torch.zeros(2), 1e-14)


# --- I-6: cross-entropy with the actions as labels --------------------------------------------------------------------


@pytest.mark.parametrize("kind", BY_LOGIT)
def test_I_6_cross_entropy_is_the_same_loss_and_the_same_gradient(kind: Kind) -> None:
    fit, c, b = acted(kind, gamma=0.9, reduction="sum")
    form = c.edited({"loss_form": "cross_entropy"})
    m = minibatch(b, None, c)
    found = losses("reinforce", m, fit.net, form).terms["policy"]
    z = fit.net.actor(m.obs, m.masks)
    if kind.actions is TWO:
        label = m.action.to(z.dtype)
        by_torch = (m.advantage * binary_cross_entropy_with_logits(z[:, 0], label, reduction="none")).sum()
        slope = (m.advantage * (torch.sigmoid(z[:, 0]) - label))[:, None]
    else:
        by_torch = (m.advantage * cross_entropy(z, m.action, reduction="none")).sum()
        slope = m.advantage[:, None] * (torch.softmax(z, -1) - torch.eye(3)[m.action])
    assert close(found, losses("reinforce", m, fit.net, c).terms["policy"], 1e-12)
    assert close(found, by_torch, 1e-12)
    by_logit = gradient(by_torch, [z]).view_as(z)
    assert close(by_logit, slope.detach(), 1e-12)
    assert close(whole_gradient(fit, form, b), whole_gradient(fit, c, b), 1e-12)
    assert close(whole_gradient(fit, form, b), gradient(by_torch, fit.net.actor.parameters()), 1e-12)
    kept = form.edited({"logprob_source": "stored_logits"})
    assert close(whole_gradient(fit, kept, with_graph(fit, b, "stored_logits")), whole_gradient(fit, c, b), 1e-12)


def test_I_14_with_every_weight_1_the_loss_is_behavioural_cloning() -> None:
    """gamma = 0 and reward 1 make w = 1: the mean negative log-likelihood of the actions as labels."""
    fit, c, b = acted(KINDS["tanh"], gamma=0.0, reduction="step_mean")
    b = dataclasses.replace(b, reward_t=b.valid_t.to(b.reward_t))
    m = minibatch(b, None, c)
    cloning = cross_entropy(fit.net.actor(m.obs), m.action)
    assert close(losses("reinforce", m, fit.net, c).terms["policy"], cloning, 1e-12)
    assert close(whole_gradient(fit, c, b), gradient(cloning, fit.net.actor.parameters()), 1e-12)


def test_a_gaussian_of_fixed_sigma_is_a_weighted_squared_error() -> None:
    r"""Section 8: (w / 2 \sigma^2) |a - \mu|^2 has the mean's gradient of -w log \pi."""
    fit, c, b = acted(KINDS["gaussian"], gamma=0.9)
    m = minibatch(b, None, c)
    sigma = fit.net.log_sigma.detach().exp()
    squared = scale(m, c) * (m.advantage * (((m.action - fit.net.actor(m.obs)) / sigma) ** 2).sum(-1) / 2).mean()
    actor = list(fit.net.actor.parameters())
    assert close(gradient(losses("reinforce", m, fit.net, c).terms["policy"], actor), gradient(squared, actor), 1e-12)


# --- Bernoulli is the softmax over (0, z) -----------------------------------------------------------------------------


def test_bernoulli_is_the_softmax_over_0_and_z() -> None:
    z = 3 * torch.randn(50, generator=torch.Generator().manual_seed(1))
    other = z.flip(0)
    one, two = Bernoulli(z), Categorical.from_logits(torch.stack([torch.zeros(50), z], -1))
    two_other = Categorical.from_logits(torch.stack([torch.zeros(50), other], -1))
    for a in (0, 1):
        assert close(one.log_prob(torch.full((50,), a)), two.log_prob(torch.full((50,), a)), 1e-13)
    assert close(one.entropy(), two.entropy(), 1e-13)
    assert close(one.kl(Bernoulli(other)), two.kl(two_other), 1e-13)
    assert close(one.params, two.params, 1e-13)
    assert close(Bernoulli.from_params(one.params).logit, z, 1e-12)
    p = torch.sigmoid(z)
    assert close(one.entropy(), -p * p.log() - (1 - p) * (1 - p).log(), 1e-12)
    assert float(Bernoulli(torch.zeros(())).entropy()) == pytest.approx(math.log(2), abs=1e-15)


def test_bernoulli_survives_extreme_logits() -> None:
    """Where torch's BCELoss of probabilities clamps to 100 and returns a gradient of -1e12."""
    z = torch.tensor([-800.0, 800.0], requires_grad=True)
    log_pi = Bernoulli(z).log_prob(torch.tensor([1, 0]))
    assert log_pi.tolist() == [-800.0, -800.0]
    assert gradient(log_pi.sum(), [z]).tolist() == [1.0, -1.0]
    assert Bernoulli(z).entropy().tolist() == [0.0, 0.0]


def test_one_logit_learns_what_two_learn_with_the_first_held_at_0() -> None:
    """Section 25: the gradient in z of a Bernoulli is that of a gathered softmax in its second logit."""
    fit, c, b = acted(KINDS["linear-bernoulli"])
    m = minibatch(b, None, c)
    z = fit.net.actor(m.obs).detach().requires_grad_()
    log_pi = torch.log_softmax(torch.cat([torch.zeros_like(z), z], -1), -1).gather(-1, m.action[:, None])[:, 0]
    by_logit = gradient(-scale(m, c) * (m.advantage * log_pi).mean(), [z])
    assert close(whole_gradient(fit, c, b), by_logit @ m.obs, 1e-12)


# --- I-13 and W-10: linear softmax ------------------------------------------------------------------------------------


def one_sample(theta: Tensor, state: list[float], action: int, reward: float, **values: Any) -> Any:
    """A learner with a linear policy, and one episode of one step in `state`."""
    c = controls("reinforce", network="linear", reduction="sum", optimiser="sgd", max_grad_norm=0.0, **values)
    b = random_batch(t=1, n=1, obs_size=2, n_actions=3)
    end = torch.ones(1, 1, dtype=torch.bool)
    b = dataclasses.replace(
        b, obs_t=torch.tensor([[state], [state]]), action_t=torch.tensor([[action]]), terminated_t=end,
        truncated_t=~end, end_t=end, reward_t=torch.tensor([[reward]]), cut_index=b.cut_index[:0],
        cut_obs=b.cut_obs[:0],
    )  # fmt: skip
    fit = learner("reinforce", c, b)
    fit.net.actor.layers[0].weight.data.copy_(theta)
    return fit, c, b


THETA = torch.tensor([[0.5, -0.2], [0.0, 0.3], [-0.4, 0.1]], dtype=torch.float64)


def test_W_10_through_the_linear_policy() -> None:
    fit, c, b = one_sample(THETA, [1.0, 2.0], 1, 1.0)
    pi = fit.net.policy(b.obs_t[0, 0])
    assert [round(float(p), 6) for p in pi.params.detach().exp()] == [0.295025, 0.486415, 0.218560]
    score = -fit.update(b, c, 0.0).first_gradient["actor"]
    expected = [-0.295025, -0.590051, 0.513585, 1.027171, -0.218560, -0.437120]
    assert [round(float(x), 6) for x in score] == expected


@pytest.mark.parametrize("action", [0, 1, 2])
def test_I_13_one_sgd_step_is_the_update_rule_of_the_lecture(action: int) -> None:
    r"""\theta_a += \alpha G (1 - \pi_a) s, \theta_k -= \alpha G \pi_k s for k != a."""
    alpha, g, s = 0.3, -1.7, torch.tensor([0.8, -2.1])
    fit, c, b = one_sample(THETA, s.tolist(), action, g, learning_rate=alpha)
    pi = torch.softmax(THETA @ s, -1)
    expected = THETA.clone()
    for k in range(3):
        expected[k] += alpha * g * (1 - pi[k]) * s if k == action else -alpha * g * pi[k] * s
    fit.update(b, c, 0.0)
    assert close(fit.net.actor.layers[0].weight.detach(), expected, 1e-12)


@pytest.mark.parametrize("kind", [KINDS["linear"], KINDS["tabular"], KINDS["linear-bernoulli"]])
def test_I_13_the_closed_form_beside_autograds_is_the_same_gradient(kind: Kind) -> None:
    r"""\sum_t w_t (1[a_t = k] - \pi_k) s_t^T written out, and what the engine reports of its own closed form."""
    fit, c, b = acted(kind, gamma=0.9, gamma_t=True)
    m = minibatch(b, None, c)
    p = fit.net.policy(m.obs).params.detach().exp()
    chosen = torch.eye(p.shape[-1])[m.action] - p
    weight = scale(m, c) / len(m.action) * m.discount * m.advantage
    by_hand = torch.einsum("b,ba,bd->ad", weight, chosen[:, -1:] if kind.actions is TWO else chosen, m.obs)
    trace = fit.update(b, c, 0.0, probe_leaks=True)
    assert close(-trace.first_gradient["actor"], by_hand.reshape(-1), 1e-12)
    assert trace.score is not None
    assert trace.score.analytic_difference is not None
    assert trace.score.analytic_difference < 1e-12
    assert trace.score.analytic_norm == pytest.approx(float(by_hand.norm()), rel=1e-12)
    assert trace.score.norm == pytest.approx(float(by_hand.norm()), rel=1e-12)


@pytest.mark.parametrize("kind", [KINDS["linear"], KINDS["tabular"]])
def test_I_28_rows_of_a_linear_softmax_gradient_sum_to_0(kind: Kind) -> None:
    fit, c, b = acted(kind, entropy_coef=0.1)
    rows = fit.update(b, c, 0.0).first_gradient["actor"].view(3, -1)
    assert close(rows.sum(0), torch.zeros(rows.shape[1]), 1e-12)
    assert float(rows.norm()) > 1e-2


# --- I-29: the policy that acts ---------------------------------------------------------------------------------------


@EVERY_KIND
def test_I_29_the_ratio_of_every_policy_is_1_before_the_first_step(kind: Kind) -> None:
    """What the fast forward pass of a rollout stored, against the one with a graph: |log rho| < 1e-12."""
    fit, c, b = acted(kind)
    act = fit.net.acting(kind.actions)
    stored = torch.from_numpy(act.params(act.output(b.obs_t[:-1].numpy(), [mask.numpy() for mask in b.masks_t])))
    acted_log_prob = fit.net.distribution(stored).log_prob(b.action_t).detach()
    b = dataclasses.replace(b, behaviour_t=stored, log_prob_t=acted_log_prob)
    assert float(fit.update(b, c, 0.0).losses[0].log_ratio.detach().abs().max()) < 1e-12
