"""Real numbers around a mean, independent of each other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

HALF_LN_2PI = 0.5 * math.log(2 * math.pi)


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
