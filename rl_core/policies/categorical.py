"""One of A actions; from logits, never from a softmax followed by a log."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Categorical:
    r"""\pi_i = e^{z_i} / sum_j e^{z_j} over A actions; `log_p` has shape [..., A], in nats."""

    log_p: Tensor

    @classmethod
    def from_logits(cls, logits: Tensor) -> Categorical:
        """The distribution with the given unnormalised log-probabilities."""
        return cls(torch.log_softmax(logits, dim=-1))

    def log_prob(self, action: Tensor) -> Tensor:
        """log pi(a); not summed over any axis, because one Categorical is one scalar action."""
        return self.log_p.gather(-1, action.unsqueeze(-1)).squeeze(-1)

    def entropy(self) -> Tensor:
        """H = -sum_i pi_i log pi_i, between 0 and ln A (nats)."""
        return -(self.log_p.exp() * self.log_p).sum(-1)

    def kl(self, other: Categorical) -> Tensor:
        """KL(self || other) = sum_i p_i (log p_i - log q_i) (nats)."""
        return (self.log_p.exp() * (self.log_p - other.log_p)).sum(-1)

    @property
    def params(self) -> Tensor:
        """The logits, normalised."""
        return self.log_p

    @property
    def max_entropy(self) -> float:
        """ln A (nats)."""
        return math.log(self.log_p.shape[-1])
