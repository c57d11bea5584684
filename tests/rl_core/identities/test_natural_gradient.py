"""The Fisher matrix in all its forms, and steps along F^{-1} g (I-15, I-16)."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from rl_core.ad.products import curvature, flat_gradient, jacobian
from rl_core.on_policy.at import At
from rl_core.on_policy.kl_reference import exact_kl
from rl_core.policies.categorical import Categorical
from rl_core.updates.natural import conjugate_gradient, step_length
from tests.rl_core.identities.mdp import path_probability
from tests.rl_core.identities.nets import KINDS, Kind, acted
from tests.rl_core.identities.problem import Problem, uniform
from tests.rl_core.support import BOX, close, controls, minibatch

pytestmark = pytest.mark.usefixtures("float64")

BOTH = pytest.mark.parametrize("direction", ["old||new", "new||old"])


def kl_of(p: Any, q: Any, direction: str) -> Tensor:
    return p.kl(q) if direction == "old||new" else q.kl(p)


def dense(product: Callable[[Tensor], Tensor], size: int) -> Tensor:
    """The matrix of a product, column by column."""
    return torch.stack([product(e) for e in torch.eye(size)], 1)


# --- I-15: one matrix -------------------------------------------------------------------------------------------------


class Laws:
    """The Fisher matrix of the trajectory law, by what it is said to be."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.parameters = problem, list(problem.net.actor.parameters())
        self.size = sum(p.numel() for p in self.parameters)
        self.old = problem.log_pi().detach()

    def outer(self) -> Tensor:
        r"""\sum_t E[S_t S_t^T]."""
        paths, total = self.problem.paths, torch.zeros(self.size, self.size)
        log_pi_t = self.problem.log_pi()[paths.s[:-1], paths.a] * paths.alive
        for row in log_pi_t:
            scores = jacobian(row, self.parameters)
            total += torch.einsum("k,ki,kj->ij", self.problem.probability, scores, scores)
        return total

    def covariance(self) -> Tensor:
        r"""Cov(\sum_t S_t)."""
        paths = self.problem.paths
        log_pi = (self.problem.log_pi()[paths.s[:-1], paths.a] * paths.alive).sum(0)
        s, p = jacobian(log_pi, self.parameters), self.problem.probability
        return torch.einsum("k,ki,kj->ij", p, s - p @ s, s - p @ s)

    def divergence(self, direction: str) -> float:
        """KL between the trajectory laws of the old policy and of the present one."""
        p, q = (path_probability(self.problem.paths, x) for x in (self.old, self.problem.log_pi().detach()))
        return float((p * (p / q).log()).sum() if direction == "old||new" else (q * (q / p).log()).sum())

    def products(self, direction: str) -> Tensor:
        """The engine's product with basis vectors, on the KL of every step weighted with its probability."""
        pi = self.problem.net.policy(self.problem.batch.obs_t[:-1])
        kl = kl_of(self.problem.net.distribution(pi.params.detach()), pi, direction)
        weighted = (self.problem.probability * kl * self.problem.paths.alive).sum()
        return dense(curvature(weighted, self.parameters), self.size)


@BOTH
def test_I_15_fisher_is_the_hessian_of_either_kl_the_covariance_and_the_product(direction: str) -> None:
    laws = Laws(Problem(0, 3, 2, 3, network="tabular"))
    fisher = laws.outer()
    assert close(laws.covariance(), fisher, 1e-10)
    assert close(laws.products(direction), fisher, 1e-10)
    assert float(fisher.norm()) > 0.1
    flat, h = laws.parameters[0].data.view(-1), 1e-3

    def at(*steps: tuple[int, float]) -> float:
        kept = flat.clone()
        for k, by in steps:
            flat[k] += by
        found = laws.divergence(direction)
        flat.copy_(kept)
        return found

    for i in range(laws.size):
        assert abs(at((i, h)) - at((i, -h))) / (2 * h) < 1e-6  # the gradient at equal policies is 0
        for j in range(i + 1):
            corners = at((i, h), (j, h)) - at((i, h), (j, -h)) - at((i, -h), (j, h)) + at((i, -h), (j, -h))
            assert corners / (4 * h * h) == pytest.approx(float(fisher[i, j]), abs=1e-5)


@BOTH
@pytest.mark.parametrize("values", [{"network": "tabular"}, {"activation": "tanh"}, {"activation": "relu"}])
def test_I_15_the_engines_kl_on_a_whole_distribution_has_the_fisher_matrix(direction: str, values: Any) -> None:
    """Every trajectory once and all equally likely: the mean KL over M samples is N / M times that of the law."""
    laws = Laws(uniform(**values))
    c = controls("trpo", kl_direction=direction)
    m, net = minibatch(laws.problem.batch, None, c), laws.problem.net
    product = curvature(exact_kl(At(m, net, c)), laws.parameters)
    share = len(laws.problem.probability) / len(m.action)
    assert close(dense(product, laws.size), share * laws.outer(), 1e-10)


@pytest.mark.parametrize("kind", [KINDS["gaussian"], KINDS["linear"], KINDS["bernoulli"]])
def test_I_15_fisher_of_every_family_is_the_mean_of_its_own_matrix_between_jacobians(kind: Kind) -> None:
    r"""(1/M) \sum_t J_t^T F_t J_t: 1/sigma^2 for means, 2 for log sigmas; diag(pi) - pi pi^T for logits."""
    fit, c, b = acted(kind, "trpo", False)
    m, parameters = minibatch(b, fit.values(b), c), fit.net.groups()["actor"]
    pi = fit.net.policy(m.obs)
    product = curvature(exact_kl(At(m, fit.net, c)), parameters)
    total = torch.zeros(())
    for k in range(len(m.action)):
        j = jacobian(pi.params[k], parameters)
        if kind.actions is BOX:
            own = torch.diag(torch.cat([(-2 * fit.net.log_sigma.detach()).exp(), torch.full((2,), 2.0)]))
        else:
            p = pi.params[k].detach().exp()
            own = torch.diag(p) - torch.outer(p, p)
        total = total + j.T @ own @ j / len(m.action)
    assert close(dense(product, len(total)), total, 1e-10)


def test_directions_agree_at_second_order_and_not_beyond() -> None:
    """A swapped direction is invisible in the Fisher matrix; away from equal policies it is not."""
    z = torch.tensor([0.3, -1.0, 0.5])
    old = Categorical.from_logits(z)
    near, far = (Categorical.from_logits(z + s * torch.tensor([1.0, 0.5, -1.0])) for s in (1e-3, 1.0))
    assert abs(float(old.kl(near) / near.kl(old)) - 1) < 1e-3
    assert abs(float(old.kl(far) / far.kl(old)) - 1) > 0.1
    fit, c, b = acted(KINDS["tanh"], "trpo", False)
    with torch.no_grad():
        fit.net.actor.layers[-1].bias.add_(torch.tensor([1.0, 0.5, -1.0]))
    m = minibatch(b, fit.values(b), c)
    pi, old_b = fit.net.policy(m.obs), fit.net.distribution(m.behaviour)
    for direction, expected in (("old||new", old_b.kl(pi)), ("new||old", pi.kl(old_b))):
        found = exact_kl(At(m, fit.net, c.edited({"kl_direction": direction})))
        assert close(found, expected.mean(), 1e-12)


# --- I-16: steps along it ---------------------------------------------------------------------------------------------


def test_I_16_conjugate_gradients_solve_on_the_range_of_a_singular_fisher_matrix() -> None:
    """Softmax: the null vector is 1 per state. The solution is the one of least norm, F^+ g."""
    laws = Laws(Problem(0, 3, 2, 3, network="tabular"))
    fisher, g = laws.products("old||new"), laws.problem.exact()
    assert int((torch.linalg.eigvalsh(fisher) > 1e-12).sum()) < laws.size
    found = conjugate_gradient(lambda v: fisher @ v, g, 20)
    assert close(fisher @ found.x, g)
    assert close(found.x, torch.linalg.pinv(fisher, hermitian=True, rtol=1e-10) @ g)


def test_I_16_of_one_step_and_a_softmax_it_is_q_minus_its_mean() -> None:
    r"""Through the learner: probabilities 1/4, 1/4, 1/2 with each action sampled in that share; without damping."""
    fit, c, b = acted(KINDS["tabular"], "natural_pg", False, damping=0.0, cg_iterations=20, return_kind="reward_to_go",
                      baseline="constant", baseline_constant=0.3)  # fmt: skip
    log_p, q = torch.tensor([0.25, 0.25, 0.5]).log() + 0.7, torch.tensor([2.0, -1.0, 0.5])
    theta = fit.net.actor.layers[0].weight
    theta.data.copy_(torch.cat([log_p[:, None], torch.zeros(3, 3)], 1))
    action, end = torch.tensor([[0, 1, 2, 2]]), torch.ones(1, 4, dtype=torch.bool)
    b = dataclasses.replace(
        b, obs_t=torch.eye(4)[0].expand(2, 4, 4), action_t=action, reward_t=q[action], terminated_t=end,
        truncated_t=~end, end_t=end, behaviour_t=log_p.expand(1, 4, 3), log_prob_t=torch.log_softmax(log_p, 0)[action],
        episode_step_t=torch.zeros_like(action), cut_index=b.cut_index[:0], cut_obs=b.cut_obs[:0], renormalised_t=None,
    )  # fmt: skip
    before = theta.detach().clone()
    trace = fit.update(b, c, 0.0)
    moved = theta.detach() - before
    natural, p = q - q.mean(), torch.softmax(log_p, 0)
    length = math.sqrt(2 * c.delta / float(natural @ (torch.diag(p) - torch.outer(p, p)) @ natural))
    assert close(moved[:, 0], length * natural)
    assert moved[:, 1:].abs().max() == 0.0
    assert trace.step is not None
    assert trace.step.predicted_kl == pytest.approx(c.delta, rel=1e-9)


class Bent(nn.Module):
    r"""Logits [S, A] that are h(\phi), a smooth invertible function of the parameters."""

    def __init__(self, z: Tensor, h: Callable[[Tensor], Tensor], inverse: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.phi, self.h = nn.Parameter(inverse(z)), h

    def pi(self, shift: Tensor | None = None) -> Categorical:
        """The policy of every state, at parameters moved by `shift`."""
        return Categorical.from_logits(self.h(self.phi if shift is None else self.phi + shift))


def steps(net: Bent, d: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
    """Plain and natural gradient of the weighted mean of Q under the policy."""
    pi = net.pi()
    kl = (d * Categorical(pi.log_p.detach()).kl(pi)).sum()
    g = flat_gradient((d[:, None] * pi.log_p.exp() * q).sum(), [net.phi])
    x = conjugate_gradient(curvature(kl, [net.phi]), g, 50, tolerance=1e-14).x
    return g.view_as(net.phi), x.view_as(net.phi)


def test_I_16_the_change_of_the_policy_does_not_depend_on_its_parameters_to_first_order() -> None:
    """The gap between two parametrisations falls with the square of the step, a plain gradient's with the step."""
    gen = torch.Generator().manual_seed(4)
    z, q, d = torch.randn(3, 3, generator=gen), torch.randn(3, 3, generator=gen), torch.tensor([0.2, 0.5, 0.3])
    plain = Bent(z, lambda x: x, lambda x: x)
    bent = Bent(z, torch.sinh, torch.asinh)
    assert close(plain.pi().log_p, bent.pi().log_p, 1e-12)

    def gap(which: int, size: float) -> float:
        found = [net.pi(size * steps(net, d, q)[which]).log_p.exp() for net in (plain, bent)]
        return float((found[0] - found[1]).detach().norm())

    assert gap(1, 1e-2) / gap(1, 1e-3) == pytest.approx(100, rel=0.1)
    assert gap(0, 1e-2) / gap(0, 1e-3) == pytest.approx(10, rel=0.1)
    assert gap(1, 1e-1) > 1e-4


def test_conjugate_gradients_report_the_residuals_they_have() -> None:
    gen = torch.Generator().manual_seed(5)
    root, b = torch.randn(6, 6, generator=gen), torch.randn(6, generator=gen)
    a = root @ root.T + 0.5 * torch.eye(6)
    for k in range(1, 7):
        found = conjugate_gradient(lambda v: a @ v, b, k)
        assert len(found.residuals) == k + 1
        assert found.residuals[0] == pytest.approx(float(b.norm()))
        assert found.residuals[-1] == pytest.approx(float((b - a @ found.x).norm()), abs=1e-9)
    assert close(found.x, torch.linalg.solve(a, b), 1e-8)
    assert conjugate_gradient(lambda v: 0 * v, b, 10).x.abs().max() == 0.0
    assert len(conjugate_gradient(lambda v: v, b, 10).residuals) == 2
    assert conjugate_gradient(lambda v: a @ v, torch.zeros(6), 10).residuals == [0.0]


def test_the_step_is_as_long_as_the_quadratic_model_allows() -> None:
    a, x = torch.diag(torch.tensor([4.0, 1.0])), torch.tensor([1.0, -2.0])
    scale = step_length(x, a @ x, 0.01)
    assert 0.5 * scale**2 * float(x @ a @ x) == pytest.approx(0.01)
    assert scale == pytest.approx(math.sqrt(0.02 / 8))
    assert step_length(x, 0 * x, 0.01) == 0.0


def test_kl_and_distance_in_the_parameters_are_two_things() -> None:
    """Section 10: a change of 0.008 in a low temperature is a KL; a dead unit's weights move by 10 for none."""
    z = torch.tensor([0.02, 0.0, -0.02])
    assert float(Categorical.from_logits(z / 0.02).kl(Categorical.from_logits(z / 0.012))) > 0.05
    fit, _, b = acted(KINDS["relu"], "trpo", False)
    fit.net.actor.layers[1].bias.data[0] = -100.0
    before = fit.net.distribution(fit.net.policy(b.obs_t).params.detach())
    fit.net.actor.layers[2].weight.data[:, 0] += torch.tensor([10.0, 0.0, 0.0])
    assert before.kl(fit.net.policy(b.obs_t)).abs().max() < 1e-15
