r"""Variance-optimal constants from the terms of an estimate, \hat g = (1/N) \sum_i (X_i - b Y_i) with E[Y] = 0.

X_i = \sum_t \gamma^t S_t \Psi_t is trajectory i's part without a baseline, Y_i = \sum_t \gamma^t S_t its sum of scores,
both [N, P], or [N, K, P] for K batches at once. tr Cov is least at b* = E[X . Y] / E[|Y|^2]; for the full return
X = R Y, and b* = E[|S|^2 R] / E[|S|^2] (Greensmith, Bartlett and Baxter 2004, theorem 8). Made from the very samples it
is subtracted from, b* depends on them and the estimate is biased; sums over all others, or over another batch, do not.
"""

from __future__ import annotations

from typing import Literal

from jaxtyping import Float
from torch import Tensor

Source = Literal["previous", "leave_one_out", "same_batch"]


def moments(
    x: Float[Tensor, "N *K P"], y: Float[Tensor, "N *K P"], per_component: bool
) -> tuple[Float[Tensor, "N *K C"], Float[Tensor, "N *K C"]]:
    """X . Y and |Y|^2 of every trajectory, C = 1, or entry by entry, C = P."""
    cross, square = x * y, y.square()
    return (cross, square) if per_component else (cross.sum(-1, keepdim=True), square.sum(-1, keepdim=True))


def optimal_constant(cross: Float[Tensor, "N *K C"], square: Float[Tensor, "N *K C"]) -> Float[Tensor, "*K C"]:
    """b* from all trajectories; 0 where the scores vanish."""
    return _ratio(cross.sum(0), square.sum(0))


def leave_one_out_constant(cross: Float[Tensor, "N *K C"], square: Float[Tensor, "N *K C"]) -> Float[Tensor, "N *K C"]:
    """b* of each trajectory from all the others; 0 where there is no other."""
    return _ratio(cross.sum(0) - cross, square.sum(0) - square)


def _ratio(above: Tensor, below: Tensor) -> Tensor:
    return (above / below).nan_to_num(0.0, 0.0, 0.0)
