"""Action distributions; a Categorical from logits, never from a softmax followed by a log."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

HALF_LN_2PI = 0.5 * math.log(2 * math.pi)


class Distribution(Protocol):
    """What a policy says at a batch of states; sums run over the action's dimensions, never over samples."""

    def log_prob(self, action: Tensor) -> Tensor:
        """log pi(a), per sample (nats; for a density it depends on the action's units)."""

    def entropy(self) -> Tensor:
        """H, per sample (nats)."""

    def kl(self, other: Any) -> Tensor:
        """KL(self || other), per sample (nats); `other` is of the same family."""

    @property
    def params(self) -> Tensor:
        """The parameters [.., P] from which `ActorCritic.distribution` builds it again."""


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


@dataclass(frozen=True, slots=True)
class DiagonalGaussian:
    r"""a = \mu + \sigma * noise, independent over D_a dimensions; `mean` [..., D_a], `log_sigma` [D_a] or [..., D_a].

    Log-probability and entropy are those of a density, in nats per action volume: both depend on the action's units,
    and the entropy may be negative.
    """

    mean: Tensor
    log_sigma: Tensor

    @classmethod
    def from_params(cls, params: Tensor) -> DiagonalGaussian:
        """From mean ++ log sigma [..., 2 D_a]."""
        mean, log_sigma = params.chunk(2, -1)
        return cls(mean, log_sigma)

    def log_prob(self, action: Tensor) -> Tensor:
        r"""\sum_j -((a_j - \mu_j) / \sigma_j)^2 / 2 - log \sigma_j - ln(2 pi) / 2 (nats)."""
        noise = (action - self.mean) * (-self.log_sigma).exp()
        return -(0.5 * noise.square() + self.log_sigma + HALF_LN_2PI).sum(-1)

    def entropy(self) -> Tensor:
        r"""H = \sum_j log \sigma_j + ln(2 pi e) / 2, whatever the mean (nats)."""
        return (self.log_sigma + (HALF_LN_2PI + 0.5)).expand_as(self.mean).sum(-1)

    def kl(self, other: DiagonalGaussian) -> Tensor:
        r"""KL(self || other) = \sum_j ln(s'_j / s_j) + (s_j^2 + (m_j - m'_j)^2) / (2 s'_j^2) - 1/2 (nats)."""
        wider = other.log_sigma - self.log_sigma
        shift = (self.mean - other.mean) * (-other.log_sigma).exp()
        return (wider + 0.5 * ((-2 * wider).exp() + shift.square()) - 0.5).sum(-1)

    @property
    def params(self) -> Tensor:
        """Mean ++ log sigma."""
        return torch.cat([self.mean, self.log_sigma.expand_as(self.mean)], -1)
