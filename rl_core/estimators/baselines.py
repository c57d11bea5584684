r"""Baselines from the batch's own returns; a piece (a stretch between two ends) counts as a trajectory.

With N trajectories: `batch_mean` b = (1/N) sum_j R_j has expectation (1 - 1/N) grad J (right direction, shrunk);
`leave_one_out` b_i = (1/(N-1)) sum_{j != i} R_j is unbiased and N/(N-1) times the former, sample by sample.
`time_mean` b_t = (1/N_t) sum_j G_{j,t}, or of whichever return is the weight, over the N_t trajectories that still run
at t: step t's part of grad J is shrunk by (1 - 1/N_t). With equal lengths that is (1 - 1/N) for every step; else late
steps, which few trajectories reach, are shrunk most, and the last one running by all it has.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from rl_core.estimators.options import baselines
from rl_core.estimators.returns import piece_start


@baselines.option("none", "")
def none(g_t: Float[Tensor, "T N"]) -> Float[Tensor, "T N"]:
    """Nothing, [T, N]."""
    return torch.zeros_like(g_t)


@baselines.option("constant", r"-b_0")
def constant(g_t: Float[Tensor, "T N"], baseline_constant: float) -> Float[Tensor, "T N"]:
    """The same number everywhere, [T, N] (reward)."""
    return torch.full_like(g_t, baseline_constant)


@baselines.option("batch_mean", r"-\bar R")
def batch_mean(
    g_t: Float[Tensor, "T N"], end_t: Bool[Tensor, "T N"], valid_t: Bool[Tensor, "T N"] | None
) -> Float[Tensor, "T N"]:
    """The mean over trajectories of R, at every step, [T, N] (reward); `g_t` is the return-to-go."""
    starts = _starts(end_t, valid_t).to(g_t.dtype)
    return (g_t * starts).sum() / starts.sum() * torch.ones_like(g_t)


@baselines.option("leave_one_out", r"-\bar R_{-i}")
def leave_one_out(
    g_t: Float[Tensor, "T N"], end_t: Bool[Tensor, "T N"], valid_t: Bool[Tensor, "T N"] | None
) -> Float[Tensor, "T N"]:
    """The mean of R over the other trajectories, [T, N] (reward); 0 where there is no other."""
    starts = _starts(end_t, valid_t).to(g_t.dtype)
    own_t = g_t.gather(0, piece_start(end_t))
    others = starts.sum() - 1
    if others < 1:
        return torch.zeros_like(g_t)
    return ((g_t * starts).sum() - own_t) / others


@baselines.option("time_mean", r"-\bar\Psi_t")
def time_mean(
    return_t: Float[Tensor, "T N"], end_t: Bool[Tensor, "T N"], valid_t: Bool[Tensor, "T N"] | None
) -> Float[Tensor, "T N"]:
    """The mean of the return over the trajectories that still run t steps after their start, [T, N] (reward)."""
    time = torch.arange(len(end_t), device=end_t.device).unsqueeze(1)
    index = (time - piece_start(end_t)).reshape(-1)
    runs = torch.ones_like(return_t) if valid_t is None else valid_t.to(return_t.dtype)
    per_step = torch.zeros(2, len(end_t), dtype=return_t.dtype, device=return_t.device)
    total, count = per_step.index_add(1, index, torch.stack([return_t * runs, runs]).reshape(2, -1))
    mean: Tensor = total / count.clamp(min=1)
    return mean[index].view_as(return_t)


@baselines.option("learned_v", r"-V_\phi(s_t)", "critic")
def learned_v(v_t: Float[Tensor, "T N"]) -> Float[Tensor, "T N"]:
    """V(s_t), [T, N] (reward)."""
    return v_t


@baselines.option("optimal_scalar", r"-b^*", "whole", "scores")
def optimal_scalar(g_t: Float[Tensor, "T N"]) -> Float[Tensor, "T N"]:
    """Nothing where no scores are at hand; from them `estimators.optimal` makes the constant, [T, N] (reward)."""
    return torch.zeros_like(g_t)


@baselines.option("optimal_component", "", "whole", "scores")
def optimal_component(g_t: Float[Tensor, "T N"]) -> Float[Tensor, "T N"]:
    """Nothing from the return: a constant per parameter is subtracted from the gradient."""
    return torch.zeros_like(g_t)


@baselines.option("optimal_state", r"-b^*_\phi(s_t)", "whole")
def optimal_state(v_t: Float[Tensor, "T N"]) -> Float[Tensor, "T N"]:
    """The critic, fitted to returns weighted with squared scores, [T, N] (reward)."""
    return v_t


@baselines.option("action_dependent_corrected", r"-Q_\phi(s_t,a_t)", "whole", "q")
@baselines.option("action_dependent", r"-Q_\phi(s_t,a_t)", "whole", "q")
def action_value(q_t: Float[Tensor, "T N"]) -> Float[Tensor, "T N"]:
    """Q(s_t, a_t), [T, N] (reward)."""
    return q_t


def _starts(end_t: Tensor, valid_t: Tensor | None) -> Tensor:
    begins = torch.cat([torch.ones_like(end_t[:1]), end_t[:-1]])
    return begins if valid_t is None else begins & valid_t
