r"""Sample estimates of a KL in nats from log \rho = log \pi_{new} - log \pi_{old} on data of the old policy.

Schulman, "Approximating KL divergence" (2020): k1 and k3 are unbiased, k3 is never negative, k2 has low variance. As
losses, with S the score of the new policy, their gradients per sample are -S, log \rho S and (\rho - 1) S: those of k1
and k3 have the KL's gradient as their mean over the old policy, and k1's has it even where \rho = 1, as noise around 0.
"""

from __future__ import annotations

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

KlDirection = Literal["old||new", "new||old"]
KlEstimator = Literal["exact", "k1", "k2", "k3"]


def k1(log_rho: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""-log \rho, per sample."""
    return -log_rho


def k2(log_rho: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""(log \rho)^2 / 2, per sample."""
    return log_rho.square() / 2


def k3(log_rho: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""\rho - 1 - log \rho >= 0, per sample; expm1 keeps the digits near \rho = 1."""
    return torch.expm1(log_rho) - log_rho


def sampled_kl(
    log_rho: Float[Tensor, "*shape"], how: Literal["k1", "k2", "k3"], direction: KlDirection
) -> Float[Tensor, "*shape"]:
    r"""k(\log\rho) for KL(old || new), and \rho k(-\log\rho) for KL(new || old), per sample of the old policy.

    The ratio carries its gradient: E_old[\rho k] = E_new[k], whose gradient includes that of the distribution.
    """
    estimate = {"k1": k1, "k2": k2, "k3": k3}[how]
    return estimate(log_rho) if direction == "old||new" else log_rho.exp() * estimate(-log_rho)
