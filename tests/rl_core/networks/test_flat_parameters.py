"""One vector for all parameters: the modules stay ordinary, clipping and optimisers do what they do on the parts."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor

from rl_core.updates.flat import FlatParameters
from rl_core.updates.optimisers import build_optimiser
from rl_core.updates.step import backward, descend
from tests.rl_core.support import close, controls, network


def pair() -> tuple[Any, Any, FlatParameters]:
    """The same network twice, one of them in a flat vector."""
    net = network(4, 3, controls("ppo"))
    plain = copy.deepcopy(net)
    return net, plain, FlatParameters(net.groups())


def loss_of(net: Any, seed: int = 0) -> Tensor:
    x = torch.randn(20, 4, generator=torch.Generator().manual_seed(seed))
    return net.actor(x).square().sum() + (net.critic(x) - 3).square().sum()


def test_views_are_shared_in_both_directions() -> None:
    net, plain, flat = pair()
    for p, q in zip(net.parameters(), plain.parameters(), strict=True):
        assert bool((p == q).all())
    with torch.no_grad():
        flat.vector.add_(1.0)
        net.actor.layers[0].bias[0] = 42.0
    assert bool((net.critic.layers[0].bias == plain.critic.layers[0].bias + 1).all())
    assert 42.0 in flat.vector.tolist()


def test_views_stay_shared_after_backward_step_and_load() -> None:
    net, _, flat = pair()
    optimiser = build_optimiser(flat, controls("ppo"))
    for step in range(3):
        backward(loss_of(net, step), flat)
        descend(flat, optimiser, 0.5)
    joined = torch.cat([p.detach().reshape(-1) for group in net.groups().values() for p in group])
    grads = torch.cat([p.grad.reshape(-1) for group in net.groups().values() for p in group])
    assert bool((joined == flat.vector).all())
    assert bool((grads == flat.gradient).all())
    flat.load(torch.zeros_like(flat.vector))
    assert all(float(p.detach().abs().max()) == 0.0 for p in net.parameters())


def test_gradient_is_that_of_the_parts_and_does_not_accumulate() -> None:
    net, plain, flat = pair()
    for _ in range(2):
        backward(loss_of(net), flat)
    loss_of(plain).backward()
    parts = torch.cat([p.grad.reshape(-1) for group in plain.groups().values() for p in group])
    assert close(flat.gradient, parts, 1e-5)


@pytest.mark.parametrize("max_norm", [0.0, 0.5, 1e6])
def test_clip_is_torchs_clip_grad_norm(max_norm: float) -> None:
    net, plain, flat = pair()
    backward(loss_of(net), flat)
    loss_of(plain).backward()
    norm = flat.clip_gradient(max_norm)
    expected = torch.nn.utils.clip_grad_norm_(plain.parameters(), max_norm or float("inf"))
    parts = torch.cat([p.grad.reshape(-1) for group in plain.groups().values() for p in group])
    assert float(norm) == pytest.approx(float(expected), rel=1e-5)
    assert close(flat.gradient, parts, 1e-5)


@pytest.mark.parametrize("name", ["adam", "sgd", "rmsprop"])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_optimiser_on_the_vector_is_the_optimiser_on_the_parts(name: str, weight_decay: float) -> None:
    c = controls("ppo", optimiser=name, learning_rate=0.01, weight_decay=weight_decay)
    net, plain, flat = pair()
    ours = build_optimiser(flat, c)
    eps = c.adam_epsilon
    theirs: Any = {
        "adam": lambda p: torch.optim.Adam(p, lr=0.01, eps=eps, weight_decay=weight_decay),
        "sgd": lambda p: torch.optim.SGD(p, lr=0.01, weight_decay=weight_decay),
        "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01, eps=eps, weight_decay=weight_decay),
    }[name](list(plain.parameters()))
    for step in range(5):
        backward(loss_of(net, step) * 0.01, flat)
        descend(flat, ours, 0.0)
        theirs.zero_grad()
        (loss_of(plain, step) * 0.01).backward()
        theirs.step()
    parts = torch.cat([p.detach().reshape(-1) for group in plain.groups().values() for p in group])
    assert close(flat.vector, parts, 1e-5)


def test_groups_are_disjoint_and_cover_everything() -> None:
    net, _, flat = pair()
    assert set(flat.groups) == {"actor", "critic"}
    assert (
        sum(p.numel() for p in flat.groups.values()) == sum(p.numel() for p in net.parameters()) == flat.vector.numel()
    )
