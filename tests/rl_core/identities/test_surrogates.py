"""The losses against what their gradient must be: sample by sample, and under changes that must not matter."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.func import functional_call, grad, vmap

from rl_core.algorithms.algorithm import algorithms
from rl_core.data.batch import Batch
from rl_core.data.samples import Samples, Trajectories
from rl_core.networks.actor_critic import ActorCritic
from rl_core.networks.forward import graphless
from tests.rl_core.support import (
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

NETS = [
    pytest.param({"activation": "tanh"}, id="tanh"),
    pytest.param({"activation": "relu", "hidden_layers": 2}, id="relu-2"),
    pytest.param({"activation": "leaky_relu", "hidden_layers": 3}, id="leaky-3"),
    pytest.param({"activation": "tanh", "dropout": 0.5}, id="dropout"),
]


def setting(algorithm: str, **values: Any) -> tuple[Batch, ActorCritic, Any]:
    """A batch that this very network acted in, the network, and controls with a critic."""
    c = controls(algorithm, critic="v", reduction="traj_mean", advantage_norm="none", **values)
    masks = (c.hidden_size,) * c.hidden_layers if c.dropout else ()
    net = network(4, 3, c)
    return random_batch(net=net, masks=masks), net, c


def with_random_v(b: Batch, seed: int = 3) -> Any:
    g = torch.Generator().manual_seed(seed)
    return values_of(b, torch.randn(b.obs_t.shape[:2], generator=g), torch.randn(len(b.cut_obs), generator=g))


def ascent(algorithm: str, m: Samples, net: ActorCritic, c: Any) -> Tensor:
    return -gradient(losses(algorithm, m, net, c).terms["policy"], net.actor.parameters())


def literal(m: Samples, net: ActorCritic, c: Any) -> Tensor:
    r"""(1/N) \sum w grad log pi, one backward pass per sample."""
    total = torch.zeros(sum(p.numel() for p in net.actor.parameters()))
    for k in range(len(m.action)):
        masks = tuple(mask[k] for mask in m.masks)
        log_pi = net.policy(m.obs[k], masks).log_prob(m.action[k])
        total += float(m.advantage[k]) * gradient(log_pi, net.actor.parameters())
    return total * scale(m, c) / len(m.action)


def per_sample(m: Samples, net: ActorCritic, c: Any) -> Tensor:
    """The same sum from vectorised per-sample gradients."""
    actor = dict(net.actor.named_parameters())

    def log_pi(parameters: dict[str, Tensor], obs: Tensor, action: Tensor, *masks: Tensor) -> Tensor:
        z = functional_call(net.actor, parameters, (obs, masks))
        return torch.log_softmax(z, -1).gather(-1, action.unsqueeze(-1)).squeeze(-1)

    in_dims = (None, 0, 0, *(0 for _ in m.masks))
    scores = vmap(grad(log_pi), in_dims=in_dims)({k: p.detach() for k, p in actor.items()}, m.obs, m.action, *m.masks)
    flat = torch.cat([scores[name].reshape(len(m.action), -1) for name in actor], dim=1)
    return (m.advantage.unsqueeze(1) * flat).sum(0) * scale(m, c) / len(m.action)


@pytest.mark.parametrize("values", NETS)
@pytest.mark.parametrize("algorithm", ["reinforce", "ppo", "a2c"])
def test_I_5_surrogate_is_the_literal_sum_and_the_per_sample_sum(algorithm: str, values: dict[str, Any]) -> None:
    b, net, c = setting(algorithm, **values)
    m = minibatch(b, with_random_v(b), c)
    surrogate, one_by_one, vectorised = ascent(algorithm, m, net, c), literal(m, net, c), per_sample(m, net, c)
    assert float((surrogate - one_by_one).norm()) <= 1e-10 * float(one_by_one.norm())
    assert float((vectorised - one_by_one).norm()) <= 1e-10 * float(one_by_one.norm())
    assert float(one_by_one.norm()) > 0.1


def test_I_6_bce_form_is_bernoulli_reinforce() -> None:
    c = controls("reinforce", reduction="sum", gamma=0.9)
    net = network(4, 2, c)
    b = random_batch(n_actions=2, net=net, whole=True)
    m = minibatch(b, None, c)
    z = net.actor(m.obs)
    logit = z[:, 1] - z[:, 0]
    bce = (m.advantage * torch.nn.functional.binary_cross_entropy_with_logits(
        logit, m.action.to(logit.dtype), reduction="none")).sum()  # fmt: skip
    ours = losses("reinforce", m, net, c).terms["policy"]
    assert close(bce, ours)
    assert close(gradient(bce, net.actor.parameters()), gradient(ours, net.actor.parameters()))
    (at_logit,) = torch.autograd.grad(bce, logit, retain_graph=True)
    assert close(at_logit, (torch.sigmoid(logit) - m.action) * m.advantage)


def test_I_10_at_equal_policies_the_ratio_changes_nothing_sample_by_sample() -> None:
    b, net, c = setting("ppo")
    plain = controls("reinforce", critic="v", return_kind="gae")
    m = minibatch(b, with_random_v(b), c)
    for k in range(len(m.action)):
        one = dataclasses.replace(m.take(torch.tensor([k])), sizes=(1, 1))
        assert close(ascent("ppo", one, net, c), ascent("reinforce", one, net, plain), 1e-12)


def test_I_12_gradient_of_the_ratio_is_the_ratio_times_the_score() -> None:
    b, net, c = setting("ppo", clip=10.0)
    other = random_batch(seed=0)  # the same states and actions under another behaviour
    m = dataclasses.replace(minibatch(b, with_random_v(b), c), log_prob=other.log_prob_t.reshape(-1))
    rho = (net.policy(m.obs).log_prob(m.action) - m.log_prob).exp().detach()
    assert float((rho - 1).abs().max()) > 0.3
    assert close(ascent("ppo", m, net, c), literal(dataclasses.replace(m, advantage=rho * m.advantage), net, c), 1e-9)


def test_I_21_one_ppo_step_is_the_actor_critic_step() -> None:
    """K = 1, one minibatch, stored old log-probabilities: all of PPO's gradient is A2C's, with the same estimates."""
    shared = {"critic": "v", "return_kind": "gae", "critic_target": "lambda", "reduction": "step_mean",
              "gae_lambda": 0.9, "advantage_norm": "batch", "entropy_coef": 0.01, "max_grad_norm": 0.0,
              "optimiser": "sgd", "learning_rate": 0.01}  # fmt: skip
    c_ppo = controls("ppo", **shared, epochs=1, minibatches=1)
    c_a2c, c_pg = controls("a2c", **shared), controls("reinforce", **shared)
    acted = learner("ppo", c_ppo, random_batch())
    b = random_batch(net=acted.net)
    steps = []
    for name, c in (("ppo", c_ppo), ("a2c", c_a2c), ("reinforce", c_pg)):
        fit = learner(name, c, b)
        trace = fit.update(b, c, 0.0)
        steps.append(torch.cat([*trace.first_gradient.values(), fit.flat.vector]))
    assert close(steps[0], steps[1], 1e-12)
    assert close(steps[1], steps[2], 1e-12)


@pytest.mark.parametrize("optimiser", ["sgd", "rmsprop"])
def test_a2c_step_is_a_step_written_by_hand(optimiser: str) -> None:
    """One whole update against plain torch: own forward passes, returns, losses, clipping and step."""
    c = controls("a2c", optimiser=optimiser, entropy_coef=0.02, max_grad_norm=0.05, gamma=0.9, learning_rate=0.1)
    fit = learner("a2c", c, random_batch())
    b = random_batch(t=5, n=3, net=fit.net, seed=4)
    assert b.terminated_t.any()
    assert len(b.cut_index)
    theta = [p.detach().clone().requires_grad_() for p in fit.net.parameters()]
    loss = a2c_by_hand(b, theta)
    grads = torch.autograd.grad(loss, theta)
    norm = torch.cat([g.reshape(-1) for g in grads]).norm()
    assert norm > 0.05
    shrink = 0.05 / (norm + 1e-6)
    fit.update(b, c, 0.0)
    for p, before, g in zip(fit.net.parameters(), theta, grads, strict=True):
        step = g * shrink
        if optimiser == "rmsprop":  # the mean square starts at 0 and keeps 0.99 of itself
            step = step / ((0.01 * step**2).sqrt() + 1e-5)
        assert close(p.detach(), before.detach() - 0.1 * step, 1e-12)


def a2c_by_hand(b: Batch, theta: list[Tensor]) -> Tensor:
    r"""(1/M) \sum -A log pi + 0.5 (V - R)^2 - 0.02 H, with R the return bootstrapped at the segment's end or a cut."""
    w1, b1, w2, b2, v1, c1, v2, c2 = theta

    def value(s: Tensor) -> Tensor:
        return (torch.tanh(s @ v1.T + c1) @ v2.T + c2)[..., 0]

    log_p = torch.log_softmax(torch.tanh(b.obs_t[:-1] @ w1.T + b1) @ w2.T + b2, -1)
    cut = dict(zip(b.cut_index.tolist(), value(b.cut_obs).tolist(), strict=True))
    total, (steps, lanes) = torch.zeros(()), b.shape
    for n in range(lanes):
        r = float(value(b.obs_t[-1, n]).detach())
        for t in reversed(range(steps)):
            r = 0.0 if b.terminated_t[t, n] else cut.get(t * lanes + n, r)
            r = float(b.reward_t[t, n]) + 0.9 * r
            v = value(b.obs_t[t, n])
            entropy = -(log_p[t, n].exp() * log_p[t, n]).sum()
            total = total - (r - float(v.detach())) * log_p[t, n, b.action_t[t, n]]
            total = total + 0.5 * (v - r) ** 2 - 0.02 * entropy
    return total / (steps * lanes)


def test_I_21_without_a_clip_ppo_is_the_timestep_weighted_gradient() -> None:
    b, net, c = setting("ppo", clip=10.0)
    clipped = controls("ppo", critic="v", reduction="traj_mean", advantage_norm="none", clip=0.2)
    behaviour = random_batch(seed=0).log_prob_t.reshape(-1)
    m = dataclasses.replace(minibatch(b, with_random_v(b), c), log_prob=behaviour)
    rho = (net.policy(m.obs).log_prob(m.action) - behaviour).exp()
    weighted = scale(m, c) * (rho * m.advantage).mean()
    assert close(ascent("ppo", m, net, c), gradient(weighted, net.actor.parameters()), 1e-12)
    assert not close(ascent("ppo", m, net, clipped), gradient(weighted, net.actor.parameters()), 1e-3)


def permuted_lanes(b: Batch, order: Tensor) -> Batch:
    """The batch with its lanes in another order."""
    n = b.shape[1]
    moved = {
        f.name: getattr(b, f.name)[:, order]
        for f in dataclasses.fields(b)
        if f.name.endswith("_t") and isinstance(getattr(b, f.name), Tensor)
    }
    index = b.cut_index // n * n + torch.argsort(order)[b.cut_index % n]
    return dataclasses.replace(b, **moved, cut_index=index)


@pytest.mark.parametrize("algorithm", ["reinforce", "ppo", "a2c", "natural_pg", "trpo", "off_policy_is_pg"])
def test_I_26_order_of_lanes_and_samples_does_not_matter(algorithm: str) -> None:
    one_step = {"epochs": 1, "minibatches": 1, "damping": 1.0}  # as far as the algorithm has them
    known = {name: value for name, value in one_step.items() if name in algorithms[algorithm].controls.model_fields}
    c = controls(algorithm, critic="v", return_kind="gae", advantage_norm="batch", optimiser="sgd", **known)
    b = random_batch(n=5)

    def first(batch: Batch) -> Tensor:
        fit = learner(algorithm, c, batch)
        return torch.cat([*fit.update(batch, c, 0.0).first_gradient.values(), fit.flat.vector])

    assert close(first(b), first(permuted_lanes(b, torch.tensor([3, 0, 4, 2, 1]))), 1e-12)
    net = network(4, 3, c)
    m = minibatch(b, with_random_v(b), c)
    order = torch.randperm(len(m.action), generator=torch.Generator().manual_seed(0))
    shuffled = dataclasses.replace(m.take(order), trajectories=shuffled_along(m, order))
    whole = losses(algorithm, m, net, c).total(), losses(algorithm, shuffled, net, c).total()
    assert close(*(gradient(loss, net.parameters()) for loss in whole), 1e-12)


def shuffled_along(m: Samples, order: Tensor) -> Trajectories | None:
    """To which trajectory each sample belongs, after they have changed places."""
    along = m.trajectories
    if along is None:
        return None
    parts = {name: getattr(along, name)[order] for name in ("index", "step", "reward", "baseline")}
    return dataclasses.replace(along, **parts)


@pytest.mark.parametrize("return_kind", ["full", "reward_to_go"])
@pytest.mark.parametrize("baseline", ["none", "batch_mean", "leave_one_out", "time_mean"])
def test_I_27_scaled_rewards_scale_the_gradient_or_nothing(return_kind: str, baseline: str) -> None:
    b = random_batch(whole=True, n=4)
    scaled = dataclasses.replace(b, reward_t=3.7 * b.reward_t)

    def direction(batch: Batch, norm: str) -> Tensor:
        c = controls("reinforce", return_kind=return_kind, baseline=baseline, advantage_norm=norm)
        return ascent("reinforce", minibatch(batch, None, c), network(4, 3, c), c)

    assert close(direction(scaled, "none"), 3.7 * direction(b, "none"), 1e-9)
    assert close(direction(scaled, "batch"), direction(b, "batch"), 1e-6)


@pytest.mark.parametrize("algorithm", ["reinforce", "ppo", "a2c", "natural_pg", "trpo", "off_policy_is_pg"])
def test_I_28_a_constant_on_all_logits_changes_nothing(algorithm: str) -> None:
    b, net, c = setting(algorithm, entropy_coef=0.01)
    m = minibatch(b, with_random_v(b), c)
    before = losses(algorithm, m, net, c).total()
    head = net.actor.layers[-1]
    rows = torch.autograd.grad(before, [head.weight, head.bias])
    with torch.no_grad():
        head.bias += 4.2
    assert close(losses(algorithm, m, net, c).total(), before)
    assert close(rows[0].sum(0), torch.zeros(head.in_features))
    assert close(rows[1].sum(), torch.tensor(0.0))


@pytest.mark.parametrize("values", NETS)
def test_I_29_the_actor_that_acts_is_the_actor_that_learns(values: dict[str, Any]) -> None:
    """Ratio 1 in float64: the forward pass that collects against the one with a graph, under the stored mask."""
    b, net, c = setting("ppo", **values)
    masks = [mask.numpy() for mask in b.masks_t]
    logits = torch.from_numpy(graphless(net.actor)(b.obs_t[:-1].numpy(), masks))
    acted = torch.log_softmax(logits, -1).gather(-1, b.action_t.unsqueeze(-1)).squeeze(-1)
    b = dataclasses.replace(b, behaviour_t=logits, log_prob_t=acted)
    log_rho = losses("ppo", minibatch(b, with_random_v(b), c), net, c).log_ratio
    assert float(log_rho.detach().abs().max()) < 1e-12
