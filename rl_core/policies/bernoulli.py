"""Two actions from one logit."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid


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

    @property
    def params(self) -> Tensor:
        """log Pr(a = 0) and log Pr(a = 1), [..., 2]: what a softmax of two logits would store."""
        return torch.stack([logsigmoid(-self.logit), logsigmoid(self.logit)], -1)
