"""I-30: each boundary on its right side, and on its wrong side the derived wrong gradient, not just a different one."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
import torch
from torch import Tensor

from rl_core.algorithms.algorithm import algorithms
from rl_core.data.batch import Batch
from rl_core.data.transitions import Transitions
from rl_core.networks.action_values import action_values
from rl_core.on_policy.estimate import Values, estimate
from rl_core.policies.gaussian import DiagonalGaussian
from rl_core.types import Discrete, Spaces
from tests.rl_core.support import (
    BOX,
    SMALL,
    Table,
    close,
    controls,
    gradient,
    learner,
    losses,
    minibatch,
    network,
    random_batch,
    scale,
    values_of,
)

pytestmark = pytest.mark.usefixtures("float64")


def one_step_batch(actions: list[int], rewards: list[float], n_actions: int, log_p: Tensor) -> Batch:
    """Episodes of one step in one state, as lanes."""
    n = len(actions)
    end = torch.ones(1, n, dtype=torch.bool)
    action = torch.tensor([actions])
    return Batch(
        obs_t=torch.ones(2, n, 1),
        action_t=action,
        reward_t=torch.tensor([rewards]),
        terminated_t=end,
        truncated_t=~end,
        end_t=end,
        episode_step_t=torch.zeros(1, n, dtype=torch.int64),
        behaviour_t=log_p.expand(1, n, n_actions),
        log_prob_t=log_p[action],
        cut_index=torch.zeros(0, dtype=torch.int64),
        cut_obs=torch.zeros(0, 1),
    )


# --- B-1 advantage in the policy loss ---------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["reinforce", "a2c", "ppo"])
@pytest.mark.parametrize("value_coef", [0.5, 0.1])
def test_I_30_B_1_value_settles_H_over_2cv_too_high(algorithm: str, value_coef: float) -> None:
    """One state, two actions with probabilities 1/4 and 3/4, each action sampled in exactly that share."""
    net = Table(1, 2)
    net.logits.data = torch.tensor([[math.log(1.0), math.log(3.0)]])
    log_p = torch.log_softmax(net.logits.data[0], -1)
    rewards = [5.0, 1.0, 2.0, 3.0]
    b = one_step_batch([0, 1, 1, 1], rewards, 2, log_p)
    entropy = float(-(log_p.exp() * log_p).sum())

    def slope(state: str, v: float) -> float:
        kind = {"baseline": "learned_v"} if algorithm == "reinforce" else {"return_kind": "gae"}
        c = controls(algorithm, critic="v", value_coef=value_coef, advantage=state, critic_target="mc",
                     advantage_norm="none", reduction="step_mean", **kind)  # fmt: skip
        net.v.data[0] = v
        values = values_of(b, net.value(b.obs_t), torch.zeros(0))
        loss = losses(algorithm, minibatch(b, values, c), net, c)
        return float(gradient(loss.total(), [net.v]))

    mean = sum(rewards) / 4
    assert slope("block", mean) == pytest.approx(0.0, abs=1e-12)
    if algorithm != "ppo":  # PPO's ratio has value 1, where log pi has value log pi
        assert slope("pass", mean + entropy / (2 * value_coef)) == pytest.approx(0.0, abs=1e-12)
        assert slope("pass", mean) == pytest.approx(-entropy, abs=1e-12)
    else:
        assert slope("pass", mean + -1 / (2 * value_coef)) == pytest.approx(0.0, abs=1e-12)


def gae_coefficients(b: Batch, log_pi: Tensor, gamma: float, lambda_: float) -> tuple[Tensor, Tensor]:
    """Section 19: what V(s_k), and V of each cut successor, receive of log pi in M times the policy loss."""
    t_all, n_all = b.shape
    at_row, at_cut = torch.zeros(t_all + 1, n_all), torch.zeros(len(b.cut_index))
    for n in range(n_all):
        for t in range(t_all):
            at_row[t, n] += log_pi[t, n]
            k = t
            while True:
                m = k - t + 1
                last = bool(b.end_t[k, n])
                if last and b.terminated_t[k, n]:
                    break
                share = gamma**m * lambda_ ** (m - 1) * (1.0 if last else 1 - lambda_)
                cut = (b.cut_index == k * n_all + n).nonzero()
                if last and len(cut):
                    at_cut[int(cut)] -= log_pi[t, n] * share
                else:
                    at_row[k + 1, n] -= log_pi[t, n] * share
                if last:
                    break
                k += 1
    return at_row, at_cut


@pytest.mark.parametrize("lambda_", [0.0, 0.7, 1.0])
def test_I_30_B_1_gradient_into_the_critic_has_the_gae_coefficients(lambda_: float) -> None:
    c = controls("reinforce", critic="v", return_kind="gae", gae_lambda=lambda_, gamma=0.9, advantage="pass",
                 reduction="step_mean")  # fmt: skip
    net = network(4, 3, c)
    b = random_batch(t=8, n=3, net=net, seed=2)
    assert len(b.cut_index) > 0
    v, v_cut = (torch.randn(shape, requires_grad=True) for shape in (b.obs_t.shape[:2], len(b.cut_obs)))
    loss = losses("reinforce", minibatch(b, values_of(b, v, v_cut), c), net, c).terms["policy"]
    got = torch.autograd.grad(loss, [v, v_cut])
    expected = gae_coefficients(b, b.log_prob_t, 0.9, lambda_)
    steps = b.reward_t.numel()
    assert close(got[0] * steps, expected[0])
    assert close(got[1] * steps, expected[1])


def test_I_30_B_1_through_the_learner_the_critic_gets_log_pi_grad_v() -> None:
    """reward_to_go with baseline V and no bootstrap: the critic's extra gradient is (1/M) sum log pi grad V."""
    shared = {"critic": "v", "return_kind": "reward_to_go", "baseline": "learned_v", "value_coef": 0.5,
              "max_grad_norm": 0.0, "reduction": "step_mean"}  # fmt: skip
    grads, trace = {}, None
    for state in ("block", "pass"):
        c = controls("reinforce", **shared, advantage=state)
        fit = learner("reinforce", c, random_batch())
        b = random_batch(net=fit.net)
        b = dataclasses.replace(b, terminated_t=b.terminated_t | b.truncated_t, truncated_t=b.truncated_t & False)
        b = dataclasses.replace(b, terminated_t=b.end_t)
        v = fit.net.value(b.obs_t[:-1])
        critic = list(fit.net.critic.parameters())
        extra = gradient((b.log_prob_t * v).mean(), critic)
        actor_before = gradient(v.sum() * 0, list(fit.net.actor.parameters()))
        trace = fit.update(b, c, 0.0, probe_leaks=True)
        grads[state] = trace.first_gradient
        assert trace.probe.leaks[("policy", "critic")] == pytest.approx(float(extra.norm()) if state == "pass" else 0.0)
        assert trace.probe.leaks[("value", "actor")] == 0.0
        assert close(actor_before, torch.zeros_like(actor_before))
    assert close(grads["pass"]["critic"] - grads["block"]["critic"], extra)
    assert close(grads["pass"]["actor"], grads["block"]["actor"], 1e-12)


# --- B-2 value target -------------------------------------------------------------------------------------------------


def value_slopes(target: str, state: str, **values: Any) -> tuple[Tensor, Batch, Any, Any]:
    c = controls("reinforce", critic="v", critic_target=target, value_target=state, value_coef=0.5, gamma=0.9, **values)
    net = network(4, 3, c)
    b = random_batch(t=6, n=3, net=net, seed=2)
    v = values_of(b, net.value(b.obs_t), net.value(b.cut_obs))
    loss = losses("reinforce", minibatch(b, v, c), net, c).terms["value"]
    return gradient(loss, net.critic.parameters()), b, net, c


def test_I_30_B_2_bootstrapped_target_becomes_the_residual_gradient() -> None:
    got, b, net, _ = value_slopes("td0", "pass")
    v = values_of(b, net.value(b.obs_t), net.value(b.cut_obs))
    delta = b.reward_t + 0.9 * (~b.terminated_t) * v.v_tp1 - v.v_t
    assert close(got, gradient(0.5 * delta.square().mean(), net.critic.parameters()))
    semi = value_slopes("td0", "block")[0]
    assert close(semi, gradient(-(2 * 0.5 * delta.detach() * v.v_t).mean(), net.critic.parameters()))
    assert not close(got, semi, 1e-3)


def test_I_30_B_2_lambda_target_becomes_the_squared_advantage() -> None:
    got, b, net, _ = value_slopes("lambda", "pass", gae_lambda=0.7)
    v = values_of(b, net.value(b.obs_t), net.value(b.cut_obs))
    a_t = torch.zeros_like(b.reward_t)
    rows = []
    nxt = torch.zeros(b.shape[1])
    for t in reversed(range(b.shape[0])):
        delta = b.reward_t[t] + 0.9 * (~b.terminated_t[t]) * v.v_tp1[t] - v.v_t[t]
        nxt = delta + 0.9 * 0.7 * (~b.end_t[t]) * nxt
        rows.insert(0, nxt)
    a_t = torch.stack(rows)
    assert close(got, gradient(0.5 * a_t.square().mean(), net.critic.parameters()))


def test_I_30_B_2_monte_carlo_target_has_no_graph_to_pass() -> None:
    c = controls("reinforce", critic="v", critic_target="mc", value_target="pass")
    fit = learner("reinforce", c, random_batch())
    b = dataclasses.replace(random_batch(net=fit.net), cut_index=torch.zeros(0, dtype=torch.int64))
    b = dataclasses.replace(b, cut_obs=b.cut_obs[:0], terminated_t=b.end_t, truncated_t=b.truncated_t & False)
    blocked = learner("reinforce", c.edited({"value_target": "block"}), b)
    passed = fit.update(b, c, 0.0).first_gradient["critic"]
    stopped = blocked.update(b, c.edited({"value_target": "block"}), 0.0).first_gradient["critic"]
    assert close(passed, stopped, 1e-12)


@pytest.mark.parametrize(("state", "fixed_point"), [("block", [0.5, 1.0, 0.0]), ("pass", [0.5, 0.75, 0.25])])
def test_I_18_fixed_points_of_the_split(state: str, fixed_point: list[float]) -> None:
    """A goes to B or C; B ends with +1, C with 0: the residual gradient pulls the successors together."""
    net = Table(3, 2)
    b = random_batch(t=2, n=2, obs_size=3, n_actions=2)
    ends = torch.tensor([[False, False], [True, True]])
    b = dataclasses.replace(
        b,
        obs_t=torch.eye(3)[torch.tensor([[0, 0], [1, 2], [0, 0]])],
        reward_t=torch.tensor([[0.0, 0.0], [1.0, 0.0]]),
        terminated_t=ends,
        truncated_t=ends & False,
        end_t=ends,
        cut_index=b.cut_index[:0],
        cut_obs=b.cut_obs[:0],
    )
    c = controls("reinforce", critic="v", critic_target="td0", value_target=state, gamma=1.0)

    def slope(v: Tensor) -> Tensor:
        net.v.data = v
        return gradient(
            losses("reinforce", minibatch(b, values_of(b, net.value(b.obs_t), torch.zeros(0)), c), net, c).terms[
                "value"
            ],
            [net.v],
        )

    assert close(stationary(slope, 3), torch.tensor(fixed_point))


def stationary(slope: Any, size: int) -> Tensor:
    """The point at which an affine map is 0."""
    at_0 = slope(torch.zeros(size))
    matrix = torch.stack([slope(row) - at_0 for row in torch.eye(size)], dim=1)
    return torch.linalg.solve(matrix, -at_0)


# --- B-5 old log-probability ------------------------------------------------------------------------------------------


def ppo_after_a_step(old: str) -> tuple[Any, Any, Any, Any]:
    """A network that has moved since its batch was made, and the minibatch."""
    c = controls("ppo", old_log_prob=old, advantage_norm="none", entropy_coef=0.0)
    net = network(4, 3, c)
    b = random_batch(net=net)
    with torch.no_grad():
        for p in net.actor.parameters():
            p += 0.3 * torch.randn(p.shape, generator=torch.Generator().manual_seed(1))
    g = torch.Generator().manual_seed(3)
    v = values_of(b, torch.randn(b.obs_t.shape[:2], generator=g), torch.randn(len(b.cut_obs), generator=g))
    return minibatch(b, v, c), net, c, b


def test_I_30_B_5_recomputed_attached_has_policy_gradient_exactly_0() -> None:
    m, net, c, _ = ppo_after_a_step("recomputed_attached")
    loss = losses("ppo", m, net, c)
    flat = gradient(loss.terms["policy"], net.actor.parameters())
    assert flat.abs().max() == 0.0
    assert loss.log_ratio.abs().max() == 0.0


def test_I_30_B_5_recomputed_is_the_on_policy_step_on_stale_data() -> None:
    m, net, c, _ = ppo_after_a_step("recomputed")
    loss = losses("ppo", m, net, c)
    assert loss.log_ratio.detach().abs().max() == 0.0
    score = -scale(m, c) * (m.advantage * net.policy(m.obs).log_prob(m.action)).mean()
    assert close(gradient(loss.terms["policy"], net.actor.parameters()), gradient(score, net.actor.parameters()))


def test_I_30_B_5_stored_weighs_with_the_true_ratio() -> None:
    m, net, c, _ = ppo_after_a_step("stored")
    loss = losses("ppo", m, net, c)
    expected = net.policy(m.obs).log_prob(m.action) - m.log_prob
    assert close(loss.log_ratio.detach(), expected.detach())
    assert float(expected.detach().abs().max()) > 0.1


# --- B-8 dropout mask -------------------------------------------------------------------------------------------------


def masked_learner(mask: str) -> tuple[Any, Any, Batch]:
    c = controls("ppo", dropout=0.5, dropout_mask=mask, minibatches=1, epochs=1)
    fit = learner("ppo", c, random_batch())
    return fit, c, random_batch(net=fit.net, masks=(c.hidden_size,))


def test_I_29_stored_mask_gives_ratio_1() -> None:
    fit, c, b = masked_learner("stored")
    assert float(fit.update(b, c, 0.0).losses[0].log_ratio.detach().abs().max()) < 1e-12


def test_I_30_B_8_mask_off_gives_the_log_ratio_of_the_two_policies() -> None:
    fit, c, b = masked_learner("off")
    unmasked = fit.net.policy(b.obs_t[:-1]).log_prob(b.action_t).detach().reshape(-1)
    log_rho = fit.update(b, c, 0.0).losses[0].log_ratio.detach()
    assert close(log_rho, unmasked - b.log_prob_t.reshape(-1))
    assert float(log_rho.abs().max()) > 1e-2


def test_I_30_B_8_mask_redrawn_belongs_to_a_policy_that_never_acted() -> None:
    fit, c, b = masked_learner("redrawn")
    assert float(fit.update(b, c, 0.0).losses[0].log_ratio.detach().abs().max()) > 1e-2


def test_I_30_B_8_scores_of_the_wrong_mask_have_no_zero_mean() -> None:
    """E over the acting policy of the score under the evaluated one: 0 for the stored mask, not for another."""
    c = controls("reinforce", dropout=0.5)
    net = network(4, 3, c)
    obs, mask = torch.randn(1, 4), (torch.tensor([[2.0, 0.0, 2.0, 0.0]]),)
    acted = net.policy(obs, mask).log_p.detach().exp()[0]

    def mean_score(masks: tuple[Tensor, ...]) -> Tensor:
        return gradient((acted * net.policy(obs, masks).log_p[0]).sum(), net.actor.parameters())

    assert close(mean_score(mask), torch.zeros_like(mean_score(mask)), 1e-12)
    assert float(mean_score(()).norm()) > 1e-3


# --- B-8 clipped action, moved normaliser -----------------------------------------------------------------------------


def gaussian_learner(**values: Any) -> tuple[Any, Any, Batch]:
    c = controls("ppo", minibatches=1, epochs=1, log_sigma=0.3, **values)
    fit = learner("ppo", c, random_batch(), actions=BOX)
    return fit, c, random_batch(net=fit.net)


def flat_gaussian(b: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Action, mean and sigma of every sample [M, 2]."""
    mean, log_sigma = b.behaviour_t.reshape(-1, 4).chunk(2, -1)
    return b.action_t.reshape(-1, 2), mean, log_sigma.exp()


def test_I_30_B_8_clipped_action_has_the_derived_log_ratio() -> None:
    """log rho = sum_j ((u - mu)^2 - (clip(u) - mu)^2) / (2 sigma^2) at epoch 0; 0 where nothing was clipped."""
    fit, c, b = gaussian_learner(stored_action="clipped")
    u, mean, sigma = flat_gaussian(b)
    inside = torch.stack([u[:, 0].clamp(-1, 1), u[:, 1].clamp(-0.5, 0.5)], 1)
    derived = ((u - mean).square() - (inside - mean).square()) / (2 * sigma.square())
    log_rho = fit.update(b, c, 0.0).losses[0].log_ratio.detach()
    assert close(log_rho, derived.sum(-1))
    assert float(log_rho.abs().max()) > 0.1


def test_I_29_unclipped_sample_as_acted_gives_ratio_1() -> None:
    fit, c, b = gaussian_learner()
    assert float(fit.update(b, c, 0.0).losses[0].log_ratio.detach().abs().max()) < 1e-12


def test_I_30_B_8_moved_normaliser_gives_the_ratio_of_two_inputs() -> None:
    """log rho = sum_j ((a - mu(s))^2 - (a - mu(s'))^2) / (2 sigma^2), s' the observation normalised again."""
    fit, c, b = gaussian_learner(norm_at_update="updated")
    a, mean, sigma = flat_gaussian(b)
    moved = fit.net.actor(b.renormalised_t).detach().reshape(-1, 2)
    log_rho = fit.update(b, c, 0.0).losses[0].log_ratio.detach()
    assert close(log_rho, (((a - mean).square() - (a - moved).square()) / (2 * sigma.square())).sum(-1))
    assert float(log_rho.abs().max()) > 1e-2


def test_I_30_B_1_of_a_density_sinks_the_value_where_its_entropy_is_negative() -> None:
    """V settles E[R] + H / (2 c_v): below the mean return for a narrow Gaussian, as the entropy is below 0."""
    log_sigma, value_coef, reward = -2.0, 0.5, 3.0
    c = controls("reinforce", critic="v", baseline="learned_v", return_kind="reward_to_go", critic_target="mc",
                 advantage="pass", value_coef=value_coef, reduction="step_mean", gamma=1.0)  # fmt: skip
    pi = DiagonalGaussian(torch.zeros(1), torch.full((1,), log_sigma))
    # two actions at one sigma have exactly the density's mean log-probability
    action = math.exp(log_sigma) * torch.tensor([[[1.0], [-1.0]]])
    assert close(pi.log_prob(action).mean(), -pi.entropy())
    v = torch.zeros((), requires_grad=True)
    b = one_step_batch([0, 0], [reward, reward], 2, torch.zeros(2))
    b = dataclasses.replace(b, action_t=action, behaviour_t=pi.params.expand(1, 2, 2), log_prob_t=pi.log_prob(action))

    class Net:
        def policy(self, obs: Tensor, masks: Any = ()) -> DiagonalGaussian:
            return pi

        def value(self, obs: Tensor) -> Tensor:
            return v.expand(obs.shape[:-1])

        def features(self, obs: Tensor) -> Tensor:
            return obs

        policy_of, value_of = policy, value

    def slope(at: float) -> float:
        v.data = torch.tensor(at)
        m = minibatch(b, values_of(b, Net().value(b.obs_t), torch.zeros(0)), c)
        return float(gradient(losses("reinforce", m, Net(), c).total(), [v]))

    at_0, at_1 = slope(0.0), slope(1.0)
    settled = -at_0 / (at_1 - at_0)
    assert settled == pytest.approx(reward + float(pi.entropy()) / (2 * value_coef))
    assert settled < reward


# --- B-9 entropy ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["reinforce", "a2c", "ppo"])
def test_I_30_B_9_entropy_of_stored_probabilities_does_nothing(algorithm: str) -> None:
    slopes, value = {}, {}
    for source in ("current", "stored"):
        c = controls(algorithm, critic="v", entropy_coef=0.1, entropy=source)
        net = network(4, 3, c)
        b = random_batch(net=net)
        loss = losses(algorithm, minibatch(b, any_values(b), c), net, c).terms["entropy"]
        slopes[source], value[source] = gradient(loss, net.parameters()), float(loss.detach())
    p = torch.softmax(b.behaviour_t, -1)
    assert slopes["stored"].abs().max() == 0.0
    assert value["stored"] == pytest.approx(float(0.1 * (p * p.log()).sum(-1).mean()))
    assert value["current"] == pytest.approx(value["stored"])
    entropy = -0.1 * net.policy(b.obs_t[:-1]).entropy().mean()
    assert close(slopes["current"], gradient(entropy, net.parameters()))
    assert float(slopes["current"].norm()) > 1e-4


def any_values(b: Batch) -> Values:
    return values_of(b, torch.zeros(b.obs_t.shape[:2]), torch.zeros(len(b.cut_obs)))


# --- B-12 KL reference ------------------------------------------------------------------------------------------------

EVERY_KL = [(how, direction) for how in ("exact", "k1", "k2", "k3") for direction in ("old||new", "new||old")]


def penalty_after_a_step(reference: str, how: str = "exact", direction: str = "old||new") -> tuple[Tensor, Tensor, Any]:
    """The KL penalty of a policy that has moved since its batch was made, its gradient, and what it was made of."""
    c = controls("ppo", kl="penalty", kl_reference=reference, kl_estimator=how, kl_direction=direction)
    net = network(4, 3, c)
    b = random_batch(net=net)
    with torch.no_grad():
        for p in net.actor.parameters():
            p += 0.3 * torch.randn(p.shape, generator=torch.Generator().manual_seed(1))
    m = minibatch(b, any_values(b), c)
    loss = losses("ppo", m, net, c, kl_coef=0.7).terms["kl"]
    return loss.detach(), gradient(loss, net.actor.parameters()), (m, net)


@pytest.mark.parametrize(("how", "direction"), EVERY_KL)
def test_I_30_B_12_recomputed_attached_is_0_with_gradient_0(how: str, direction: str) -> None:
    value, slope, _ = penalty_after_a_step("recomputed_attached", how, direction)
    assert value == 0.0
    assert slope.abs().max() < 1e-15


@pytest.mark.parametrize(("how", "direction"), EVERY_KL)
def test_I_30_B_12_recomputed_never_pulls_back(how: str, direction: str) -> None:
    """Value 0, and gradient 0 however far the policy has gone; only k1 still has its score, blind to any reference."""
    value, slope, (m, net) = penalty_after_a_step("recomputed", how, direction)
    assert abs(float(value)) < 1e-15
    score = gradient(net.policy(m.obs).log_prob(m.action).mean(), net.actor.parameters())
    sign = {"old||new": -0.7, "new||old": 0.7}[direction]
    assert close(slope, sign * score if how == "k1" else torch.zeros_like(slope), 1e-12)


@pytest.mark.parametrize("direction", ["old||new", "new||old"])
def test_I_30_B_12_saved_pulls_back_to_the_policy_that_acted(direction: str) -> None:
    value, slope, (m, net) = penalty_after_a_step("saved", "exact", direction)
    old, new = torch.log_softmax(m.behaviour, -1), net.policy(m.obs).log_p
    p, q = (old, new) if direction == "old||new" else (new, old)
    by_hand = 0.7 * (p.exp() * (p - q)).sum(-1).mean()
    assert float(value) == pytest.approx(float(by_hand.detach()))
    assert float(value) > 1e-3
    assert close(slope, gradient(by_hand, net.actor.parameters()), 1e-12)


def test_I_30_B_12_fisher_vector_product_of_the_attached_reference_is_0() -> None:
    """The Hessian of KL(sg[pi] || pi) at equal policies is the Fisher matrix; with both sides attached it is 0."""
    net = Table(1, 3)
    net.logits.data = torch.tensor([[0.3, -1.0, 0.5]])
    p = torch.softmax(net.logits.data[0], -1)
    v = torch.tensor([[1.0, 2.0, -0.5]])

    def product(attached: bool) -> Tensor:
        pi = net.policy(torch.ones(1, 1))
        old = pi if attached else net.distribution(pi.params.detach())
        (slope,) = torch.autograd.grad(old.kl(pi).sum(), net.logits, create_graph=True)
        return torch.autograd.grad((slope * v).sum(), net.logits)[0]

    assert close(product(False)[0], (torch.diag(p) - torch.outer(p, p)) @ v[0], 1e-12)
    assert product(True).abs().max() < 1e-15


def test_I_30_B_12_through_the_learner_a_recomputed_penalty_is_no_penalty() -> None:
    """However large beta is: the parameters end exactly where they end without a penalty; saved holds them back."""
    shared = {"epochs": 40, "minibatches": 1, "clip": 10.0, "optimiser": "sgd", "learning_rate": 0.05,
              "max_grad_norm": 0.0, "kl_coef": 5.0}  # fmt: skip
    ended, moved = {}, {}
    for name, kl in (("none", "none"), ("recomputed", "penalty"), ("saved", "penalty")):
        c = controls("ppo", **shared, kl=kl, kl_reference="saved" if name == "none" else name)
        fit = learner("ppo", c, random_batch())
        b = random_batch(net=fit.net, seed=1)
        before = fit.net.policy(b.obs_t[:-1])
        before = fit.net.distribution(before.params.detach())
        fit.update(b, c, 0.0)
        ended[name] = fit.flat.vector.clone()
        moved[name] = float(before.kl(fit.net.policy(b.obs_t[:-1])).mean().detach())
    assert close(ended["recomputed"], ended["none"], 1e-12)
    assert moved["saved"] < moved["none"] / 3


# --- B-13 ratio times log-probability ---------------------------------------------------------------------------------


def weighted_pair(importance: str, moved: float, **values: Any) -> tuple[Any, Any, Any]:
    """Episodes, a network that has moved since, and controls in which the weight's gate passes."""
    c = controls(
        "off_policy_is_pg", importance=importance, importance_weight="pass", reduction="sum", gamma=0.9, **values
    )
    net = network(4, 3, c)
    b = random_batch(net=net, whole=True)
    with torch.no_grad():
        for p in net.actor.parameters():
            p += moved * torch.randn(p.shape, generator=torch.Generator().manual_seed(1))
    return minibatch(b, None, c), net, c


def policy_slope(m: Any, net: Any, c: Any) -> Tensor:
    return gradient(losses("off_policy_is_pg", m, net, c).terms["policy"], net.actor.parameters())


@pytest.mark.parametrize("moved", [0.0, 0.4])
def test_I_30_B_13_both_attached_weigh_each_sample_with_1_plus_log_pi(moved: float) -> None:
    r"""Gradient -\sum \rho (1 + log \pi) A S; where they block it is -\sum \rho A S."""
    m, net, c = weighted_pair("timestep", moved)
    log_pi = net.policy(m.obs).log_prob(m.action)
    rho, fixed = (log_pi - m.log_prob).exp().detach(), log_pi.detach()
    assert close(policy_slope(m, net, c), gradient(-(rho * (1 + fixed) * m.advantage * log_pi).sum(),
                                                   net.actor.parameters()))  # fmt: skip
    right = policy_slope(m, net, c.edited({"importance_weight": "block"}))
    assert close(right, gradient(-(rho * m.advantage * log_pi).sum(), net.actor.parameters()))


def test_I_30_B_13_actions_rarer_than_1_over_e_are_pushed_the_wrong_way() -> None:
    """At equal policies, sample by sample: the wrong gradient is (1 + log pi) times the right one."""
    m, net, c = weighted_pair("timestep", 0.0)
    p, signs = m.log_prob.exp(), set()
    for k in range(len(m.action)):
        one = dataclasses.replace(m, advantage=m.advantage * (torch.arange(len(m.action)) == k))
        wrong, right = policy_slope(one, net, c), policy_slope(one, net, c.edited({"importance_weight": "block"}))
        assert close(wrong, (1 + p[k].log()) * right)
        signs.add((bool(p[k] < math.exp(-1)), bool(wrong @ right < 0)))
    assert signs == {(True, True), (False, False)}


def test_I_30_B_13_a_product_of_ratios_brings_the_scores_of_the_whole_trajectory() -> None:
    r"""Of W log \pi_t A_t: W A_t (S_t + log \pi_t \sum_k S_k)."""
    m, net, c = weighted_pair("trajectory", 0.3)
    log_pi, along = net.policy(m.obs).log_prob(m.action), m.trajectories
    w = along.total((log_pi - m.log_prob).detach()).exp()
    extra = along.total(m.advantage * log_pi.detach()) * w
    by_hand = -((w[along.index] + 0 * m.advantage) * m.advantage * log_pi).sum() - (extra * along.total(log_pi)).sum()
    assert close(policy_slope(m, net, c), gradient(by_hand, net.actor.parameters()))


def test_I_30_B_13_per_decision_brings_the_scores_up_to_each_reward() -> None:
    r"""Of (\sum_{k \ge t} \gamma^{k-t} w_k r_k - w_t b) log \pi_t with its \nabla w_k = w_k \sum_{j \le k} S_j."""
    m, net, c = weighted_pair("per_decision", 0.3, baseline="constant", baseline_constant=0.7)
    log_pi, along = net.policy(m.obs).log_prob(m.action), m.trajectories
    total = torch.zeros(())
    for i in range(along.count):
        mine = (along.index == i).nonzero()[:, 0]
        log_w = (log_pi - m.log_prob)[mine].cumsum(0)
        for t in range(len(mine)):
            gamma = 0.9 ** torch.arange(len(mine) - t)
            weight = (gamma * log_w[t:].exp() * along.reward[mine][t:]).sum() - log_w[t].exp() * 0.7
            total = total - weight * log_pi[mine][t]
    assert close(policy_slope(m, net, c), gradient(total, net.actor.parameters()))


# --- B-5 and B-12 where the step is no optimiser's --------------------------------------------------------------------


def natural_update(algorithm: str, **values: Any) -> tuple[Any, Any, Tensor, float]:
    """The trace of one update, the learner, how far its actor moved, and the KL that this took."""
    c = controls(algorithm, **{"advantage_norm": "batch", "epochs": 1, "minibatches": 1} | values)
    fit = learner(algorithm, c, random_batch())
    b = random_batch(t=20, net=fit.net)
    before = fit.flat.values("actor").clone()
    trace = fit.update(b, c, 0.0)
    kl = fit.net.distribution(b.behaviour_t).kl(fit.net.policy(b.obs_t[:-1])).mean().detach()
    return trace, fit, fit.flat.values("actor") - before, float(kl)


@pytest.mark.parametrize("source", ["recomputed", "recomputed_attached"])
def test_I_30_B_5_a_surrogate_that_is_always_the_same_lets_trpo_take_no_step(source: str) -> None:
    """Attached its gradient is 0; detached the direction is right, but no step along it improves a ratio of 1."""
    trace, _, moved, _ = natural_update("trpo", old_log_prob=source)
    right, _, _, kl = natural_update("trpo")
    assert moved.abs().max() == 0.0
    assert trace.step.backtracks is None
    assert (float(trace.step.gradient_norm) == 0.0) == (source == "recomputed_attached")
    assert right.step.backtracks is not None
    assert kl > 1e-3


@pytest.mark.parametrize("algorithm", ["natural_pg", "trpo"])
def test_I_30_B_12_an_attached_reference_has_a_fisher_matrix_of_0(algorithm: str) -> None:
    """F_nu = nu I: the step is along g with length sqrt(2 delta / nu), and no KL is promised; without damping, none."""
    trace, _, moved, kl = natural_update(algorithm, kl_reference="recomputed_attached", damping=0.1, delta=0.01)
    g = -trace.first_gradient["actor"]
    share = 1.0 if trace.step.backtracks is None else 0.8**trace.step.backtracks
    assert close(moved, share * math.sqrt(2 * 0.01 / 0.1) * g / g.norm(), 1e-9)
    assert trace.step.predicted_kl == 0.0
    assert trace.step.measured_kl == 0.0
    assert kl > 1e-3
    still = natural_update(algorithm, kl_reference="recomputed_attached", damping=0.0)[2]
    assert still.abs().max() == 0.0


# --- truncation -------------------------------------------------------------------------------------------------------


def four_state_cycle() -> Batch:
    """Reward 1 forever in states 0, 1, 2, 3, 0, ...; a time limit of 8 steps cuts the episode."""
    steps = 8
    last = torch.zeros(steps, 1, dtype=torch.bool)
    last[-1] = True
    return Batch(
        obs_t=torch.eye(4)[torch.arange(steps + 1) % 4].unsqueeze(1),
        action_t=torch.zeros(steps, 1, dtype=torch.int64),
        reward_t=torch.ones(steps, 1),
        terminated_t=last & False,
        truncated_t=last,
        end_t=last,
        episode_step_t=torch.arange(steps).unsqueeze(1),
        behaviour_t=torch.zeros(steps, 1, 2),
        log_prob_t=torch.zeros(steps, 1),
        cut_index=torch.tensor([steps - 1]),
        cut_obs=torch.eye(4)[:1],
    )


@pytest.mark.parametrize(
    ("time_limit", "target", "expected"),
    [
        ("truncate", "td0", [50.0] * 4),
        ("truncate", "mc", [50.0] * 4),
        ("truncate", "lambda", [50.0] * 4),
        ("truncate", "n_step", [50.0] * 4),
        ("terminate", "td0", [7.204, 6.331, 5.439, 4.530]),
        ("terminate", "mc", [5.672, 4.767, 3.844, 2.902]),
    ],
)
def test_I_30_time_limit_fixed_points(time_limit: str, target: str, expected: list[float]) -> None:
    b = four_state_cycle()
    c = controls("reinforce", critic="v", time_limit=time_limit, critic_target=target, gamma=0.98)

    def excess(v: Tensor) -> Tensor:
        """Mean target per state minus V: 0 where the critic settles."""
        e = estimate(b, values_of(b, b.obs_t @ v, b.cut_obs @ v), c)
        return (e.target_t.squeeze(1) @ b.obs_t[:-1, 0]) / 2 - v

    assert [round(float(v), 3) for v in stationary(excess, 4)] == expected


def test_I_30_terminate_does_not_touch_the_edge_of_the_rollout() -> None:
    """A segment's edge is no time limit: it bootstraps on both sides of the switch."""
    b = four_state_cycle()
    b = dataclasses.replace(b, truncated_t=b.truncated_t & False, cut_index=b.cut_index[:0], cut_obs=b.cut_obs[:0])
    for side in ("truncate", "terminate"):
        c = controls("reinforce", critic="v", time_limit=side, critic_target="td0", gamma=0.98)
        v = torch.full((4,), 50.0)
        assert close(estimate(b, values_of(b, b.obs_t @ v, torch.zeros(0)), c).target_t, torch.full((8, 1), 50.0))


def test_I_30_B_1_minibatch_normalisation_hides_the_open_boundary_at_ratio_1() -> None:
    """The normalised advantages of a minibatch sum to 0 whatever V is: all that flows back through them cancels."""
    found = {}
    for norm in ("none", "minibatch"):
        c = controls("ppo", advantage="pass", advantage_norm=norm, minibatches=1, epochs=1)
        fit = learner("ppo", c, random_batch())
        trace = fit.update(random_batch(net=fit.net), c, 0.0, probe_leaks=True)
        found[norm] = trace.probe.leaks["policy", "critic"]
        assert trace.pressure["advantage"] > 0.1
    assert found["none"] > 1e-2
    assert found["minibatch"] < 1e-9


# --- B-3 TD target of Q -----------------------------------------------------------------------------------------------


def q_setting(**values: Any) -> tuple[Any, Any, Transitions]:
    """Action values and a few transitions, the last of them into a terminal state."""
    c = algorithms["dqn"].controls.model_validate(SMALL | {"activation": "tanh", "gamma": 0.9} | values)
    net = action_values(Spaces((4,), Discrete(("a", "b", "c"))), c, torch.Generator().manual_seed(0))
    g = torch.Generator().manual_seed(1)
    obs, obs_tp1 = torch.randn(2, 6, 4, generator=g)
    ended = torch.tensor([False] * 5 + [True])
    return c, net, Transitions(obs, torch.tensor([0, 1, 2, 0, 1, 2]), torch.randn(6, generator=g), ended, obs_tp1)


@pytest.mark.parametrize("state", ["block", "pass"])
def test_I_30_B_3_the_attached_target_adds_the_residual_part(state: str) -> None:
    r"""-(2/B) \sum \delta \nabla Q(s, a), and with the target attached 2 \gamma \delta \nabla Q(s', a*) more."""
    c, net, b = q_setting(target_network="none", td_target=state)
    parameters = list(net["q"].parameters())
    expected = torch.zeros(sum(p.numel() for p in parameters))
    for k in range(6):
        q, q_tp1 = net["q"](b.obs[k])[b.action[k]], net["q"](b.obs_tp1[k]).max()
        alive = 0.0 if b.terminated[k] else 1.0
        delta = float((b.reward[k] + 0.9 * alive * q_tp1 - q).detach())
        expected -= 2 * delta * gradient(q, parameters) / 6
        if state == "pass":
            expected += 2 * delta * 0.9 * alive * gradient(q_tp1, parameters) / 6
    assert close(gradient(losses("dqn", b, net, c).total(), parameters), expected, 1e-12)


def test_I_30_B_3_with_a_target_network_the_gradient_goes_there_and_is_not_applied() -> None:
    blocked, passed = (q_setting(target_network="hard", td_target=state) for state in ("block", "pass"))
    found = [
        [gradient(losses("dqn", b, net, c).total(), net[name].parameters()) for name in ("q", "q_target")]
        for c, net, b in (blocked, passed)
    ]
    assert close(found[0][0], found[1][0], 0.0)
    assert found[0][1].abs().max() == 0.0
    assert found[1][1].abs().max() > 1e-3


def test_I_18_semi_gradient_and_residual_gradient_settle_where_they_are_derived_to() -> None:
    """A goes to B or C with 1/2 each, B pays 1: (1/2, 1, 0) against (1/2, 3/4, 1/4), states as often as visited."""
    one_hot = torch.eye(3)
    rows = [(0, 0.0, False, 1), (0, 0.0, False, 2), (1, 1.0, True, 1), (2, 0.0, True, 2)]
    for state, expected in (("block", (0.5, 1.0, 0.0)), ("pass", (0.5, 0.75, 0.25))):
        c = algorithms["dqn"].controls.model_validate(
            {
                "network": "tabular",
                "gamma": 1.0,
                "target_network": "none",
                "td_target": state,
                "initialisation": "zeros",
            }
        )
        net = action_values(Spaces((3,), Discrete(("only", "other"))), c, torch.Generator())
        b = Transitions(
            torch.stack([one_hot[s] for s, *_ in rows]), torch.zeros(4, dtype=torch.int64),
            torch.tensor([r for _, r, *_ in rows]), torch.tensor([d for _, _, d, _ in rows]),
            torch.stack([one_hot[s] for *_, s in rows]),
        )  # fmt: skip
        with torch.no_grad():
            net["q"].layers[0].weight[1] = -1.0  # the other action is never the best
        for _ in range(4000):
            loss = losses("dqn", b, net, c).total()
            (slope,) = torch.autograd.grad(loss, list(net["q"].parameters()))
            with torch.no_grad():
                net["q"].layers[0].weight -= 0.2 * slope * torch.tensor([[1.0], [0.0]])
        assert net["q"].layers[0].weight[0].tolist() == pytest.approx(expected, abs=1e-3)
