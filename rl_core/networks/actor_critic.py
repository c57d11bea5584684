"""The networks of the on-policy family: an actor, and a critic where one is asked for."""

from __future__ import annotations

from typing import Literal

from torch import Generator, Tensor, nn

from rl_core.controls import Controls, choice, number
from rl_core.networks.heads import Categorical, Distribution
from rl_core.networks.initial import Initialisation, initialise
from rl_core.networks.mlp import Mlp
from rl_core.types import Discrete


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
    """An actor [.., D] -> logits [.., A] and a separate critic [.., D] -> V [..] of the same shape."""

    def __init__(
        self, obs_size: int, actions: Discrete, c: NetworkControls, critic: bool, generator: Generator
    ) -> None:
        super().__init__()
        hidden = [c.hidden_size] * c.hidden_layers
        self.actor = Mlp([obs_size, *hidden, actions.n], c.activation)
        self.critic = Mlp([obs_size, *hidden, 1], c.activation) if critic else None
        initialise(self.actor, c.initialisation, 0.01, generator)
        if self.critic is not None:
            initialise(self.critic, c.initialisation, 1.0, generator)

    def policy(self, obs: Tensor, masks: tuple[Tensor, ...] = ()) -> Distribution:
        """pi(.|s) for observations [.., D]."""
        return self.distribution(self.actor(obs, masks))

    def distribution(self, params: Tensor) -> Distribution:
        """The distribution with parameters [.., P]: the actor's output, or what a batch stored."""
        return Categorical.from_logits(params)

    def value(self, obs: Tensor) -> Tensor:
        """V(s) [..], with the unit axis removed: a value of shape [B, 1] against a target [B] would broadcast."""
        assert self.critic is not None
        v: Tensor = self.critic(obs).squeeze(-1)
        return v

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Disjoint parameter groups by name."""
        named = {"actor": self.actor, "critic": self.critic}
        return {name: list(net.parameters()) for name, net in named.items() if net is not None}
