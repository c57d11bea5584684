r"""Sample estimates of KL(old || new) in nats from log \rho = log \pi_{new} - log \pi_{old} on data of the old policy.

Schulman, "Approximating KL divergence" (2020): k1 and k3 are unbiased, k3 is never negative, k2 has low variance.
"""

from __future__ import annotations

import torch
from torch import Tensor


def k1(log_rho: Tensor) -> Tensor:
    r"""-log \rho, per sample."""
    return -log_rho


def k2(log_rho: Tensor) -> Tensor:
    r"""(log \rho)^2 / 2, per sample."""
    return log_rho.square() / 2


def k3(log_rho: Tensor) -> Tensor:
    r"""\rho - 1 - log \rho >= 0, per sample; expm1 keeps the digits near \rho = 1."""
    return torch.expm1(log_rho) - log_rho
