"""A shared trunk: the same functions as written out by hand, computed once, in a group of its own."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from rl_core.config import ConfigErrors, resolve
from rl_core.data.samples import Samples
from rl_core.networks.actor_critic import ActorCritic
from rl_core.networks.forward import graphless
from rl_core.on_policy.at import At
from rl_core.types import Discrete
from tests.rl_core.support import BOX, SMALL_PPO, SMALL_REINFORCE, Left, close, controls, losses, network, run

SHARED: dict[str, Any] = {"trunk": "shared", "hidden_layers": 2}


def features(net: ActorCritic, obs: torch.Tensor, masks: Any = (1.0, 1.0)) -> torch.Tensor:
    assert net.trunk is not None
    for layer, mask in zip(net.trunk.layers, masks, strict=True):
        obs = torch.tanh(layer(obs)) * mask
    return obs


def test_heads_are_single_layers_on_the_activated_trunk() -> None:
    net = network(4, 3, controls("ppo", **SHARED))
    obs = torch.randn(6, 4)
    assert net.critic is not None
    assert close(net.actor.layers[0](features(net, obs)), net.actor(features(net, obs)))
    assert close(net.policy(obs).params, torch.log_softmax(net.actor(features(net, obs)), -1), 1e-6)
    assert close(net.value(obs), net.critic.layers[0](features(net, obs))[:, 0], 1e-6)


def seen(obs: torch.Tensor, masks: tuple[torch.Tensor, ...] = ()) -> Samples:
    """Samples of which only the observations matter."""
    nothing = torch.zeros(len(obs))
    return Samples(obs, nothing, nothing, nothing, nothing, nothing, masks=masks)


def test_dropout_masks_the_trunk_for_the_policy_and_not_for_the_value() -> None:
    net = network(4, 3, controls("ppo", **SHARED))
    obs, masks = torch.randn(6, 4), tuple((torch.rand(6, 4) < 0.5) * 2.0 for _ in range(2))
    expected = torch.log_softmax(net.actor(features(net, obs, masks)), -1)
    at = At(seen(obs, masks), net, None)
    assert close(at.pi.params, expected, 1e-6)
    assert close(at.v, net.value(obs), 0.0)
    assert not close(net.policy(obs).params, expected, 1e-3)


@pytest.mark.parametrize("actions", [Discrete(("a", "b", "c")), BOX], ids=["discrete", "box"])
def test_forward_without_a_graph_is_the_forward_with_one(actions: Any) -> None:
    net = network(4, actions, controls("ppo", **SHARED))
    act, value, obs = net.acting(actions), graphless(net.critic, net.trunk), torch.randn(6, 4)
    masks = tuple((torch.rand(6, 4) < 0.5) * 2.0 for _ in range(2))
    assert value is not None
    for mask in ((), masks):
        params = torch.from_numpy(act.params(act.output(obs.numpy(), [m.numpy() for m in mask])))
        assert close(net.distribution(params).params, net.policy(obs, mask).params.detach(), 1e-6)
    assert close(torch.from_numpy(value(obs.numpy(), ()))[:, 0], net.value(obs).detach(), 1e-6)


def test_trunk_is_computed_once_where_both_heads_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    net, calls = network(4, 3, controls("ppo", **SHARED)), []
    obs = torch.randn(6, 4)
    trunk = net.trunk
    assert trunk is not None
    trunk.register_forward_hook(lambda *_: calls.append(1))
    at = At(seen(obs), net, None)
    first = at.pi.params
    assert at.v.shape == (6,)
    assert len(calls) == 1
    with torch.no_grad():
        trunk.layers[0].weight += 0.1  # an optimiser step: nothing of before may be remembered
    assert not close(At(seen(obs), net, None).pi.params, first, 1e-4)
    net.policy(obs)
    net.value(obs)
    assert len(calls) == 4


def test_groups_are_disjoint_and_whole() -> None:
    net = network(4, BOX, controls("ppo", **SHARED))
    groups = net.groups()
    assert set(groups) == {"actor", "critic", "trunk"}
    ids = [id(p) for parameters in groups.values() for p in parameters]
    assert sorted(ids) == sorted(id(p) for p in net.parameters())
    assert set(network(4, BOX, controls("ppo")).groups()) == {"actor", "critic"}


def test_cosine_on_the_trunk_is_that_of_the_two_gradients() -> None:
    r = run(SMALL_PPO | {"controls": SMALL_PPO["controls"] | {"trunk": "shared", "minibatches": 1, "epochs": 1}})
    b = r.source.collect(r.c)
    values = r.learner.estimate.values(b)
    assert values is not None
    before = r.learner.flat.vector.clone()
    trace = Left(r.learner.update(b, r.c, 0.0, probe_leaks=True))
    r.learner.flat.load(before)
    assert r.learner.net.trunk is not None
    slopes = []
    terms = losses(r.algorithm, trace.minibatches[0], r.learner.net, r.c).terms
    for name in ("policy", "value"):
        grads = torch.autograd.grad(terms[name], list(r.learner.net.trunk.parameters()), retain_graph=True)
        slopes.append(torch.cat([g.reshape(-1) for g in grads]))
    assert trace.probe is not None
    assert trace.probe.trunk_cosine == pytest.approx(float(torch.cosine_similarity(*slopes, 0)), abs=1e-4)
    assert Left(r.learner.update(b, r.c, 0.0)).probe is None


def test_trunk_without_a_critic_is_refused() -> None:
    body = SMALL_REINFORCE | {"controls": {"trunk": "shared", "critic": "none"}}
    with pytest.raises(ConfigErrors, match="'shared' is shared with a critic"):
        resolve(body)
