"""What PPO has besides its clipped ratio: a clipped value loss, advantages anew each epoch, minibatch normalisation."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from rl_core.estimators.advantages import normalise
from rl_core.on_policy.estimate import estimate
from tests.rl_core.identities.nets import KINDS, acted
from tests.rl_core.support import Table, close, controls, gradient, losses, minibatch, random_batch, values_of

pytestmark = pytest.mark.usefixtures("float64")


@pytest.mark.parametrize(
    ("v", "target", "slope"),
    [(0.1, 1.0, -1.8), (0.5, 1.0, 0.0), (0.5, -1.0, 3.0), (-0.5, 1.0, -3.0), (-0.5, -1.0, 0.0), (0.0, 1.0, -2.0)],
)
def test_clipped_value_loss_stops_where_the_change_already_helped(v: float, target: float, slope: float) -> None:
    """V_old = 0 and epsilon = 0.2: the larger squared error of V and of V held within 0.2 of V_old, and its slope."""
    c = controls("ppo", clip_value=True, value_coef=1.0, clip=0.2)
    net, b = Table(1, 2), random_batch(t=1, n=1, obs_size=1, n_actions=2)
    net.v.data[0] = v
    m = minibatch(b, values_of(b, torch.zeros(2, 1), torch.zeros(len(b.cut_obs))), c)
    m = dataclasses.replace(m, obs=torch.ones(1, 1), target=torch.tensor([target]), value=torch.zeros(1))
    loss = losses("ppo", m, net, c).terms["value"]
    held = min(max(v, -0.2), 0.2)
    assert float(loss.detach()) == pytest.approx(max((v - target) ** 2, (held - target) ** 2))
    assert float(gradient(loss, [net.v])) == pytest.approx(slope)


def test_clipped_value_loss_is_the_plain_one_before_the_first_step_and_holds_afterwards() -> None:
    found = {}
    for clipped in (False, True):
        fit, c, b = acted(KINDS["tanh"], "ppo", False, epochs=30, minibatches=1, clip_value=clipped, clip=0.05)
        old = fit.net.value(b.obs_t[:-1]).detach()
        trace = fit.update(b, c, 0.0)
        first = float(trace.losses[0].terms["value"].detach())
        found[clipped] = (first, float((fit.net.value(b.obs_t[:-1]).detach() - old).abs().max()))
        if clipped:
            m = trace.minibatches[-1]
            assert m.value is not None
            assert close(m.value, old.reshape(-1), 1e-12)
    assert found[True][0] == pytest.approx(found[False][0], abs=1e-12)
    assert found[True][1] < found[False][1]


@pytest.mark.parametrize("minibatches", [1, 3])
def test_advantages_anew_each_epoch_are_those_of_the_critic_of_that_moment(minibatches: int) -> None:
    settings = {"minibatches": minibatches, "advantage_norm": "none", "learning_rate": 0.3}
    one, c, b = acted(KINDS["tanh"], "ppo", False, epochs=1, **settings)
    before = estimate(b, one.values(b), c)
    one.update(b, c, 0.0)
    after = estimate(b, one.values(b), c)
    assert not close(before.advantage_t, after.advantage_t, 1e-3)
    for anew, second in ((False, before), (True, after)):
        two, _, _ = acted(KINDS["tanh"], "ppo", False, epochs=1, **settings)
        trace = two.update(b, c.edited({"epochs": 2, "recompute_advantage": anew}), 0.0)
        for epoch, expected in ((0, before), (1, second)):
            steps = trace.minibatches[epoch * minibatches : (epoch + 1) * minibatches]
            assert close(sorted_rows(steps, "advantage"), expected.advantage_t.reshape(-1).sort().values, 1e-12)
            assert close(sorted_rows(steps, "target"), expected.target_t.reshape(-1).sort().values, 1e-12)


def sorted_rows(steps: list, name: str) -> Tensor:  # type: ignore[type-arg]
    """What the minibatches of an epoch held, in order of size: each sample once, however shuffled."""
    return torch.cat([getattr(m, name) for m in steps]).sort().values


@pytest.mark.parametrize("ddof", [0, 1])
def test_each_minibatch_is_normalised_by_itself(ddof: int) -> None:
    fit, c, b = acted(KINDS["tanh"], "ppo", False, epochs=1, minibatches=4, norm_ddof=ddof, learning_rate=0.0)
    trace = fit.update(b, c, 0.0)
    raw = estimate(b, fit.values(b), c).advantage_t.reshape(-1)
    for m in trace.minibatches:
        index = [int((b.obs_t[:-1].reshape(-1, 4) == row).all(1).nonzero()[0, 0]) for row in m.obs]
        assert close(m.advantage, normalise(raw[index], None, ddof), 1e-12)
        mean, std = raw[index].mean(), raw[index].std(correction=ddof)
        assert close(m.advantage, (raw[index] - mean) / (std + 1e-8), 1e-12)


@pytest.mark.parametrize(("schedule", "at_half"), [("constant", 0.2), ("linear", 0.1), ("exponential", 0.02)])
def test_the_clip_range_anneals_with_the_budget(schedule: str, at_half: float) -> None:
    """At half of the budget the slope of the ratio ends where the range says."""
    c = controls("ppo", clip=0.2, clip_schedule=schedule, advantage_norm="none")
    for inside in (True, False):
        rho = 1 + at_half * (0.99 if inside else 1.01)
        net, b = Table(1, 2), random_batch(t=1, n=1, obs_size=1, n_actions=2)
        m = minibatch(b, values_of(b, torch.zeros(2, 1), torch.zeros(len(b.cut_obs))), c)
        stored = torch.log(torch.tensor([0.5])) - torch.log(torch.tensor([rho]))
        m = dataclasses.replace(m, obs=torch.ones(1, 1), advantage=torch.ones(1), log_prob=stored)
        moving = gradient(losses("ppo", m, net, c, progress=0.5).terms["policy"], [net.logits]).abs().max() > 0
        assert bool(moving) == inside
