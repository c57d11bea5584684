"""The diagonal Gaussian against torch.distributions, its closed forms, and what its samples say."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import Independent, Normal, kl_divergence

from rl_core.policies.categorical import Categorical, CategoricalMeasures
from rl_core.policies.gaussian import DiagonalGaussian, GaussianMeasures
from tests.rl_core.support import BOX, close, controls, network

pytestmark = pytest.mark.usefixtures("float64")


def gaussian(seed: int, m: int = 50, d: int = 3, per_state: bool = False) -> DiagonalGaussian:
    g = torch.Generator().manual_seed(seed)
    sigma_shape = (m, d) if per_state else (d,)
    return DiagonalGaussian(torch.randn(m, d, generator=g), 0.5 * torch.randn(sigma_shape, generator=g))


def reference(pi: DiagonalGaussian) -> Independent:
    return Independent(Normal(pi.mean, pi.log_sigma.exp().expand_as(pi.mean)), 1)


@pytest.mark.parametrize("per_state", [False, True])
def test_log_prob_entropy_and_kl_are_those_of_torch(per_state: bool) -> None:
    p, q = gaussian(0, per_state=per_state), gaussian(1, per_state=per_state)
    action = torch.randn(50, 3)
    assert close(p.log_prob(action), reference(p).log_prob(action))
    assert close(p.entropy(), reference(p).entropy())
    assert close(p.kl(q), kl_divergence(reference(p), reference(q)))
    assert p.log_prob(action).shape == p.entropy().shape == p.kl(q).shape == (50,)


def test_kl_is_the_mean_log_ratio_of_samples() -> None:
    p, q = gaussian(0, m=1), gaussian(1, m=1)
    noise = torch.randn(400_000, 3, generator=torch.Generator().manual_seed(2))
    a = p.mean + p.log_sigma.exp() * noise
    log_ratio = p.log_prob(a) - q.log_prob(a)
    error = float(log_ratio.std()) / math.sqrt(len(a))
    assert abs(float(log_ratio.mean()) - float(p.kl(q))) < 4 * error
    assert error < 0.01 * float(p.kl(q))


def test_scores_are_noise_over_sigma_and_squared_noise_minus_1() -> None:
    mean, log_sigma = torch.randn(7, 2, requires_grad=True), torch.randn(7, 2, requires_grad=True)
    noise = torch.randn(7, 2)
    action = (mean + log_sigma.exp() * noise).detach()
    log_pi = DiagonalGaussian(mean, log_sigma).log_prob(action).sum()
    by_mean, by_log_sigma = torch.autograd.grad(log_pi, [mean, log_sigma])
    assert close(by_mean, noise / log_sigma.detach().exp())
    assert close(by_log_sigma, noise.square() - 1)


def test_fisher_is_the_curvature_of_kl() -> None:
    """Block-diagonal: 1 / sigma_j^2 for the means and 2 for the log sigmas."""
    old = gaussian(3, m=1, d=2)

    def divergence(params: Tensor) -> Tensor:
        return old.kl(DiagonalGaussian.from_params(params)).sum()

    fisher = torch.autograd.functional.hessian(divergence, old.params[0])
    assert close(fisher, torch.diag(torch.cat([(-2 * old.log_sigma).exp(), torch.full((2,), 2.0)])))


def test_entropy_does_not_depend_on_the_mean_and_may_be_negative() -> None:
    narrow = DiagonalGaussian(torch.randn(5, 2), torch.full((2,), -3.0))
    assert close(narrow.entropy(), torch.full((5,), 2 * (-3 + 0.5 * math.log(2 * math.pi * math.e))))
    assert float(narrow.entropy()[0]) < 0


def test_params_build_it_again() -> None:
    net = network(4, BOX, controls("ppo", log_sigma=-0.7))
    pi, action = net.policy(torch.randn(6, 4)), torch.randn(6, 2)
    assert pi.params.shape == (6, 4)
    assert close(net.distribution(pi.params).log_prob(action), pi.log_prob(action))
    assert close(net.distribution(pi.params).kl(pi), torch.zeros(6), 1e-12)


def test_log_sigma_starts_where_it_is_told_and_belongs_to_the_actor() -> None:
    net = network(4, BOX, controls("ppo", log_sigma=-0.7))
    assert net.log_sigma is not None
    assert net.log_sigma.tolist() == pytest.approx([-0.7, -0.7])
    assert any(p is net.log_sigma for p in net.groups()["actor"])
    assert network(4, 3, controls("ppo")).log_sigma is None


def test_array_formulas_are_those_of_the_tensors() -> None:
    p, q, action = gaussian(4), gaussian(5), torch.randn(50, 3)
    head, old, new = GaussianMeasures(), p.params.numpy(), q.params.numpy()
    assert np.allclose(head.log_prob(new, action.numpy()), q.log_prob(action), atol=1e-6)
    assert np.allclose(head.entropy(new), q.entropy(), atol=1e-6)
    assert head.kl(old, new) == pytest.approx(float(p.kl(q).mean()))
    assert head.log_sigma(new) == pytest.approx(float(q.log_sigma.mean()))
    logits, taken = torch.randn(50, 3), torch.randint(0, 3, (50,))
    discrete, pi = CategoricalMeasures(3), Categorical.from_logits(logits)
    normal = discrete.normal(logits.numpy())
    assert np.allclose(discrete.log_prob(normal, taken.numpy()), pi.log_prob(taken))
    assert np.allclose(discrete.entropy(normal), pi.entropy())
    assert discrete.kl(normal, discrete.normal(2 * logits.numpy())) == pytest.approx(
        float(pi.kl(Categorical.from_logits(2 * logits)).mean())
    )
    assert (discrete.max_entropy, head.max_entropy) == (pytest.approx(math.log(3)), None)
    assert discrete.log_sigma(normal) is None
