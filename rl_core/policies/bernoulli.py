"""Two actions from one logit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid

from rl_core.policies.categorical import ActingInDiscrete, CategoricalMeasures
from rl_core.policies.family import Family, family
from rl_core.types import ActionSpace, Discrete, FloatArray, Forward


@dataclass(frozen=True, slots=True)
class Bernoulli:
    r"""p = Pr(a = 1) = sigmoid(z), which is the softmax over the logits (0, z); `logit` z has shape [...], in nats."""

    logit: Tensor

    @classmethod
    def from_params(cls, params: Tensor) -> Bernoulli:
        """From the two logits [..., 2] of the equal softmax."""
        return cls(params[..., 1] - params[..., 0])

    def log_prob(self, action: Tensor) -> Tensor:
        r"""log p = -softplus(-z) for a = 1, log(1 - p) = -softplus(z) for a = 0; its derivative in z is a - p."""
        return logsigmoid(torch.where(action.bool(), self.logit, -self.logit))

    def entropy(self) -> Tensor:
        """-p ln p - (1 - p) ln(1 - p), between 0 and ln 2 (nats)."""
        p = torch.sigmoid(self.logit)
        return -p * logsigmoid(self.logit) - (1 - p) * logsigmoid(-self.logit)

    def kl(self, other: Bernoulli) -> Tensor:
        """KL(self || other) = p ln(p / q) + (1 - p) ln((1 - p) / (1 - q)) (nats)."""
        p = torch.sigmoid(self.logit)
        of_one = logsigmoid(self.logit) - logsigmoid(other.logit)
        of_zero = logsigmoid(-self.logit) - logsigmoid(-other.logit)
        return p * of_one + (1 - p) * of_zero

    def as_label(self, action: Tensor) -> Tensor:
        """The same number as -BCE(z, a)."""
        return -binary_cross_entropy_with_logits(self.logit, action.to(self.logit), reduction="none")

    def slope(self, action: Tensor) -> Tensor:
        """a - p in the one logit."""
        return (action - torch.sigmoid(self.logit)).unsqueeze(-1)

    @property
    def params(self) -> Tensor:
        """log Pr(a = 0) and log Pr(a = 1), [..., 2]: what a softmax of two logits would store."""
        return torch.stack([logsigmoid(-self.logit), logsigmoid(self.logit)], -1)


def _two_logits(forward: Forward) -> Forward:
    """One logit z as the two of the equal softmax, (0, z)."""

    def output(obs: FloatArray, masks: Sequence[FloatArray] = ()) -> FloatArray:
        z = forward(obs, masks)
        return np.concatenate([np.zeros_like(z), z], -1)

    return output


def _misfit(actions: ActionSpace) -> str:
    if isinstance(actions, Discrete) and actions.n == 2:
        return ""
    has = f"{actions.n} actions" if isinstance(actions, Discrete) else f"{actions.size} real numbers to act with"
    return f"chooses between two actions, but {{environment}} has {has}. Use 'auto'."


family(
    Family(
        id="bernoulli",
        misfit=_misfit,
        usual=lambda actions: False,
        outputs=lambda actions: 1,
        of=lambda out, _: Bernoulli(out.squeeze(-1)),
        from_params=Bernoulli.from_params,
        acting=lambda forward, actions, _: ActingInDiscrete(_two_logits(forward), 2),
        measures=lambda actions: CategoricalMeasures(2),
    )
)
