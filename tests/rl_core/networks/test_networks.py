"""Networks: the two forward passes, dropout, initialisation, and parameters seen through a gate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from rl_core.ad.gate import Gate
from rl_core.ad.hold import hold
from rl_core.networks.forward import graphless
from rl_core.networks.initial import initialise
from rl_core.networks.mlp import Mlp
from rl_core.streams import Streams
from rl_core.updates.flat import FlatParameters
from tests.rl_core.support import Left, close, controls, gradient, network, run

ACTIVATIONS = ["tanh", "relu", "leaky_relu"]


def mlp(
    activation: str = "tanh", sizes: tuple[int, ...] = (4, 32, 32, 3), how: Any = "default", gain: float = 1.0
) -> Mlp:
    net = Mlp(sizes, activation)
    initialise(net, how, gain, torch.Generator().manual_seed(0))
    return net


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("masked", [False, True])
def test_forward_without_a_graph_is_the_forward_with_one(activation: str, masked: bool) -> None:
    net = mlp(activation)
    forward = graphless(net)
    x = torch.randn(50, 4)
    masks = tuple((torch.rand(50, 32) < 0.5) * 2.0 for _ in range(2)) if masked else ()
    for _ in range(2):
        fast = torch.from_numpy(forward(x.numpy(), [m.numpy() for m in masks]))
        assert close(fast, net(x, masks).detach(), 1e-5)
        with torch.no_grad():
            net.layers[0].weight += 0.1  # in place, as an optimiser does: both must see it
    assert fast.dtype == torch.float32


def test_forward_without_a_graph_leaves_its_input_alone() -> None:
    x = np.ones((3, 4), np.float32)
    graphless(mlp())(x, ())
    assert (x == 1).all()


def test_forward_follows_parameters_that_moved_into_one_vector() -> None:
    net = mlp()
    flat = FlatParameters({"actor": list(net.parameters())})
    forward = graphless(net)
    with torch.no_grad():
        flat.vector.mul_(0.5)
    x = torch.randn(5, 4)
    assert close(torch.from_numpy(forward(x.numpy(), ())), net(x).detach(), 1e-6)


def test_dropout_mask_silences_units_and_scales_the_rest() -> None:
    net = mlp("relu", (4, 6, 2))
    x = torch.randn(1, 4)
    mask = torch.tensor([[2.0, 0.0, 2.0, 0.0, 2.0, 2.0]])
    hidden = torch.relu(net.layers[0](x)) * mask
    assert close(net(x, (mask,)), net.layers[1](hidden), 1e-6)
    assert close(net(x, (torch.ones(1, 6),)), net(x), 1e-6)


@pytest.mark.parametrize("p", [0.3, 0.5])
def test_dropout_masks_are_inverted_and_stored_with_the_data(p: float) -> None:
    r = run({"algorithm": "ppo", "environment": {"id": "CartPole-v1"},
             "controls": {"dropout": p, "n_steps": 64, "hidden_size": 16}})  # fmt: skip
    b = r.source.collect(r.c)
    assert [tuple(m.shape) for m in b.masks_t] == [(64, 8, 16)] * 2
    for mask in b.masks_t:
        assert mask.unique().tolist() == pytest.approx([0.0, 1 / (1 - p)])
        assert float((mask > 0).float().mean()) == pytest.approx(1 - p, abs=0.03)
    assert not bool((b.masks_t[0] == b.masks_t[1]).all())


def test_I_29_ratio_is_1_at_epoch_0_in_float32_after_real_collection() -> None:
    for dropout in (0.0, 0.5):
        r = run({"algorithm": "ppo", "environment": {"id": "CartPole-v1"}, "controls": {"dropout": dropout}})
        for _ in range(2):
            b = r.source.collect(r.c)
            first = Left(r.learner.update(b, r.c, 0.0)).losses[0]
            assert float(first.log_ratio.detach().abs().max()) < 1e-5


@pytest.mark.parametrize("mask", ["redrawn", "off"])
def test_B_8_ratio_is_not_1_at_epoch_0_under_another_mask(mask: str) -> None:
    settings = {"dropout": 0.5, "dropout_mask": mask, "initialisation": "default"}
    r = run({"algorithm": "ppo", "environment": {"id": "CartPole-v1"}, "controls": settings})
    b = r.source.collect(r.c)
    first = Left(r.learner.update(b, r.c, 0.0)).losses[0]
    assert float(first.log_ratio.detach().abs().max()) > 1e-2


# --- initialisation ---------------------------------------------------------------------------------------------------


def test_orthogonal_gains() -> None:
    net = mlp(how="orthogonal", gain=0.01, sizes=(16, 16, 16, 4))
    for layer, gain in zip(net.layers, (math.sqrt(2), math.sqrt(2), 0.01), strict=True):
        w = layer.weight.detach()
        assert close(w @ w.T, gain**2 * torch.eye(len(w)), 1e-5)
        assert float(layer.bias.detach().abs().max()) == 0.0


def test_xavier_bounds_and_zero_bias() -> None:
    net = mlp(how="xavier")
    for layer in net.layers:
        fan_out, fan_in = layer.weight.shape
        assert float(layer.weight.detach().abs().max()) <= math.sqrt(6 / (fan_in + fan_out))
        assert float(layer.bias.detach().abs().max()) == 0.0


def test_default_bounds_and_large_spread() -> None:
    for layer in mlp(how="default").layers:
        bound = 1 / math.sqrt(layer.in_features)
        assert float(layer.weight.detach().abs().max()) <= bound
        assert 0 < float(layer.bias.detach().abs().max()) <= bound
    assert float(mlp(how="large").layers[1].weight.detach().std()) == pytest.approx(3.0, rel=0.1)


@pytest.mark.parametrize(("how", "tolerance"), [("orthogonal", 1e-4), ("zeros", 1e-6)])
def test_initial_policy_is_nearly_uniform(how: str, tolerance: float) -> None:
    net = network(4, 3, controls("reinforce", initialisation=how, hidden_size=64))
    entropy = net.policy(torch.randn(200, 4)).entropy()
    assert close(entropy.detach(), torch.full((200,), math.log(3)), tolerance)


def test_initial_weights_depend_on_the_seed_and_on_nothing_else() -> None:
    def first(seed: int, **settings: Any) -> torch.Tensor:
        c = controls("ppo", **settings)
        net = network(4, 2, c)
        initialise(net.actor, c.initialisation, 0.01, Streams(seed).initialisation())
        return net.actor.layers[0].weight.detach()

    assert bool((first(0) == first(0, gamma=0.5, clip=0.1)).all())
    assert not bool((first(0) == first(1)).all())


# --- hold -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["block", "pass"])
def test_hold_lets_gradient_through_a_module_and_into_it_only_while_passing(state: Any) -> None:
    net = mlp()
    x = torch.randn(5, 4, requires_grad=True)
    out = hold(net, Gate("critic", state), x).sum()
    plain = net(x).sum()
    assert close(out.detach(), plain.detach(), 1e-6)
    assert close(gradient(out, [x]), gradient(plain, [x]), 1e-6)
    inside = gradient(out, net.parameters())
    expected = gradient(plain, net.parameters()) if state == "pass" else torch.zeros_like(inside)
    assert close(inside, expected, 1e-6)
    assert all(p.requires_grad for p in net.parameters())
