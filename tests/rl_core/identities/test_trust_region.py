"""The learner's trust-region steps against the same steps from dense matrices, and the search back along them."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from rl_core.ad.products import jacobian
from rl_core.data.batch import Batch
from rl_core.updates.natural import SHRINK, Tried, line_search
from tests.rl_core.identities.nets import KINDS, Kind, acted
from tests.rl_core.support import Fit, Left, close, gradient, losses, minibatch

pytestmark = pytest.mark.usefixtures("float64")

SOLVED: dict[str, Any] = {"cg_iterations": 20, "advantage_norm": "batch", "epochs": 1, "minibatches": 1}
LINEAR, GAUSSIAN = KINDS["linear"], Kind({"log_sigma": -0.3, "network": "linear"}, KINDS["gaussian"].actions)


def stepped(algorithm: str, kind: Kind = LINEAR, **values: Any) -> tuple[Tensor, Left, Fit, Any, Batch]:
    """How the actor moved in one update, and what it was made of."""
    fit, c, b = acted(kind, algorithm, False, **SOLVED | values)
    before = fit.flat.values("actor").clone()
    trace = fit.update(b, c, 0.0)
    return fit.flat.values("actor") - before, trace, fit, c, b


def model(algorithm: str, kind: Kind, **values: Any) -> tuple[Tensor, Tensor]:
    """g and F of the same update, written out: from scores and from the Jacobian of every state's parameters."""
    fit, c, b = acted(kind, algorithm, False, **SOLVED | values)
    m, parameters = minibatch(b, fit.values(b), c), fit.net.groups()["actor"]
    pi = fit.net.policy(m.obs)
    g = gradient((m.advantage * pi.log_prob(m.action)).mean(), parameters)
    fisher = torch.zeros(len(g), len(g))
    for params in pi.params:
        j = jacobian(params, parameters)
        if kind is GAUSSIAN:
            own = torch.diag(torch.cat([(-2 * fit.net.log_sigma.detach()).exp(), torch.full((2,), 2.0)]))
        else:
            p = params.detach().exp()
            own = torch.diag(p) - torch.outer(p, p)
        fisher += j.T @ own @ j / len(m.action)
    return g, fisher


@pytest.mark.parametrize("kind", [LINEAR, GAUSSIAN], ids=["softmax", "gaussian"])
@pytest.mark.parametrize("damping", [0.1, 1e-3])
@pytest.mark.parametrize("algorithm", ["natural_pg", "trpo"])
def test_I_21_both_step_along_the_damped_natural_gradient(algorithm: str, damping: float, kind: Kind) -> None:
    r"""0.8^j \sqrt{2 \delta / x^T (F + \nu I) x} x with x = (F + \nu I)^{-1} g from a dense solver."""
    moved, trace, *_ = stepped(algorithm, kind, damping=damping)
    g, fisher = model(algorithm, kind)
    x = torch.linalg.solve(fisher + damping * torch.eye(len(g)), g)
    whole = math.sqrt(2 * 0.01 / float(x @ g)) * x
    assert trace.step is not None
    share = SHRINK**trace.step.backtracks if algorithm == "trpo" else 1.0  # type: ignore[operator]
    assert close(moved, share * whole, 1e-8)
    assert trace.step.predicted_kl == pytest.approx(float(0.5 * moved @ fisher @ moved), rel=1e-6)
    assert trace.step.predicted_kl < share**2 * 0.01
    assert float(trace.step.gradient_norm) == pytest.approx(float(g.norm()), rel=1e-9)
    assert trace.step.step_norm == pytest.approx(float(moved.norm()), rel=1e-9)


@pytest.mark.parametrize("kind", [LINEAR, GAUSSIAN], ids=["softmax", "gaussian"])
def test_I_21_trpos_direction_is_that_of_the_natural_gradient(kind: Kind) -> None:
    one, other = (stepped(name, kind)[0] for name in ("natural_pg", "trpo"))
    assert float(torch.cosine_similarity(one, other, 0)) == pytest.approx(1.0, abs=1e-12)


def test_a_small_step_measures_what_was_predicted_and_a_large_one_does_not() -> None:
    for delta, near in ((1e-6, True), (1.0, False)):
        _, trace, fit, _, b = stepped("natural_pg", delta=delta, damping=1e-4)
        assert trace.step is not None
        pi = fit.net.policy(b.obs_t[:-1])
        assert trace.step.measured_kl == pytest.approx(
            float(fit.net.distribution(b.behaviour_t).kl(pi).mean().detach())
        )
        assert (abs(trace.step.measured_kl / trace.step.predicted_kl - 1) < 0.01) == near


@pytest.mark.parametrize("kind", [LINEAR, GAUSSIAN], ids=["softmax", "gaussian"])
@pytest.mark.parametrize("delta", [0.01, 1.0, 5.0])
def test_trpo_takes_the_longest_of_its_candidates_that_improves_inside_the_region(delta: float, kind: Kind) -> None:
    """Every candidate tried again by hand: those before the chosen one each break a condition."""
    moved, trace, fit, c, b = stepped("trpo", kind, delta=delta, damping=1e-4)
    assert trace.step is not None
    assert trace.step.backtracks is not None
    after, m = fit.flat.values("actor").clone(), minibatch(b, None, c, advantage=trace.minibatches[0].advantage)
    start, found = after - moved, []
    for k in range(trace.step.backtracks + 1):
        gains = []
        for at in (start, start + moved * SHRINK ** (k - trace.step.backtracks)):
            fit.flat.values("actor").copy_(at)
            loss = losses("trpo", m, fit.net, c)
            gains.append(-float(loss.terms["policy"].detach()))
        kl = float(fit.net.distribution(m.behaviour).kl(loss.pi).mean().detach())
        found.append((gains[1] - gains[0], kl))
    assert [gain > 0 and kl <= delta for gain, kl in found] == [False] * trace.step.backtracks + [True]
    assert trace.step.gain == pytest.approx(found[-1][0], abs=1e-12)
    assert trace.step.measured_kl == pytest.approx(found[-1][1], abs=1e-12)
    assert trace.step.backtracks > 0 or kind is LINEAR or delta < 1.0


def test_trpo_without_a_step_that_fits_stays_where_it_was() -> None:
    moved, trace, fit, _, _ = stepped("trpo", GAUSSIAN, delta=5.0, damping=1e-4, backtracks=0)
    step = trace.step
    assert step is not None
    assert moved.abs().max() == 0.0
    assert (step.backtracks, step.gain, step.measured_kl, step.predicted_kl, step.step_norm) == (None, 0, 0, 0, 0)
    assert fit.grad_steps == 2  # the actor's, which was tried, and the critic's


@pytest.mark.parametrize("algorithm", ["natural_pg", "trpo"])
def test_the_critic_is_fitted_apart_and_the_actor_does_not_hear_of_it(algorithm: str) -> None:
    """More epochs, another coefficient, an optimiser's decay: the actor ends bit for bit where it was."""
    same = {"advantage_norm": "batch", "cg_iterations": 10}
    ends = [
        stepped(algorithm, KINDS["tanh"], **same | critic)[2]
        for critic in ({}, {"epochs": 5, "minibatches": 2}, {"value_coef": 3.0, "weight_decay": 0.1})
    ]
    for fit in ends[1:]:
        assert torch.equal(fit.flat.values("actor"), ends[0].flat.values("actor"))
        assert not torch.equal(fit.flat.values("critic"), ends[0].flat.values("critic"))
    fit, c, b = acted(KINDS["tanh"], algorithm, False, **SOLVED)
    m = minibatch(b, fit.values(b), c)
    slope = gradient(c.value_coef * (fit.net.value(m.obs) - m.target).square().mean(), fit.net.critic.parameters())
    expected = fit.flat.values("critic") - c.learning_rate * slope
    fit.update(b, c, 0.0)
    assert close(fit.flat.values("critic"), expected, 1e-12)


@pytest.mark.parametrize("algorithm", ["natural_pg", "trpo"])
def test_the_critics_gradient_is_clipped_by_its_own_length_also_where_the_advantage_passes(algorithm: str) -> None:
    """B-1 open: the policy's loss reaches the critic's optimiser, and what it has of the actor counts for nothing."""
    settings = SOLVED | {"advantage": "pass", "advantage_norm": "none", "max_grad_norm": 0.05}
    fit, c, b = acted(KINDS["tanh"], algorithm, False, **settings)
    critic = fit.flat.values("critic").clone()
    trace = fit.update(b, c, 0.0)
    after = fit.flat.values("critic").clone()
    fit.flat.values("critic").copy_(critic)  # beside the actor as it is after its step
    m = minibatch(b, fit.values.with_graph(b), c)
    slope = gradient(losses(algorithm, m, fit.net, c).total(), fit.net.critic.parameters())
    assert float(trace.norms[-1]) == pytest.approx(float(slope.norm()), rel=1e-9)
    assert float(slope.norm()) > 0.05
    assert close(after, critic - c.learning_rate * slope * 0.05 / (slope.norm() + 1e-6), 1e-12)


def test_the_entropy_bonus_is_part_of_what_the_step_climbs() -> None:
    plain, bonus = (stepped("natural_pg", entropy_coef=coef)[1] for coef in (0.0, 5.0))
    fit, c, b = acted(LINEAR, "natural_pg", False, **SOLVED)
    of_entropy = gradient(5.0 * fit.net.policy(b.obs_t[:-1]).entropy().mean(), fit.net.actor.parameters())
    assert close(bonus.first_gradient["actor"] - plain.first_gradient["actor"], -of_entropy, 1e-12)


# --- the search by itself ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "tries", "expected"),
    [
        ([(1.0, 0.005)], 10, Tried(0, 1.0, 0.005)),
        ([(1.0, 0.01)], 10, Tried(0, 1.0, 0.01)),
        ([(9.0, 0.02), (0.5, 0.009)], 10, Tried(1, 0.5, 0.009)),
        ([(-0.1, 0.0), (0.0, 0.0), (1e-9, 0.0)], 10, Tried(2, 1e-9, 0.0)),
        ([(math.nan, 0.0), (1.0, math.nan), (1.0, 0.001)], 10, Tried(2, 1.0, 0.001)),
        ([(-1.0, 0.0), (-1.0, 0.0)], 1, Tried(None, 0.0, 0.0)),
        ([(1.0, 1.0)], 0, Tried(None, 0.0, 0.0)),
    ],
)
def test_search_takes_the_first_that_gains_with_a_kl_of_at_most_delta(
    answers: list[tuple[float, float]], tries: int, expected: Tried
) -> None:
    vector, step, seen = torch.tensor([1.0, 2.0]), torch.tensor([0.5, -1.0]), []

    def measure() -> tuple[float, float]:
        seen.append(vector.clone())
        return answers[len(seen) - 1]

    start = vector.clone()
    assert line_search(vector, step, measure, 0.01, tries) == expected
    assert len(seen) == len(answers)
    assert all(close(x, start + 0.8**k * step, 1e-15) for k, x in enumerate(seen))
    assert torch.equal(vector, start if expected.backtracks is None else seen[-1])
