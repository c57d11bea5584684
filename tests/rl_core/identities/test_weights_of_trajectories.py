"""Importance weights along trajectories: definitions, the numbers of section 9, and reuse of a batch (W-6, W-7)."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
import torch
from torch import Tensor

from rl_core.data.batch import Batch
from rl_core.data.samples import Samples, Trajectories
from rl_core.estimators.ratios import effective_sample_fraction
from rl_core.estimators.weights import per_decision, step_normalised, trajectory_log_weight
from rl_core.policies.bernoulli import Bernoulli
from tests.rl_core.identities.nets import Kind, acted
from tests.rl_core.support import close, gradient, losses, minibatch

pytestmark = pytest.mark.usefixtures("float64")


# --- section 9: explosion ---------------------------------------------------------------------------------------------


def constant_steps(ones: int, steps: int, p_new: float, p_old: float) -> Tensor:
    """log W of one trajectory with so many actions 1, from the two policies' log-probabilities."""
    action = (torch.arange(steps) < ones).long()
    new, old = (Bernoulli(torch.full((steps,), p).logit()) for p in (p_new, p_old))
    index = torch.zeros(steps, dtype=torch.int64)
    along = Trajectories(index, torch.arange(steps), torch.zeros(steps), torch.zeros(steps), 1)
    return trajectory_log_weight(new.log_prob(action) - old.log_prob(action), along)


@pytest.mark.parametrize(("p_new", "of_a_step", "of_200"), [(0.6, 1.04, 2551), (0.55, 1.01, 7.3)])
def test_section_9_second_moments_explode_with_the_length(p_new: float, of_a_step: float, of_200: float) -> None:
    """Over all trajectories of 1 and of 200 steps, grouped by how often the action was 1."""
    for steps, expected in ((1, of_a_step), (200, of_200)):
        log_w = torch.cat([constant_steps(k, steps, p_new, 0.5) for k in range(steps + 1)])
        log_p = torch.tensor([math.lgamma(steps + 1) - math.lgamma(k + 1) - math.lgamma(steps - k + 1)
                              for k in range(steps + 1)]) - steps * math.log(2)  # fmt: skip
        assert float((log_p + log_w).exp().sum()) == pytest.approx(1.0, abs=1e-10)
        second = float((log_p + 2 * log_w).exp().sum())
        assert second == pytest.approx(of_a_step**steps, rel=1e-9)
        assert float(f"{second:.4g}" if of_200 > 100 else f"{second:.2g}") == pytest.approx(expected, rel=0.01)


def test_section_9_a_constant_ratio_over_a_hundred_steps() -> None:
    index = torch.zeros(100, dtype=torch.int64)
    along = Trajectories(index, torch.arange(100), torch.zeros(100), torch.zeros(100), 1)
    up, down = (float(trajectory_log_weight(torch.full((100,), r).log(), along).exp()) for r in (1.1, 0.9))
    assert round(up) == 13_781
    assert f"{down:.1e}" == "2.7e-05"


def test_section_9_effective_samples_of_weights_no_float_can_hold() -> None:
    log_w = torch.tensor([2000.0, 2000.0, -2000.0, 1990.0])
    expected = (2 + math.exp(-10)) ** 2 / (4 * (2 + math.exp(-20)))
    assert float(effective_sample_fraction(log_w)) == pytest.approx(expected, rel=1e-12)
    assert float(effective_sample_fraction(torch.full((7,), -3000.0))) == pytest.approx(1.0)


# --- weights along trajectories ---------------------------------------------------------------------------------------


def two_trajectories() -> tuple[Trajectories, Tensor, Tensor]:
    """Lengths 3 and 2, with their samples interleaved; log ratios and advantages."""
    index, step = torch.tensor([0, 1, 0, 1, 0]), torch.tensor([0, 0, 1, 1, 2])
    reward = torch.tensor([1.0, -2.0, 0.5, 3.0, 2.0])
    g = torch.Generator().manual_seed(3)
    return Trajectories(index, step, reward, torch.zeros(5), 2), *(torch.randn(5, generator=g) for _ in range(2))


@pytest.mark.parametrize("gamma", [0.0, 0.5, 0.9, 1.0])
def test_per_decision_is_its_definition(gamma: float) -> None:
    along, log_rho, advantage = two_trajectories()
    rho_0t = along.running(log_rho).exp()
    found = per_decision(advantage, rho_0t, along, gamma)
    for k in range(5):
        later = [j for j in range(5) if along.index[j] == along.index[k] and along.step[j] >= along.step[k]]
        before = [j for j in range(5) if along.index[j] == along.index[k] and along.step[j] <= along.step[k]]
        assert float(rho_0t[k]) == pytest.approx(math.exp(sum(float(log_rho[j]) for j in before)))
        power = {j: gamma ** int(along.step[j] - along.step[k]) for j in later}
        g_t = sum(power[j] * float(along.reward[j]) for j in later)
        weighted = sum(power[j] * float(rho_0t[j] * along.reward[j]) for j in later)
        assert float(found[k]) == pytest.approx(weighted - float(rho_0t[k]) * (g_t - float(advantage[k])))


def test_per_decision_keeps_its_digits_where_gamma_to_the_t_has_none() -> None:
    """In float32, 0.9^t is 0 from step 980 on: at ratio 1 the weights are still the advantages."""
    steps = 1200
    reward, advantage = torch.ones(steps, dtype=torch.float32), torch.linspace(-1, 1, steps, dtype=torch.float32)
    index = torch.zeros(steps, dtype=torch.int64)
    along = Trajectories(index, torch.arange(steps), reward, torch.zeros(steps), 1)
    found = per_decision(advantage, torch.ones(steps, dtype=torch.float32), along, 0.9)
    assert float((found - advantage).abs().max()) < 1e-5


def test_step_normalised_weights_have_mean_1_at_every_step() -> None:
    along, log_rho, _ = two_trajectories()
    w = step_normalised(along.running(log_rho) + 900, along)
    for t, running in ((0, 2), (1, 2), (2, 1)):
        assert float(w[along.step == t].sum()) == pytest.approx(running)
    rho = along.running(log_rho).exp()
    assert float(w[0] / w[1]) == pytest.approx(float(rho[0] / rho[1]))


# --- W-6: reuse -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["ppo", "off_policy_is_pg"])
def test_W_6_ten_epochs_are_ten_times_the_gradient_steps(algorithm: str) -> None:
    whole, one = algorithm != "ppo", {"minibatches": 1} if algorithm == "ppo" else {}
    counts = []
    for epochs in (1, 10):
        fit, c, b = acted(Kind({}), algorithm, whole, epochs=epochs, **one)
        trace = fit.update(b, c, 0.0)
        counts.append(fit.grad_steps)
        assert float(trace.losses[0].log_ratio.detach().abs().max()) < 1e-12
    assert counts == [1, 10]
    assert float(trace.losses[-1].log_ratio.detach().abs().max()) > 1e-3


def test_W_7_the_ppo_recipe_of_the_lecture_has_no_whole_episode_in_a_segment() -> None:
    """64 lanes of 32 steps are M = 2048 samples; 10^7 / 2048 updates of 4 full-batch epochs are 19,531 steps."""
    fit, c, _ = acted(Kind({}), "ppo", False, epochs=4, minibatches=1)
    b = random_segment_batch(64, 32)
    trace = fit.update(b, c, 0.0)
    assert len(trace.samples) == 2048
    assert round(10_000_000 / len(trace.samples) * fit.grad_steps) == 19_531
    assert fit.update(b, c.edited({"minibatches": 8}), 0.0).u.steps_per_epoch == 8
    assert not bool((b.terminated_t | b.truncated_t).any())
    assert bool(b.end_t[-1].all())


def random_segment_batch(lanes: int, steps: int) -> Batch:
    """Segments inside episodes of 1000 steps: every one ends at the rollout's edge."""
    _, _, b = acted(Kind({}), "ppo", False)
    t, n = torch.arange(steps), torch.arange(lanes)
    none = torch.zeros(steps, lanes, dtype=torch.bool)
    edge = none.clone()
    edge[-1] = True
    rows, columns = t[:, None] % b.shape[0], n[None] % b.shape[1]
    return dataclasses.replace(
        b, obs_t=torch.cat([b.obs_t[rows, columns], b.obs_t[:1, columns[0]]]), action_t=b.action_t[rows, columns],
        reward_t=b.reward_t[rows, columns], terminated_t=none, truncated_t=none, end_t=edge,
        episode_step_t=t[:, None].expand(steps, lanes), behaviour_t=b.behaviour_t[rows, columns],
        log_prob_t=b.log_prob_t[rows, columns], renormalised_t=None, cut_index=b.cut_index[:0], cut_obs=b.cut_obs[:0],
    )  # fmt: skip


# --- options of the weights, through the loss -------------------------------------------------------------------------


def moved_pair(**values: Any) -> tuple[Any, Any, Samples, Tensor, Tensor]:
    """A learner that has moved since its episodes, controls, the samples, and log pi and log rho of each."""
    fit, c, b = acted(Kind({"activation": "tanh"}), "off_policy_is_pg", gamma=0.9, reduction="sum", **values)
    with torch.no_grad():
        fit.flat.vector.add_(0.5 * torch.randn(fit.flat.vector.shape, generator=torch.Generator().manual_seed(7)))
    m = minibatch(b, None, c)
    log_pi = fit.net.policy(m.obs).log_prob(m.action)
    return fit, c, m, log_pi, (log_pi - m.log_prob).detach()


@pytest.mark.parametrize("importance", ["trajectory", "per_decision", "timestep"])
def test_clamped_weights_are_held_within_their_limit(importance: str) -> None:
    r"""|log w| <= 0.2 in the loss; 0 clamps nothing, and what is clamped has no gradient even where the gate passes."""
    fit, c, m, log_pi, log_rho = moved_pair(importance=importance, weight_clamp=0.2)
    along, actor = m.trajectories, list(fit.net.actor.parameters())
    assert along is not None
    log_w = {"trajectory": along.total(log_rho)[along.index], "per_decision": along.running(log_rho),
             "timestep": log_rho}[importance]  # fmt: skip
    assert float(log_w.abs().max()) > 0.5
    for limit, held in ((0.2, log_w.clamp(-0.2, 0.2)), (0.0, log_w)):
        w = held.exp()
        weight = per_decision(m.advantage, w, along, 0.9) if importance == "per_decision" else w * m.advantage
        loss = losses("off_policy_is_pg", m, fit.net, c.edited({"weight_clamp": limit}))
        assert close(gradient(loss.terms["policy"], actor), gradient(-(weight * log_pi).sum(), actor), 1e-12)
        assert loss.log_weight is not None
        expected = along.total(log_rho).clamp(-0.2, 0.2) if limit else along.total(log_rho)
        assert close(loss.log_weight, expected if importance == "trajectory" else held, 1e-12)


def test_per_decision_weights_are_normalised_step_by_step() -> None:
    fit, c, m, log_pi, log_rho = moved_pair(importance="per_decision", self_normalised=True)
    along, actor = m.trajectories, list(fit.net.actor.parameters())
    assert along is not None
    rho_0t = along.running(log_rho).exp()
    w = torch.stack([rho_0t[k] / rho_0t[along.step == along.step[k]].mean() for k in range(len(rho_0t))])
    by_hand = -(per_decision(m.advantage, w, along, 0.9) * log_pi).sum()
    assert close(gradient(losses("off_policy_is_pg", m, fit.net, c).terms["policy"], actor), gradient(by_hand, actor))
