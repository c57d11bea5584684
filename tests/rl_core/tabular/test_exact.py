"""Dynamic programming against enumeration of every trajectory and against finite differences (I-2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from rl_core.environments.finite.features import features_of
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.truth import Truth
from rl_core.tabular.dynamic_programming import exact, visits
from rl_core.tabular.mdp import TabularMDP, blank
from rl_core.updates.score import policy_parameters
from tests.rl_core.identities.mdp import enumerate_paths, objective, path_probability, random_mdp
from tests.rl_core.support import controls, gradient, network


def pair(seed: int, **sizes: int):  # type: ignore[no-untyped-def]
    """The same random MDP as the engine's and as the tests' own, and a policy."""
    m = random_mdp(seed, **sizes)
    g = torch.Generator().manual_seed(seed + 100)
    theta = torch.randn(m.p.shape[:2], generator=g, dtype=m.p.dtype)
    ours = TabularMDP(m.p.double(), m.r, m.rho, m.horizon, m.gamma, m.terminal)
    return ours, m, theta.double()


@pytest.fixture(autouse=True)
def _float64():  # type: ignore[no-untyped-def]
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def expectation(m, theta: torch.Tensor) -> torch.Tensor:  # type: ignore[no-untyped-def]
    """J by summing over every trajectory."""
    paths = enumerate_paths(m)
    discount = m.gamma ** torch.arange(m.horizon).unsqueeze(1)
    returns = (discount * paths.r * paths.alive).sum(0)
    return (path_probability(paths, torch.log_softmax(theta, -1)) * returns).sum()


@pytest.mark.parametrize("seed", range(6))
def test_J_and_its_gradient_are_those_of_the_enumerated_trajectories(seed: int) -> None:
    ours, m, theta = pair(seed, states=3, actions=2 + seed % 2, horizon=3 + seed % 2)
    theta.requires_grad_()
    j = expectation(m, theta)
    (gradient,) = torch.autograd.grad(j, theta)
    found = exact(ours, theta.detach())
    assert float(j.detach()) == pytest.approx(found.J, abs=1e-12)
    np.testing.assert_allclose(found.grad, gradient.numpy(), atol=1e-12)
    np.testing.assert_allclose(found.grad.sum(1), 0.0, atol=1e-14)


@pytest.mark.parametrize("seed", range(3))
def test_I_2_the_gradient_is_the_slope_of_J(seed: int) -> None:
    ours, _, theta = pair(seed)
    z, h = theta.numpy(), 1e-5
    for at in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[at] = h
        slope = (exact(ours, z + step).J - exact(ours, z - step).J) / (2 * h)
        assert exact(ours, z).grad[at] == pytest.approx(slope, abs=1e-7)


def test_linear_logits_share_their_gradient_along_the_features() -> None:
    ours, _, _ = pair(1)
    rng = np.random.default_rng(0)
    phi, theta = rng.normal(size=(3, 2)), rng.normal(size=(2, 2))
    found, h = exact(ours, theta, phi), 1e-5
    for at in np.ndindex(theta.shape):
        step = np.zeros_like(theta)
        step[at] = h
        slope = (exact(ours, theta + step, phi).J - exact(ours, theta - step, phi).J) / (2 * h)
        assert found.grad[at] == pytest.approx(slope, abs=1e-7)


NETWORKS: list[tuple[dict[str, Any], str]] = [
    ({"network": "tabular"}, "one_hot"),
    ({"network": "linear"}, "random:2"),
    ({"network": "linear"}, "constant"),
    ({"network": "linear", "distribution": "bernoulli"}, "random:2"),
    ({"network": "mlp"}, "random:3"),
    ({"network": "mlp", "distribution": "bernoulli", "activation": "leaky_relu"}, "one_hot"),
    ({"network": "mlp", "critic": "v", "trunk": "shared"}, "one_hot"),
]


def drawn(net: ActorCritic) -> ActorCritic:
    """The same with weights that are far from the uniform policy."""
    g = torch.Generator().manual_seed(7)
    for p in net.parameters():
        p.data = torch.randn(p.shape, generator=g) * 0.7
    return net


@pytest.mark.parametrize(("settings", "features"), NETWORKS)
def test_I_2_the_gradient_of_any_network_is_the_slope_of_J(settings: dict[str, Any], features: str) -> None:
    m = random_mdp(3, states=3, actions=2, horizon=4)
    mdp = TabularMDP(m.p, m.r, m.rho, m.horizon, 1.0, m.terminal)
    phi = features_of(features, 3)
    net = drawn(network(phi.shape[1], 2, controls("reinforce", **settings)))
    j, found = Truth(mdp, phi).gradient(net, m.gamma)

    def by_hand() -> torch.Tensor:
        return objective(m, net.policy(torch.from_numpy(phi)).params.exp())

    parameters, h = policy_parameters(net), 1e-5
    assert j == pytest.approx(float(by_hand().detach()), abs=1e-12)
    by_autograd = gradient(by_hand(), parameters)
    torch.testing.assert_close(found, by_autograd, atol=1e-10, rtol=0)
    slopes = []
    for p in parameters:
        flat = p.data.reshape(-1)
        for k in range(flat.numel()):
            there = []
            for step in (h, -h):
                flat[k] += step
                there.append(Truth(mdp, phi).gradient(net, m.gamma)[0])
                flat[k] -= step
            slopes.append((there[0] - there[1]) / (2 * h))
    np.testing.assert_allclose(found.numpy(), slopes, atol=1e-7)


def test_visits_and_values_agree_on_J() -> None:
    """J = sum_t gamma^t sum_s d_t(s) sum_a pi r, the other way round."""
    ours, _, theta = pair(2)
    found = exact(ours, theta)
    paid = (ours.P * ours.R).sum(-1)
    weight = ours.gamma ** np.arange(ours.horizon)
    assert np.einsum("t,ts,sa,sa->", weight, found.d, found.pi, paid) == pytest.approx(found.J, abs=1e-12)


def test_nothing_follows_a_terminal_state_whatever_its_rows_say() -> None:
    given = np.full((2, 1, 2), 0.5)
    mdp = TabularMDP(given, np.ones((2, 1, 2)), [0.0, 1.0], horizon=5, gamma=1.0, terminal=[False, True])
    assert exact(mdp, np.zeros((2, 1))).J == 0.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"P": np.full((2, 1, 2), 0.4)}, "sums to 0.8"),
        ({"R": np.zeros((2, 2, 2))}, r"R has shape \(2, 2, 2\)"),
        ({"rho": [1.5, -0.5]}, "negative entry -0.5"),
        ({"gamma": 1.1}, "allowed 0 to 1"),
        ({"horizon": 0}, "at least 1"),
        ({"terminal": [True]}, r"terminal has shape \(1,\)"),
        ({"P": [[[0.5, float("nan")]], [[0.5, 0.5]]]}, "not finite"),
        ({"P": [[[0.5, 0.5]], [[0.5]]]}, "not an array"),
    ],
)
def test_bad_arrays_are_refused_with_what_is_wrong(change: dict[str, object], words: str) -> None:
    good = {"P": np.full((2, 1, 2), 0.5), "R": np.zeros((2, 1, 2)), "rho": [0.5, 0.5], "horizon": 3, "gamma": 0.9}
    with pytest.raises(ValueError, match=words):
        TabularMDP(**(good | change))  # type: ignore[arg-type]


def test_logits_of_another_shape_are_refused() -> None:
    ours, _, _ = pair(0)
    with pytest.raises(ValueError, match=r"theta has shape \(2, 2\); expected \(3, 2\)"):
        exact(ours, np.zeros((2, 2)))


def test_nobody_is_visited_after_the_end() -> None:
    """By hand: from s = 0 the walk ends in s = 1 with probability 0.4 at every step, and is nowhere after that."""
    p, r = blank(2, 1)
    p[0, 0] = [0.6, 0.4]
    mdp = TabularMDP(p, r, np.array([1.0, 0.0]), horizon=4, terminal=[False, True])
    d = visits(mdp, np.ones((2, 1)))
    assert d[:, 0] == pytest.approx([1.0, 0.6, 0.36, 0.216])
    assert d[:, 1].tolist() == [0.0] * 4
