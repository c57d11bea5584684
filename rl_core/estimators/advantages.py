r"""Advantages that carry their own V baseline, and normalisation."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from rl_core.ad.scan import reverse_scan
from rl_core.estimators.options import return_kinds
from rl_core.estimators.returns import piece_start


@return_kinds.option("td", r"\delta_t", "critic", "baseline")
def td_error(
    r_t: Float[Tensor, "T N"],
    v_t: Float[Tensor, "T N"],
    v_tp1: Float[Tensor, "T N"],
    terminated_t: Bool[Tensor, "T N"],
    gamma: float,
) -> Float[Tensor, "T N"]:
    r"""\delta_t = r_t + \gamma (1 - terminated_t) V(s_{t+1}) - V(s_t) (reward)."""
    return r_t + gamma * (~terminated_t).to(r_t.dtype) * v_tp1 - v_t


@return_kinds.option("gae", r"\textstyle\sum_l(\gamma\lambda)^l\delta_{t+l}", "critic", "baseline")
def gae(
    r_t: Float[Tensor, "T N"],
    v_t: Float[Tensor, "T N"],
    v_tp1: Float[Tensor, "T N"],
    terminated_t: Bool[Tensor, "T N"],
    end_t: Bool[Tensor, "T N"],
    gamma: float,
    lambda_: float,
) -> Float[Tensor, "T N"]:
    r"""A_t = \delta_t + \gamma \lambda (1 - end_t) A_{t+1} (reward).

    Generalised advantage estimation, Schulman et al. 2016, eq. 16. \lambda = 0 is the TD error, \lambda = 1 is
    G_t - V(s_t). The paper writes r_t for the reward of (s_t, a_t), as here.
    """
    delta_t = td_error(r_t, v_t, v_tp1, terminated_t, gamma)
    return reverse_scan(delta_t, gamma * lambda_ * (~end_t).to(r_t.dtype))


def normalise(
    a: Float[Tensor, "*shape"], valid: Bool[Tensor, "*shape"] | None = None, ddof: int = 0, eps: float = 1e-8
) -> Float[Tensor, "*shape"]:
    r"""(A - mean) / (std + \epsilon) over the valid entries (1); 0 where there are too few, or all are equal."""
    if valid is None and not a.requires_grad:
        return _standardise_all(a, ddof, eps)
    weight = torch.ones_like(a) if valid is None else valid.to(a.dtype)
    return _standardise(a, weight, weight.reshape(-1).argmax().expand_as(a), ddof, eps)


def normalise_pieces(
    a_t: Float[Tensor, "T N"], end_t: Bool[Tensor, "T N"], ddof: int = 0, eps: float = 1e-8
) -> Float[Tensor, "T N"]:
    r"""The same over each piece (a stretch of one lane between two ends) by itself."""
    lane = torch.arange(a_t.shape[1], device=a_t.device).expand_as(a_t)
    piece = piece_start(end_t) * a_t.shape[1] + lane
    return _standardise(a_t, torch.ones_like(a_t), piece, ddof, eps)


def _standardise_all(a: Tensor, ddof: int, eps: float) -> Tensor:
    """The hot path of `_standardise`: one piece, all valid, nothing to differentiate."""
    if a.numel() <= max(ddof, 1):
        return torch.zeros_like(a)
    std, mean = torch.std_mean(a, correction=ddof)
    return (a - mean) / (std + eps)


def _standardise(a: Tensor, weight: Tensor, piece: Tensor, ddof: int, eps: float) -> Tensor:
    """`piece` holds for each entry the flat index of the first entry it is normalised with."""
    flat, w, index = a.reshape(-1), weight.reshape(-1), piece.reshape(-1)
    # Measured from the piece's first entry, equal entries are 0 exactly; else the mean's rounding would become +-1.
    flat = flat - flat[index]

    def per_piece(x: Tensor) -> Tensor:
        return torch.zeros_like(flat).index_add(0, index, x)[index]

    count = per_piece(w)
    centred = (flat - per_piece(flat * w) / count.clamp(min=1)) * w
    variance = per_piece(centred.square()) / (count - ddof).clamp(min=1)
    return (centred * (count > ddof) / (_root(variance) + eps)).view_as(a)


def _root(x: Tensor) -> Tensor:
    """The square root with derivative 0 at 0, where sqrt has none and would turn a passing gate's gradient into NaN."""
    positive = x > 0
    return torch.where(positive, torch.where(positive, x, torch.ones_like(x)).sqrt(), torch.zeros_like(x))
