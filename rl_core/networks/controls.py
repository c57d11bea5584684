"""How actor and critic are built, as controls that are fixed at the start of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from rl_core.controls import Controls, choice, number
from rl_core.networks.initial import Initialisation
from rl_core.policies.family import discover_families, families

discover_families()

if TYPE_CHECKING:  # the values are those of the families that are declared
    DistributionName = str
else:
    DistributionName = Literal[("auto", *families)]


class BodyControls(Controls):
    """How a network is built; fixed at the start of a run."""

    network: Literal["mlp", "linear", "tabular"] = choice(
        r"\text{network}", "mlp", title="Network", group="network", live=False,
        effect="Linear: one weight per input and action, no bias. Tabular: one number per state, for finite MDPs.",
    )  # fmt: skip
    """What computes logits, means and values: layers with an activation between them, one matrix, or a table."""

    hidden_layers: int = number(
        r"L",
        2,
        when=[("network", "is", "mlp")],
        title="Hidden layers",
        ge=1,
        le=4,
        group="network",
        live=False,
        effect="More layers fit more, slower.",
    )
    """Number of hidden layers in the actor and in the critic."""

    hidden_size: int = number(
        r"H", 64,
        when=[("network", "is", "mlp")],
        title="Hidden units", ge=4, le=512, log=True, group="network", live=False, unit="units",
        effect="Wider layers fit more, slower.",
    )  # fmt: skip
    """Units in each hidden layer."""

    activation: Literal["tanh", "relu", "leaky_relu"] = choice(
        r"\phi",
        "tanh",
        when=[("network", "is", "mlp")],
        title="Activation",
        group="network",
        live=False,
        effect="ReLU units can die; tanh saturates.",
    )
    """Function between two layers."""

    initialisation: Initialisation = choice(
        r"\theta_0", "orthogonal", title="Initial weights", group="network", live=False,
        effect="A small last layer starts near the uniform policy, entropy ln A.",
    )  # fmt: skip
    """How the first weights are drawn; `large` and `zeros` are there to be seen failing."""

    @property
    def hidden_sizes(self) -> tuple[int, ...]:
        """Units of each hidden layer."""
        return (self.hidden_size,) * self.hidden_layers if self.network == "mlp" else ()


class NetworkControls(BodyControls):
    """How actor and critic are built; fixed at the start of a run."""

    distribution: DistributionName = choice(
        r"\pi_\theta", "auto", title="Distribution", group="network", live=False,
        effect="Bernoulli: two actions from one logit, the softmax over (0, z); it learns the same from one output.",
    )  # fmt: skip
    """Family of the policy; by itself categorical for discrete actions and a diagonal Gaussian for continuous ones."""

    trunk: Literal["separate", "shared"] = choice(
        r"\text{trunk}", "separate", title="Trunk", group="network", live=False,
        effect="Shared features are learnt by both losses, which may pull them apart: watch the cosine on the trunk.",
    )  # fmt: skip
    """Whether actor and critic have hidden layers of their own, or only their last layers."""

    log_sigma: float = number(
        r"\log\sigma_0", 0.0,
        when=[("actions", "is", "box")],
        title="Initial log sigma", ge=-5, le=2, group="network", live=False,
        effect="Wider exploration at first; far beyond the bounds most actions are clipped. Continuous actions only.",
    )  # fmt: skip
    """Where the log standard deviation of a Gaussian policy starts; it is one free parameter per action dimension."""

    dropout: float = number(
        r"p", 0.0, title="Dropout", ge=0, le=0.9, group="network", live=False,
        effect="The mask becomes part of the policy that acts (B-8).",
    )  # fmt: skip
    """Probability that a hidden unit of the actor is silenced for one step."""

    @model_validator(mode="after")
    def _layers_to_share(self) -> NetworkControls:
        if self.network == "mlp":
            return self
        for name, neutral in (("dropout", 0.0), ("trunk", "separate")):
            if getattr(self, name) != neutral:
                self.refuse(name, f"{name} is {getattr(self, name)!r}, but network '{self.network}' has no hidden "
                            f"layer. Set {name} to {neutral!r}, or network to 'mlp'.")  # fmt: skip
        return self
