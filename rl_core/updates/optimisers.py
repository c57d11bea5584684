"""The optimisers on offer; one object with a disjoint parameter group per network."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, Literal

import torch
from pydantic import model_validator
from torch.optim import Optimizer

from rl_core.controls import Controls, choice, number
from rl_core.schedules import Schedule
from rl_core.updates.flat import FlatParameters
from rl_core.updates.rmsprop import InsideRMSprop


class OptimiserControls(Controls):
    """How a gradient becomes a step."""

    own_rates: ClassVar[dict[str, str]] = {}  # parameter group -> the control that is its learning rate, 0 = the common

    optimiser: Literal["adam", "adamw", "sgd", "rmsprop"] = choice(
        r"\text{optimiser}", "adam", title="Optimiser", group="optimiser", live=False,
        effect="Adam ignores the scale of the loss, SGD does not; AdamW is Adam with decoupled weight decay.",
        ref="Kingma and Ba 2015",
    )  # fmt: skip
    """Rule that turns a gradient into a step."""

    learning_rate: float = number(
        r"\alpha", 3e-4, title="Learning rate", ge=0, le=1, log=True, group="optimiser",
        schedule="learning_rate_schedule",
        effect="Too large and the KL per update explodes; too small and nothing moves.",
    )  # fmt: skip
    """Step size of the optimiser."""

    learning_rate_schedule: Schedule = choice(
        r"\alpha(n)", "constant", title="Learning-rate schedule", group="optimiser",
        effect="Linear reaches 0 when the budget is used up.",
    )  # fmt: skip
    """How the learning rate falls with the fraction of the budget used."""

    max_grad_norm: float = number(
        r"\lVert g\rVert_{\max}", 0.5, title="Gradient-norm clip", ge=0, le=10, group="optimiser",
        effect="An always-clipped gradient hides the effective learning rate; 0 turns clipping off.",
    )  # fmt: skip
    """Largest L2 norm of the whole gradient that is applied; 0 = no limit."""

    weight_decay: float = number(
        r"\lambda_w", 0.0, title="Weight decay", ge=0, le=1, group="optimiser", live=False,
        effect="Pulls weights to 0; through the gradient, Adam rescales that pull as it does everything else.",
        ref="Loshchilov and Hutter 2019",
    )  # fmt: skip
    """AdamW: decoupled, weights shrink by learning rate x this. All others: L2, this x weight in the gradient."""

    momentum: float = number(
        r"\mu", 0.0, when=[("optimiser", "is", "sgd")], title="Momentum", ge=0, le=0.999, group="optimiser", live=False,
        effect="Steps keep 1/(1 - momentum) of their direction: faster along a valley, overshooting at its end.",
    )  # fmt: skip
    """Share of the last step that SGD takes again; Adam and RMSprop have averages of their own."""

    adam_epsilon: float = number(
        r"\epsilon_{\text{Adam}}", 1e-5,
        when=[("optimiser", "not", "sgd")],
        title="Adam epsilon", ge=1e-12, le=1, log=True, group="optimiser", live=False,
        effect="Larger values damp the step of parameters with small gradients.",
    )  # fmt: skip
    """Added to the root of the second moment; used by Adam, AdamW and RMSprop."""

    adam_beta1: float = number(
        r"\beta_1", 0.9, title="Adam beta 1", ge=0, le=0.9999, group="optimiser", live=False,
        when=[("optimiser", "in", ("adam", "adamw"))],
        effect="How long a direction is remembered: 1/(1 - beta 1) steps. Smaller turns faster.",
    )  # fmt: skip
    """Decay of the mean gradient."""

    adam_beta2: float = number(
        r"\beta_2", 0.999, title="Adam beta 2", ge=0, le=0.99999, group="optimiser", live=False,
        when=[("optimiser", "in", ("adam", "adamw"))],
        effect="How long a scale is remembered; short where the size of gradients changes as the policy does.",
    )  # fmt: skip
    """Decay of the mean squared gradient."""

    rmsprop_epsilon: Literal["outside", "inside"] = choice(
        r"\sqrt{s}+\epsilon", "outside", title="RMSprop epsilon", group="optimiser", live=False,
        when=[("optimiser", "is", "rmsprop")],
        effect="Inside the root, as published agents had it, small gradients make smaller steps.",
    )  # fmt: skip
    """Whether epsilon is added to the root of the mean square, or to the mean square under it."""

    @model_validator(mode="after")
    def _momentum_is_of_sgd(self) -> OptimiserControls:
        if self.momentum and self.optimiser != "sgd":
            self.refuse("momentum", f"momentum is used by the optimiser 'sgd' only, but optimiser is "
                        f"'{self.optimiser}'. Set momentum to 0, or choose 'sgd'.")  # fmt: skip
        return self


def build_optimiser(flat: FlatParameters, c: OptimiserControls, only: Collection[str] | None = None) -> Optimizer:
    """The optimiser over disjoint groups, one per name; `only` these, where something else moves the others."""
    kept = {name: p for name, p in flat.groups.items() if only is None or name in only}
    groups: list[dict[str, Any]] = [{"params": [p], "name": name} for name, p in kept.items()]
    lr, eps, decay = c.learning_rate, c.adam_epsilon, c.weight_decay
    betas = (c.adam_beta1, c.adam_beta2)
    if c.optimiser == "adam":
        return torch.optim.Adam(groups, lr=lr, betas=betas, eps=eps, weight_decay=decay, fused=True)
    if c.optimiser == "adamw":
        return torch.optim.AdamW(groups, lr=lr, betas=betas, eps=eps, weight_decay=decay, fused=True)
    if c.optimiser == "rmsprop" and c.rmsprop_epsilon == "inside":
        return InsideRMSprop(groups, lr=lr, eps=eps, weight_decay=decay)
    if c.optimiser == "rmsprop":
        return torch.optim.RMSprop(groups, lr=lr, eps=eps, weight_decay=decay)
    return torch.optim.SGD(groups, lr=lr, momentum=c.momentum, weight_decay=decay)


def set_learning_rates(optimiser: Optimizer, c: Any) -> None:
    """Use the learning rates in force from the next step on, a group's own where it has one; moments are kept."""
    for group in optimiser.param_groups:
        own = c.own_rates.get(group["name"])
        group["lr"] = (own and getattr(c, own)) or c.learning_rate
