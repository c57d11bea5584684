"""Every declared family of distributions: its formulas in NumPy and in torch are one; what is read of it is a value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from rl_core.config import resolve  # importing it fills the registries
from rl_core.networks.forward import graphless
from rl_core.networks.mlp import Mlp
from rl_core.policies.family import Family, families
from rl_core.types import ActionSpace, Discrete
from tests.rl_core.support import BOX

assert resolve is not None

SPACES = (Discrete(("no", "yes")), Discrete(("a", "b", "c")), BOX)
FITTING = [
    pytest.param(f, space, id=f"{f.id}-{k}")
    for f in families.values()
    for k, space in enumerate(SPACES)
    if not f.misfit(space)
]


def made(f: Family, space: ActionSpace) -> tuple[Mlp, Any, Any]:
    """A network of the family's outputs, its free log sigma, and how it acts."""
    torch.manual_seed(0)
    net = Mlp([4, f.outputs(space)], "tanh")
    sigma = nn.Parameter(torch.tensor([-0.3, 0.2])) if f.has_sigma else None
    return net, sigma, f.acting(graphless(net), space, sigma)


def test_every_action_space_has_one_usual_family() -> None:
    for space in SPACES:
        usual = [f.id for f in families.values() if f.usual(space)]
        assert len(usual) == 1
        assert not families[usual[0]].misfit(space)


@pytest.mark.parametrize("f", families.values(), ids=lambda f: f.id)
def test_a_misfit_is_a_sentence_that_names_the_environment(f: Family) -> None:
    reasons = [f.misfit(space) for space in SPACES]
    assert any(reasons)
    assert all("{environment}" in reason and "Use '" in reason for reason in reasons if reason)


@pytest.mark.parametrize(("f", "space"), FITTING)
def test_what_numpy_reads_is_what_torch_says(f: Family, space: ActionSpace) -> None:
    net, sigma, acting = made(f, space)
    obs = torch.randn(50, 4)
    pi, measures = f.of(net(obs), sigma), f.measures(space)
    stored = acting.params(acting.output(obs.numpy(), ()))
    action = acting.sample(acting.output(obs.numpy(), ()), acting.noise(np.random.default_rng(0), 1, 50)[0])
    normal = measures.normal(stored)
    other = f.from_params(torch.from_numpy(stored).roll(1, 0))
    with torch.no_grad():
        assert np.allclose(measures.log_prob(normal, action), pi.log_prob(torch.from_numpy(action)), atol=1e-5)
        assert np.allclose(measures.entropy(normal), pi.entropy(), atol=1e-5)
        assert measures.kl(normal, np.roll(normal, 1, 0)) == pytest.approx(float(pi.kl(other).mean()), rel=1e-4)
        again, taken = f.from_params(pi.params), torch.from_numpy(action)
        assert torch.allclose(again.log_prob(taken), pi.log_prob(taken), atol=1e-5)


@pytest.mark.parametrize(("f", "space"), FITTING)
def test_samples_have_the_probabilities_that_are_said(f: Family, space: ActionSpace) -> None:
    """In one state: the mean log-probability of 40,000 samples is minus the entropy, and the mode is the likeliest."""
    net, sigma, acting = made(f, space)
    obs = torch.randn(1, 4).expand(40_000, 4)
    output = acting.output(obs.numpy(), ())
    action = acting.sample(output, acting.noise(np.random.default_rng(1), 1, 40_000)[0])
    with torch.no_grad():
        pi = f.of(net(obs), sigma)
        assert float(pi.log_prob(torch.from_numpy(action)).mean()) == pytest.approx(-float(pi.entropy()[0]), abs=0.03)
        best = pi.log_prob(torch.from_numpy(acting.mode(output)))
        assert bool((best >= pi.log_prob(torch.from_numpy(action)) - 1e-6).all())


@pytest.mark.parametrize(("f", "space"), FITTING)
def test_what_is_read_of_a_policy_does_not_move_with_its_parameters(f: Family, space: ActionSpace) -> None:
    net, sigma, acting = made(f, space)
    obs = torch.randn(5, 4)
    stored = acting.params(acting.output(obs.numpy(), ()))
    read = f.of(net(obs), sigma).params.detach()
    before = stored.copy(), read.clone()
    with torch.no_grad():
        for p in [*net.parameters(), *([] if sigma is None else [sigma])]:
            p += 1.0
    assert np.array_equal(stored, before[0])
    assert torch.equal(read, before[1])
