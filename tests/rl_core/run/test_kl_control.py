"""What KL control does to the epochs of an update, and to its own coefficient."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from rl_core.data.batch import Batch
from tests.rl_core.support import Fit, Left, controls, learner, random_batch

pytestmark = pytest.mark.usefixtures("float64")

STEPS = {"epochs": 4, "minibatches": 2, "clip": 10.0, "optimiser": "sgd", "max_grad_norm": 0.0}


def updates(n: int, rate: float, **values: Any) -> tuple[Fit, list[Left]]:
    """n updates with SGD at this rate, each on a batch that the policy of the moment made."""
    c = controls("ppo", **STEPS, learning_rate=rate, **values)
    fit = learner("ppo", c, random_batch())
    return fit, [fit.update(random_batch(net=fit.net, seed=k), c, 0.0) for k in range(n)]


def kl_after(fit: Fit, b: Batch) -> float:
    old, new = fit.net.distribution(b.behaviour_t), fit.net.policy(b.obs_t[:-1])
    return float(old.kl(new).mean().detach())


# --- early stop -------------------------------------------------------------------------------------------------------


def test_early_stop_ends_the_epochs_before_the_first_step_beyond_the_target() -> None:
    """Against a run without it: it takes the same steps up to the first minibatch whose KL exceeds 1.5 d."""
    target = 0.005
    _, (free,) = updates(1, 0.4)
    seen = [float(m.behaviour.new_tensor(0.0)) for m in free.minibatches[:0]]
    for m, loss in zip(free.minibatches, free.losses, strict=True):
        old = torch.log_softmax(m.behaviour, -1)
        seen.append(float((old.exp() * (old - loss.pi.params)).sum(-1).mean().detach()))
    beyond = next(k for k, kl in enumerate(seen) if kl > 1.5 * target)
    assert 0 < beyond < len(seen) - 1
    fit, (held,) = updates(1, 0.4, kl="early_stop", kl_target=target)
    assert len(held.losses) == fit.grad_steps == beyond
    assert held.epoch_stopped == beyond // 2
    assert free.epoch_stopped is None
    assert all(torch.equal(a.pi.params, b.pi.params) for a, b in zip(held.losses, free.losses, strict=False))
    assert "kl" not in held.losses[0].terms


def test_early_stop_within_the_target_changes_nothing() -> None:
    free, held = updates(1, 0.4)[0], updates(1, 0.4, kl="early_stop", kl_target=10.0)
    assert torch.equal(free.flat.vector, held[0].flat.vector)
    assert held[1][0].epoch_stopped is None


def test_early_stop_with_a_recomputed_reference_never_stops() -> None:
    """B-12: measured from itself the policy never goes anywhere."""
    fit, (held,) = updates(1, 0.4, kl="early_stop", kl_target=0.005, kl_reference="recomputed")
    assert held.epoch_stopped is None
    assert fit.grad_steps == 8


def test_every_update_takes_a_step_even_where_the_first_ratio_is_not_1() -> None:
    """With another dropout mask (B-8) the KL is far from 0 before anything has moved."""
    c = controls("ppo", **STEPS, dropout=0.5, dropout_mask="off", kl="early_stop", kl_target=1e-5)
    fit = learner("ppo", c, random_batch())
    trace = fit.update(random_batch(net=fit.net, masks=(c.hidden_size,)), c, 0.0)
    assert (len(trace.losses), trace.epoch_stopped) == (1, 0)


# --- adaptive penalty -------------------------------------------------------------------------------------------------


def test_beta_doubles_beyond_the_target_and_halves_below_it() -> None:
    """Each update's beta follows from the KL that the one before ended with, measured here by hand."""
    target = 0.01
    c = controls("ppo", **STEPS, learning_rate=0.3, kl="adaptive_penalty", kl_coef=0.5, kl_target=target)
    fit, expected, factors = learner("ppo", c, random_batch()), 0.5, set()
    for k in range(12):
        b = random_batch(net=fit.net, seed=k)
        trace = fit.update(b, c, 0.0)
        assert trace.kl_coef == expected
        assert float(trace.losses[-1].terms["kl"].detach()) == pytest.approx(
            expected * float(trace.losses[-1].kl.detach())  # type: ignore[union-attr]
        )
        kl = kl_after(fit, b)
        factor = 2.0 if kl > 1.5 * target else 0.5 if kl < target / 1.5 else 1.0
        expected, factors = expected * factor, factors | {factor}
    assert {0.5, 2.0} <= factors


@pytest.mark.parametrize(("rate", "target", "bound"), [(0.0, 1.0, 1e-6), (1.0, 1e-5, 1e6)])
def test_beta_stays_where_it_can_come_back_from(rate: float, target: float, bound: float) -> None:
    start = {"kl": "adaptive_penalty", "kl_coef": bound * 1.5 if rate == 0 else 1000.0, "kl_target": target}
    _, traces = updates(14, rate, **start)
    betas = [trace.kl_coef for trace in traces]
    assert all(beta is not None and 1e-6 <= beta <= 1e6 for beta in betas)
    assert rate == 1.0 or betas[-1] == bound


def test_a_constant_penalty_keeps_its_beta() -> None:
    assert [t.kl_coef for t in updates(3, 0.3, kl="penalty", kl_coef=2.0)[1]] == [2.0, 2.0, 2.0]
    assert [t.kl_coef for t in updates(2, 0.3)[1]] == [None, None]


def test_an_edit_of_kl_coef_starts_again_from_there() -> None:
    c = controls("ppo", **STEPS, learning_rate=0.0, kl="adaptive_penalty", kl_coef=1.0)
    fit = learner("ppo", c, random_batch())
    b = random_batch(net=fit.net)
    found = [fit.update(b, c, 0.0).kl_coef for _ in range(3)]
    edited = c.edited({"kl_coef": 8.0})
    found += [fit.update(b, edited, 0.0).kl_coef for _ in range(2)]
    off = edited.edited({"kl": "none"})
    found += [fit.update(b, off, 0.0).kl_coef, fit.update(b, edited, 0.0).kl_coef]
    assert found == [1.0, 0.5, 0.25, 8.0, 4.0, None, 8.0]


def test_beta_is_part_of_the_checkpoint() -> None:
    c = controls("ppo", **STEPS, learning_rate=0.0, kl="adaptive_penalty", kl_coef=1.0)
    fit = learner("ppo", c, random_batch())
    b = random_batch(net=fit.net)
    for _ in range(3):
        fit.update(b, c, 0.0)
    other = learner("ppo", c, b, seed=1)
    other.restore(fit.state())
    assert other.update(b, c, 0.0).kl_coef == fit.update(b, c, 0.0).kl_coef == 0.125
