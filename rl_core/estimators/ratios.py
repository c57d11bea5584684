r"""Importance ratios of one step, \rho_t = \pi_\theta(a_t|s_t) / \pi_{old}(a_t|s_t), and what is built from them."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def clipped_surrogate(
    rho_t: Float[Tensor, "*shape"], advantage_t: Float[Tensor, "*shape"], epsilon: float
) -> Float[Tensor, "*shape"]:
    r"""min(\rho A, clip(\rho, 1-\epsilon, 1+\epsilon) A), per sample (Schulman et al. 2017, eq. 7).

    The gradient is 0 only where the min selects the clipped branch: \rho = 0.7 with A > 0 still has one.
    """
    return torch.minimum(rho_t * advantage_t, rho_t.clamp(1 - epsilon, 1 + epsilon) * advantage_t)


def effective_sample_fraction(log_w: Float[Tensor, "*shape"]) -> Float[Tensor, ""]:
    r"""ESS / n = (\sum w)^2 / (n \sum w^2), with the largest log-weight subtracted first."""
    w = (log_w - log_w.max()).exp()
    return w.sum().square() / (w.square().sum() * w.numel())
