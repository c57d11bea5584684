"""What the measurer reads from a real update, against the networks before and after it, computed by hand in torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import rl_core.updates.descend as descend_module
from rl_core.data.batch import Batch
from rl_core.policies.categorical import Categorical
from rl_core.run.measure import Measurer
from rl_core.run.run import Run
from rl_core.telemetry.metrics.optimisation import Spent
from rl_core.updates.step import descend
from tests.rl_core.support import SMALL_PPO, SMALL_REINFORCE, Left, losses, run
from tests.rl_core.telemetry.records import Record

SECONDS = {"collect": 0.5, "cpu": 0.25}


@dataclass
class Measured:
    """One update and its record; the parameters before and after it."""

    run: Run
    batch: Batch
    trace: Left
    record: Record
    before: Tensor
    after: Tensor


def measure(body: dict[str, Any], progress: float = 0.0, **controls: Any) -> Measured:
    """The second update of a run: the first has made the stored policy another than the initial one."""
    r = run(body | {"controls": body["controls"] | controls})
    measurer = Measurer(r.learner)
    for _ in range(2):
        before = r.learner.flat.vector.clone()
        batch = r.source.collect(r.c)
        u = r.learner.update(batch, r.c, progress, probe_leaks=True)
        record = Record(measurer.read(u, Spent(len(u.samples), u.seconds | SECONDS, 2.0)))
    return Measured(r, batch, Left(u), record, before, r.learner.flat.vector.clone())


def valid(x: Tensor, b: Batch) -> Tensor:
    return x.flatten(0, 1) if b.valid_t is None else x[b.valid_t]


def policy(m: Measured, parameters: Tensor) -> Categorical:
    """pi(.|s) of the valid samples under other parameters."""
    m.run.learner.flat.load(parameters)
    with torch.no_grad():
        pi = m.run.learner.net.policy(valid(m.batch.obs_t[:-1], m.batch))
    m.run.learner.flat.load(m.after)
    return pi


def close(a: Any, b: Any, tolerance: float = 1e-5) -> bool:
    return bool(np.allclose(np.asarray(a), np.asarray(b), rtol=tolerance, atol=tolerance))


BODIES = [pytest.param(SMALL_PPO, id="ppo"), pytest.param(SMALL_REINFORCE, id="reinforce")]


@pytest.mark.parametrize("body", BODIES)
def test_samples_are_the_valid_ones_of_the_batch(body: dict[str, Any]) -> None:
    m = measure(body)
    b, u, e = m.batch, m.record, m.trace.estimates
    assert u.env_steps == len(u.action) == (b.reward_t.numel() if b.valid_t is None else int(b.valid_t.sum()))
    assert close(u.action, valid(b.action_t, b))
    assert close(u.log_prob, valid(b.log_prob_t, b))
    assert close(u.advantage, valid(e.advantage_t, b))
    assert close(u.returns, valid(e.return_t, b))
    assert close(u.target, valid(e.target_t, b))
    assert close(u.value, valid(e.value_t, b))
    assert e.td_error_t is not None
    assert close(u.td_error, valid(e.td_error_t, b))


def test_single_step_compares_the_policy_after_it_with_the_one_that_acted() -> None:
    m = measure(SMALL_REINFORCE)
    u, old, new = m.record, policy(m, m.before), policy(m, m.after)
    action = torch.from_numpy(u.action)
    log_rho = new.log_prob(action) - old.log_prob(action)
    assert float(log_rho.abs().max()) > 1e-5
    assert close(u.log_ratio, log_rho, 2e-6)
    assert close(u.ratio_m1, log_rho.exp() - 1, 2e-6)
    assert close(u.entropy, new.entropy())
    assert u.kl_exact == pytest.approx(float(old.kl(new).mean()), rel=1e-2, abs=1e-7)
    assert u.max_entropy == pytest.approx(math.log(2))


def test_epochs_are_measured_in_their_last_one() -> None:
    """With one minibatch per epoch the last epoch's loss saw the parameters before the last step."""
    m = measure(SMALL_PPO, epochs=3, minibatches=1)
    u, last = m.record, m.trace.losses[-1]
    assert close(u.log_ratio, last.log_ratio.detach())
    current, old = Categorical(last.pi.log_p.detach()), policy(m, m.before)
    assert close(u.entropy, current.entropy())
    assert u.kl_exact == pytest.approx(float(old.kl(current).mean()), rel=1e-2, abs=1e-7)
    assert u.losses == pytest.approx({name: float(x.detach()) for name, x in last.terms.items()}, rel=1e-5)
    assert close(u.first_log_ratio, m.trace.losses[0].log_ratio.detach())


def test_minibatches_of_the_last_epoch_are_joined() -> None:
    m = measure(SMALL_PPO, epochs=2, minibatches=4)
    last = m.trace.losses[-4:]
    assert len(m.trace.losses) == 8
    assert close(m.record.log_ratio, torch.cat([x.log_ratio.detach() for x in last]))
    for name, value in m.record.losses.items():
        assert value == pytest.approx(sum(float(x.terms[name].detach()) for x in last) / 4, rel=1e-5)


def test_there_are_no_more_minibatches_than_samples() -> None:
    """Two samples in 64 minibatches are two: the last epoch is its last two steps."""
    body = SMALL_PPO | {"environment": {"id": "CartPole-v1", "num_envs": 2}}
    m = measure(body, n_steps=1, minibatches=64, epochs=3)
    assert m.trace.u.steps_per_epoch == 2
    assert m.record.grad_norms.size == 6
    assert m.record.log_ratio.shape == m.record.action.shape == (2,)


@pytest.mark.parametrize("body", BODIES)
def test_norms_are_of_the_parameters_and_of_what_the_update_added(body: dict[str, Any]) -> None:
    m = measure(body)
    assert m.record.param_norm == pytest.approx(float(m.after.double().norm()), rel=1e-5)
    assert m.record.update_norm == pytest.approx(float((m.after - m.before).double().norm()), rel=1e-4)


def test_gradient_norms_are_those_before_clipping_and_by_group() -> None:
    plain, clipped = (measure(SMALL_REINFORCE, max_grad_norm=limit) for limit in (0.0, 1e-3))
    learner = plain.run.learner
    learner.flat.load(plain.before)
    loss = plain.trace.samples
    learner.flat.gradient.zero_()
    losses(plain.run.algorithm, loss, learner.net, plain.run.c).total().backward()  # type: ignore[no-untyped-call]
    by_group = {name: float(p.grad.norm()) for name, p in learner.flat.groups.items() if p.grad is not None}
    assert plain.record.group_norms == pytest.approx(by_group, rel=1e-4)
    whole = math.sqrt(sum(norm**2 for norm in by_group.values()))
    assert plain.record.grad_norms.tolist() == pytest.approx([whole], rel=1e-4)
    assert float(clipped.record.grad_norms[0]) > 1e-3
    applied = math.sqrt(sum(norm**2 for norm in clipped.record.group_norms.values()))
    assert applied == pytest.approx(1e-3, rel=1e-3)


def test_cosine_is_between_the_first_gradients_of_two_updates() -> None:
    r = run(SMALL_PPO)
    measurer, seen = Measurer(r.learner), []
    found: list[float | None] = []
    for _ in range(4):
        batch = r.source.collect(r.c)
        u = r.learner.update(batch, r.c, 0.0)
        seen.append(torch.cat(list(u.first_gradient.values())))
        found.append(Record(measurer.read(u, Spent(1, u.seconds | SECONDS, 2.0))).grad_cosine)
    expected = [float(torch.cosine_similarity(a, b, 0)) for a, b in pairwise(seen)]
    assert found[0] is None
    assert found[1:] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("progress", "share"), [(0.0, 1.0), (0.25, 0.75), (1.0, 0.0)])
def test_schedules_are_measured_as_they_are_in_force(progress: float, share: float) -> None:
    linear = {"learning_rate_schedule": "linear", "clip_schedule": "linear"}
    u = measure(SMALL_PPO, progress, learning_rate=0.01, clip=0.2, **linear).record
    assert u.learning_rate == pytest.approx(0.01 * share)
    assert u.clip == pytest.approx(0.2 * share)


def test_exponential_schedule_ends_at_a_hundredth() -> None:
    u = measure(SMALL_PPO, 1.0, learning_rate=0.01, learning_rate_schedule="exponential").record
    assert u.learning_rate == pytest.approx(1e-4)


def test_leaks_of_the_right_side_are_zero_where_they_must_be() -> None:
    """Section 19's pattern, float32: what must be zero is exactly zero."""
    leaks = measure(SMALL_PPO, entropy_coef=0.01).record.leaks
    assert leaks["policy", "critic"] == leaks["value", "actor"] == leaks["entropy", "critic"] == 0.0
    assert min(leaks["policy", "actor"], leaks["value", "critic"], leaks["entropy", "actor"]) > 0.0


def test_without_a_critic_nothing_of_one_is_measured() -> None:
    u = measure(SMALL_REINFORCE, critic="none", baseline="none").record
    assert u.value is u.target is u.td_error is None
    assert set(u.group_norms) == {"actor"}
    assert "value" not in u.losses


def test_seconds_are_those_spent() -> None:
    u = measure(SMALL_PPO).record
    assert (u.seconds["collect"], u.seconds["cpu"], u.elapsed) == (0.5, 0.25, 2.0)
    assert all(u.seconds[phase] > 0 for phase in ("estimate", "backward", "optimiser"))


def test_an_update_that_the_kl_ended_after_one_step_is_measured_over_the_whole_batch() -> None:
    """Two minibatches per epoch, but only the first was stepped on: its losses alone would be half of the samples."""
    m = measure(SMALL_PPO, kl="early_stop", kl_target=1e-5, learning_rate=0.1)
    assert (len(m.trace.losses), m.record.epoch_stopped) == (1, 0)
    old, new = policy(m, m.before), policy(m, m.after)
    assert m.record.log_ratio.size == m.batch.reward_t.numel()
    assert m.record.kl_exact == pytest.approx(float(old.kl(new).mean()), rel=1e-3)


# --- a reading is a value ---------------------------------------------------------------------------------------------

FAMILIES = [
    pytest.param("CartPole-v1", {}, id="categorical"),
    pytest.param("CartPole-v1", {"distribution": "bernoulli"}, id="bernoulli"),
    pytest.param("Pendulum-v1", {}, id="gaussian"),
]


@pytest.mark.parametrize(("env_id", "family"), FAMILIES)
def test_the_policy_of_the_last_epoch_is_that_before_its_step_in_every_parameter(
    env_id: str, family: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large steps: a log sigma read after the last of them would be 15 % off."""
    body = SMALL_PPO | {"environment": {"id": env_id, "num_envs": 4}}
    before: list[Tensor] = []
    monkeypatch.setattr(
        descend_module, "descend",
        lambda flat, optimiser, limit: before.append(flat.vector.clone()) or descend(flat, optimiser, limit),
    )  # fmt: skip
    m = measure(body, epochs=3, minibatches=1, learning_rate=0.1, **family)
    m.run.learner.flat.load(before[-1])
    with torch.no_grad():
        pi = m.run.learner.net.policy(valid(m.batch.obs_t[:-1], m.batch))
        old = m.run.learner.net.distribution(valid(m.batch.behaviour_t, m.batch))
        assert close(m.record.entropy, pi.entropy())
        assert m.record.kl_exact == pytest.approx(float(old.kl(pi).mean()), rel=1e-3)
    if env_id == "Pendulum-v1":
        assert m.record.log_sigma == pytest.approx(float(pi.log_sigma.detach()), rel=1e-5)


@pytest.mark.parametrize("algorithm", ["trpo", "natural_pg"])
def test_an_actors_own_step_is_not_averaged_with_the_critics_clipped_ones(algorithm: str) -> None:
    body = SMALL_PPO | {"algorithm": algorithm, "controls": {"n_steps": 16, "epochs": 2, "minibatches": 2}}
    m = measure(body | {"controls": body["controls"] | {"hidden_size": 8}})
    norms = [float(step.norm) for step in m.trace.u.steps]
    assert len(norms) == 5
    assert m.record.grad_norms.tolist() == pytest.approx(norms[1:])
