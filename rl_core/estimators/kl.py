r"""Sample estimates of a KL in nats from log \rho = log \pi_{new} - log \pi_{old} on data of the old policy.

Schulman, "Approximating KL divergence" (2020): k1 and k3 are unbiased, k3 is never negative, k2 has low variance. As
losses, with S the score of the new policy, their gradients per sample are -S, log \rho S and (\rho - 1) S: those of k1
and k3 have the KL's gradient as their mean over the old policy, and k1's has it even where \rho = 1, as noise around 0.
"""

from __future__ import annotations

from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from rl_core.estimators.options import kl_estimators

KlDirection = Literal["old||new", "new||old"]


@kl_estimators.option("exact", r"\mathrm{KL}")
def exact(old: Any, new: Any) -> Float[Tensor, "*shape"]:
    """KL(old || new) of two distributions, by the sum over all actions, per sample."""
    kl: Tensor = old.kl(new)
    return kl


@kl_estimators.option("k1", "k_1")
def k1(log_rho: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""-log \rho, per sample."""
    return -log_rho


@kl_estimators.option("k2", "k_2")
def k2(log_rho: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""(log \rho)^2 / 2, per sample."""
    return log_rho.square() / 2


@kl_estimators.option("k3", "k_3")
def k3(log_rho: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""\rho - 1 - log \rho >= 0, per sample; expm1 keeps the digits near \rho = 1."""
    return torch.expm1(log_rho) - log_rho


def sampled_kl(log_rho: Float[Tensor, "*shape"], how: str, direction: KlDirection) -> Float[Tensor, "*shape"]:
    r"""k(\log\rho) for KL(old || new), and \rho k(-\log\rho) for KL(new || old), per sample of the old policy.

    The ratio carries its gradient: E_old[\rho k] = E_new[k], whose gradient includes that of the distribution.
    """
    estimate = kl_estimators[how].function
    return estimate(log_rho) if direction == "old||new" else log_rho.exp() * estimate(-log_rho)
