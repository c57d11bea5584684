"""The networks of the on-policy family: an actor, a critic where one is asked for, and the trunk they may share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import torch
from torch import Generator, Tensor, nn

from rl_core.controls import Controls, choice, number
from rl_core.networks.heads import Categorical, DiagonalGaussian, Distribution
from rl_core.networks.initial import Initialisation, initialise
from rl_core.networks.mlp import Mlp
from rl_core.types import ActionSpace, Box


class NetworkControls(Controls):
    """How actor and critic are built; fixed at the start of a run."""

    hidden_layers: int = number(
        r"L", 2, title="Hidden layers", ge=1, le=4, group="network", live=False, effect="More layers fit more, slower."
    )
    """Number of hidden layers in the actor and in the critic."""

    hidden_size: int = number(
        r"H", 64, title="Hidden units", ge=4, le=512, log=True, group="network", live=False, unit="units",
        effect="Wider layers fit more, slower.",
    )  # fmt: skip
    """Units in each hidden layer."""

    trunk: Literal["separate", "shared"] = choice(
        r"\text{trunk}", "separate", title="Trunk", group="network", live=False,
        effect="Shared features are learnt by both losses, which may pull them apart: watch the cosine on the trunk.",
    )  # fmt: skip
    """Whether actor and critic have hidden layers of their own, or only their last layers."""

    log_sigma: float = number(
        r"\log\sigma_0", 0.0, title="Initial log sigma", ge=-5, le=2, group="network", live=False,
        effect="Wider exploration at first; far beyond the bounds most actions are clipped. Continuous actions only.",
    )  # fmt: skip
    """Where the log standard deviation of a Gaussian policy starts; it is one free parameter per action dimension."""

    activation: Literal["tanh", "relu", "leaky_relu"] = choice(
        r"\phi", "tanh", title="Activation", group="network", live=False, effect="ReLU units can die; tanh saturates."
    )
    """Function between two layers."""

    initialisation: Initialisation = choice(
        r"\theta_0", "orthogonal", title="Initial weights", group="network", live=False,
        effect="A small last layer starts near the uniform policy, entropy ln A.",
    )  # fmt: skip
    """How the first weights are drawn; `large` and `zeros` are there to be seen failing."""

    dropout: float = number(
        r"p", 0.0, title="Dropout", ge=0, le=0.9, group="network", live=False,
        effect="The mask becomes part of the policy that acts (B-8).",
    )  # fmt: skip
    """Probability that a hidden unit of the actor is silenced for one step."""

    device: Literal["cpu", "cuda"] = choice(
        r"\text{device}", "cpu", title="Device", group="network", live=False,
        effect="Networks of this size are faster on the processor.",
    )  # fmt: skip
    """Where the networks live."""


class ActorCritic(nn.Module):
    """An actor [.., D] -> logits [.., A] or means [.., D_a], and a critic [.., D] -> V [..], with or without a trunk.

    The log sigma of a Gaussian policy is one free parameter per action dimension and belongs to the actor's group.
    """

    def __init__(
        self, obs_size: int, actions: ActionSpace, c: NetworkControls, critic: bool, generator: Generator
    ) -> None:
        super().__init__()
        self.hidden_sizes = (c.hidden_size,) * c.hidden_layers
        shared = c.trunk == "shared"
        body = [obs_size, *self.hidden_sizes]
        own = body[-1:] if shared else body
        self.trunk = Mlp(body, c.activation, trunk=True) if shared else None
        outputs = actions.size if isinstance(actions, Box) else actions.n
        self.actor = Mlp([*own, outputs], c.activation)
        self.critic = Mlp([*own, 1], c.activation) if critic else None
        self.log_sigma = nn.Parameter(torch.full((outputs,), c.log_sigma)) if isinstance(actions, Box) else None
        self._features: dict[int, tuple[Tensor, Tensor]] | None = None
        for net, gain in ((self.trunk, 1.0), (self.actor, 0.01), (self.critic, 1.0)):
            if net is not None:
                initialise(net, c.initialisation, gain, generator)

    def policy(self, obs: Tensor, masks: tuple[Tensor, ...] = ()) -> Distribution:
        """pi(.|s) for observations [.., D]; the masks belong to the hidden layers, wherever those are."""
        out = self.actor(obs, masks) if self.trunk is None else self.actor(self._trunk(obs, masks))
        return Categorical.from_logits(out) if self.log_sigma is None else DiagonalGaussian(out, self.log_sigma)

    def distribution(self, params: Tensor) -> Distribution:
        """The distribution with parameters [.., P]: the actor's output, or what a batch stored."""
        return Categorical.from_logits(params) if self.log_sigma is None else DiagonalGaussian.from_params(params)

    def value(self, obs: Tensor) -> Tensor:
        """V(s) [..], with the unit axis removed: a value of shape [B, 1] against a target [B] would broadcast.

        Dropout is of the policy: V is computed without masks, also where the trunk is shared.
        """
        assert self.critic is not None
        v: Tensor = self.critic(obs if self.trunk is None else self._trunk(obs)).squeeze(-1)
        return v

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Disjoint parameter groups by name."""
        named = {"actor": self.actor, "critic": self.critic, "trunk": self.trunk}
        groups = {name: list(net.parameters()) for name, net in named.items() if net is not None}
        groups["actor"] += [] if self.log_sigma is None else [self.log_sigma]
        return groups

    @contextmanager
    def one_forward(self) -> Iterator[None]:
        """Inside, a shared trunk is computed once per observation tensor, however many heads ask for it."""
        self._features = {}
        try:
            yield
        finally:
            self._features = None

    def _trunk(self, obs: Tensor, masks: tuple[Tensor, ...] = ()) -> Tensor:
        assert self.trunk is not None
        if masks or self._features is None:
            return self.trunk(obs, masks)  # type: ignore[no-any-return]
        if id(obs) not in self._features:  # the tensor is kept beside its features, so that its id is not given away
            self._features[id(obs)] = (obs, self.trunk(obs))
        return self._features[id(obs)][1]
