r"""Baselines from the batch's own returns; a piece (a stretch between two ends) counts as a trajectory.

With N trajectories: `batch_mean` b = (1/N) sum_j R_j has expectation (1 - 1/N) grad J (right direction, shrunk);
`leave_one_out` b_i = (1/(N-1)) sum_{j != i} R_j is unbiased and N/(N-1) times the former, sample by sample.
"""

from __future__ import annotations

import torch
from torch import Tensor

from rl_core.estimators.returns import piece_start


def batch_mean(return_t: Tensor, end_t: Tensor, valid_t: Tensor | None) -> Tensor:
    """The mean over trajectories of R, at every step, [T, N] (reward); `return_t` is the return-to-go."""
    starts = _starts(end_t, valid_t).to(return_t.dtype)
    return (return_t * starts).sum() / starts.sum() * torch.ones_like(return_t)


def leave_one_out(return_t: Tensor, end_t: Tensor, valid_t: Tensor | None) -> Tensor:
    """The mean of R over the other trajectories, [T, N] (reward); 0 where there is no other."""
    starts = _starts(end_t, valid_t).to(return_t.dtype)
    own_t = return_t.gather(0, piece_start(end_t))
    others = starts.sum() - 1
    if others < 1:
        return torch.zeros_like(return_t)
    return ((return_t * starts).sum() - own_t) / others


def _starts(end_t: Tensor, valid_t: Tensor | None) -> Tensor:
    begins = torch.cat([torch.ones_like(end_t[:1]), end_t[:-1]])
    return begins if valid_t is None else begins & valid_t
