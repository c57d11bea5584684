"""The networks of the on-policy family: an actor, a critic where one is asked for, and the trunk they may share."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Generator, Tensor, nn

from rl_core.networks.controls import NetworkControls
from rl_core.networks.forward import graphless
from rl_core.networks.initial import initialise
from rl_core.networks.mapping import Networks
from rl_core.networks.mlp import Mlp
from rl_core.policies.family import Acting, Distribution, family_for
from rl_core.types import ActionSpace, Discrete, Spaces

CriticKind = Literal["v", "q", "none"]


class ActorCritic(Networks):
    """An actor [.., D] -> logits [.., A] or means [.., D_a], and a critic [.., D] -> V [..] or Q [.., A].

    They may share a trunk. The log sigma of a Gaussian policy is one free parameter per action dimension and belongs to
    the actor's group. A linear policy has no bias, so that its gradient is (1 - pi) s; a linear V keeps one.
    """

    def __init__(
        self, obs_size: int, actions: ActionSpace, c: NetworkControls, critic: CriticKind, generator: Generator
    ) -> None:
        super().__init__()
        self.hidden_sizes, self.family = c.hidden_sizes, family_for(actions, c.distribution)
        shared = c.trunk == "shared"
        body = [obs_size, *self.hidden_sizes]
        own = body[-1:] if shared else body
        self.trunk = Mlp(body, c.activation, trunk=True) if shared else None
        self.actor = Mlp([*own, self.family.outputs(actions)], c.activation, bias=c.network == "mlp")
        values = actions.n if critic == "q" and isinstance(actions, Discrete) else 1
        self.critic = None if critic == "none" else Mlp([*own, values], c.activation, bias=c.network != "tabular")
        size = self.family.outputs(actions)
        self.log_sigma = nn.Parameter(torch.full((size,), c.log_sigma)) if self.family.has_sigma else None
        for net, gain in ((self.trunk, 1.0), (self.actor, 0.01), (self.critic, 1.0)):
            if net is not None:
                initialise(net, c.initialisation, gain, generator)

    def forward(self, obs: Tensor, action: Tensor, masks: tuple[Tensor, ...] = ()) -> Tensor:
        """log pi(a|s) [..]: the function of the parameters that per-sample gradients are taken of."""
        return self.policy(obs, masks).log_prob(action)

    def features(self, obs: Tensor, masks: tuple[Tensor, ...] = ()) -> Tensor:
        """What a shared trunk makes of observations [.., D]; without one the observations themselves."""
        return obs if self.trunk is None else self.trunk(obs, masks)

    def policy(self, obs: Tensor, masks: tuple[Tensor, ...] = ()) -> Distribution:
        """pi(.|s) for observations [.., D]; the masks belong to the hidden layers, wherever those are."""
        if self.trunk is None:
            return self._distribution_of(self.actor(obs, masks))
        return self._distribution_of(self.actor(self.trunk(obs, masks)))

    def policy_of(self, features: Tensor) -> Distribution:
        """pi(.|s) for features [.., H]."""
        return self._distribution_of(self.actor(features))

    def _distribution_of(self, out: Tensor) -> Distribution:
        return self.family.of(out, self.log_sigma)

    def distribution(self, params: Tensor) -> Distribution:
        """The distribution with parameters [.., P], as a batch stored them."""
        return self.family.from_params(params)

    def acting(self, actions: ActionSpace) -> Acting:
        """How the policy acts; to be asked after the parameters have found their place."""
        return self.family.acting(graphless(self.actor, self.trunk), actions, self.log_sigma)

    def value(self, obs: Tensor) -> Tensor:
        """V(s) [..], with the unit axis removed: a value of shape [B, 1] against a target [B] would broadcast.

        Dropout is of the policy: V is computed without masks, also where the trunk is shared.
        """
        return self.value_of(self.features(obs))

    def value_of(self, features: Tensor) -> Tensor:
        """V(s) [..] for features [.., H]."""
        assert self.critic is not None
        v: Tensor = self.critic(features).squeeze(-1)
        return v

    def q(self, obs: Tensor) -> Tensor:
        """Q(s, .) [.., A], of a critic that has one value per action."""
        return self.q_of(self.features(obs))

    def q_of(self, features: Tensor) -> Tensor:
        """Q(s, .) [.., A] for features [.., H]."""
        assert self.critic is not None
        q: Tensor = self.critic(features)
        return q

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Disjoint parameter groups by name."""
        named = {"actor": self.actor, "critic": self.critic, "trunk": self.trunk}
        groups = {name: list(net.parameters()) for name, net in named.items() if net is not None}
        groups["actor"] += [] if self.log_sigma is None else [self.log_sigma]
        return groups


def actor_critic(spaces: Spaces, c: Any, generator: Generator) -> ActorCritic:
    """The networks that the controls of the on-policy family ask for."""
    return ActorCritic(spaces.obs_size, spaces.actions, c, c.critic, generator)
