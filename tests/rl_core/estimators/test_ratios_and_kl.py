"""The clipped surrogate, the KL estimates and the Categorical's closed forms."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from rl_core.estimators.kl import KlDirection, k1, k2, k3, sampled_kl
from rl_core.estimators.ratios import clipped_surrogate, effective_sample_fraction
from rl_core.policies.categorical import Categorical
from tests.rl_core.support import close

pytestmark = pytest.mark.usefixtures("float64")


def slope(rho: float, advantage: float, epsilon: float = 0.2) -> float:
    """dL/d rho of one sample."""
    x = torch.tensor(rho, requires_grad=True)
    (-clipped_surrogate(x, torch.tensor(float(advantage)), epsilon)).backward()
    assert x.grad is not None
    return float(x.grad)


@pytest.mark.parametrize(
    ("rho", "advantage", "expected"),
    [(1.3, 1, 0), (0.7, 1, -1), (1.3, -1, 1), (0.7, -1, 0), (1.0, 1, -1), (1.0, -1, 1)],
)
def test_ppo_clip_table(rho: float, advantage: float, expected: float) -> None:
    assert slope(rho, advantage) == expected


@pytest.mark.parametrize("advantage", [0.7, -1.9])
def test_ppo_clip_follows_the_case_distinction(advantage: float) -> None:
    for rho in (0.1, 0.5, 0.79, 0.81, 0.99, 1.0, 1.01, 1.19, 1.21, 1.5, 4.0):
        live = (advantage >= 0 and rho <= 1.2) or (advantage < 0 and rho >= 0.8)
        assert slope(rho, advantage) == pytest.approx(-advantage if live else 0.0)
        clipped = min(max(rho, 0.8), 1.2)
        value = float(clipped_surrogate(torch.tensor(rho), torch.tensor(advantage), 0.2))
        assert value == pytest.approx(min(rho * advantage, clipped * advantage))


def two_policies(seed: int, actions: int = 5) -> tuple[Categorical, Categorical]:
    g = torch.Generator().manual_seed(seed)
    return tuple(Categorical.from_logits(torch.randn(actions, generator=g)) for _ in range(2))  # type: ignore[return-value]


def mean(p: Categorical, x: Tensor) -> float:
    """The expectation over the actions of p."""
    return float((p.log_p.exp() * x).sum())


@pytest.mark.parametrize("seed", range(5))
def test_kl_k1_and_k3_are_unbiased_and_k3_is_never_negative(seed: int) -> None:
    old, new = two_policies(seed)
    log_rho, exact = new.log_p - old.log_p, float(old.kl(new))
    assert mean(old, k1(log_rho)) == pytest.approx(exact, abs=1e-12)
    assert mean(old, k3(log_rho)) == pytest.approx(exact, abs=1e-12)
    assert bool((k3(log_rho) >= 0).all())
    assert close(k2(log_rho), log_rho**2 / 2)
    assert exact == pytest.approx(float((old.log_p.exp() * (old.log_p - new.log_p)).sum()), abs=1e-12)
    assert exact > 0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("direction", ["old||new", "new||old"])
def test_kl_estimates_as_losses_have_their_derived_gradients(seed: int, direction: KlDirection) -> None:
    """Over all actions of the old policy: value and gradient of k1 and k3 are the KL's, those of k2 are not."""
    old, start = two_policies(seed)
    z = start.log_p.clone().requires_grad_()
    new = Categorical.from_logits(z)
    exact = old.kl(new) if direction == "old||new" else new.kl(old)
    (slope_of_kl,) = torch.autograd.grad(exact, z, retain_graph=True)
    p, log_rho = old.log_p.exp(), new.log_p - old.log_p
    for how in ("k1", "k3"):
        mean_kl = (p * sampled_kl(log_rho, how, direction)).sum()
        assert float(mean_kl.detach()) == pytest.approx(float(exact.detach()), abs=1e-12)
        assert close(torch.autograd.grad(mean_kl, z, retain_graph=True)[0], slope_of_kl, 1e-12)
    mean_k2 = (p * sampled_kl(log_rho, "k2", direction)).sum()
    found = torch.autograd.grad(mean_k2, z, retain_graph=True)[0]
    score = torch.eye(len(z)) - new.log_p.detach().exp()
    l_t = log_rho.detach()
    bent = p @ (l_t[:, None] * score) if direction == "old||new" else (
        slope_of_kl + new.log_p.detach().exp() @ (l_t.square()[:, None] / 2 * score)
    )  # fmt: skip
    assert close(found, bent, 1e-12)
    assert not close(found, slope_of_kl, 1e-3)


@pytest.mark.parametrize("direction", ["old||new", "new||old"])
def test_kl_at_equal_policies_only_k1_has_a_gradient_per_sample(direction: KlDirection) -> None:
    """-S or +S for each sample, 0 on average: a penalty made of it is noise; k2 and k3 are still."""
    old, _ = two_policies(1)
    for action in range(len(old.log_p)):
        z = old.log_p.clone().requires_grad_()
        log_rho = (Categorical.from_logits(z).log_p - old.log_p)[action]
        slopes = {
            how: torch.autograd.grad(sampled_kl(log_rho, how, direction), z, retain_graph=True)[0]
            for how in ("k1", "k2", "k3")
        }
        score = torch.eye(len(z))[action] - old.log_p.exp()
        assert close(slopes["k1"], -score if direction == "old||new" else score, 1e-12)
        assert float(slopes["k1"].abs().max()) > 0.1
        assert close(slopes["k2"], torch.zeros_like(z), 1e-12)
        assert close(slopes["k3"], torch.zeros_like(z), 1e-12)


def test_kl_k2_agrees_to_second_order() -> None:
    old, other = two_policies(0)
    new = Categorical.from_logits(old.log_p + 1e-4 * other.log_p)
    assert mean(old, k2(new.log_p - old.log_p)) == pytest.approx(float(old.kl(new)), rel=1e-3)


def test_kl_k3_keeps_its_digits_near_ratio_1() -> None:
    tiny = torch.tensor(1e-5, dtype=torch.float32)
    assert float(k3(tiny)) >= 0
    assert float(k3(torch.tensor(1e-5))) == pytest.approx(5e-11, rel=1e-4)


def test_kl_of_equal_policies_is_0_and_the_directions_differ() -> None:
    old, new = two_policies(3)
    assert float(old.kl(old)) == 0.0
    assert abs(float(old.kl(new)) - float(new.kl(old))) > 1e-3


def test_categorical_log_prob_and_its_gradient() -> None:
    z = torch.tensor([[0.3, -1.0, 2.0]], requires_grad=True)
    for i in range(3):
        (g,) = torch.autograd.grad(Categorical.from_logits(z).log_prob(torch.tensor([i])).sum(), z)
        assert close(g, torch.eye(3)[i : i + 1] - torch.softmax(z.detach(), -1))


def test_categorical_entropy_and_its_gradient() -> None:
    z = torch.tensor([0.3, -1.0, 2.0], requires_grad=True)
    pi = Categorical.from_logits(z)
    h = pi.entropy()
    (g,) = torch.autograd.grad(h, z)
    p = torch.softmax(z.detach(), -1)
    expected = -(p * p.log()).sum()
    assert close(h.detach(), expected)
    assert close(g, -p * (p.log() + expected))
    assert pi.max_entropy == math.log(3)
    assert float(Categorical.from_logits(torch.zeros(7)).entropy()) == pytest.approx(math.log(7))


def test_categorical_survives_extreme_logits() -> None:
    pi = Categorical.from_logits(torch.tensor([1000.0, -1000.0]))
    assert float(pi.entropy()) == 0.0
    assert float(pi.log_prob(torch.tensor(1))) == -2000.0


def test_W_10_linear_softmax() -> None:
    theta = torch.tensor([[0.5, -0.2], [0.0, 0.3], [-0.4, 0.1]], requires_grad=True)
    pi = Categorical.from_logits(theta @ torch.tensor([1.0, 2.0]))
    assert [round(float(p), 6) for p in pi.log_p.detach().exp()] == [0.295025, 0.486415, 0.218560]
    (g,) = torch.autograd.grad(pi.log_prob(torch.tensor(1)), theta)
    assert [[round(float(x), 6) for x in row] for row in g] == [
        [-0.295025, -0.590051], [0.513585, 1.027171], [-0.218560, -0.437120],
    ]  # fmt: skip


def test_effective_sample_fraction() -> None:
    log_w = torch.randn(50, generator=torch.Generator().manual_seed(0))
    w = log_w.exp()
    assert float(effective_sample_fraction(log_w)) == pytest.approx(float(w.sum() ** 2 / (50 * (w**2).sum())))
    assert float(effective_sample_fraction(torch.zeros(9))) == pytest.approx(1.0)
    assert float(effective_sample_fraction(torch.tensor([5000.0, 0.0, 0.0, 0.0]))) == pytest.approx(0.25)
