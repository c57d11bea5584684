"""The valid samples of a batch, flat over [M], as the minibatches of an epoch are cut from them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from rl_core.data.batch import Batch
from rl_core.data.samples import Estimates, Samples, Trajectories
from rl_core.estimators.returns import piece_start


def samples_of(b: Batch, e: Estimates, c: Any) -> Samples:
    """The valid samples of `b` with their estimates."""
    discounted = c.gamma_t and c.return_kind != "full"  # R(tau) is discounted from the start already
    return Samples(
        obs=flat(b.obs_t[:-1], b),
        action=flat(b.action_t, b),
        log_prob=flat(b.log_prob_t, b),
        behaviour=flat(b.behaviour_t, b),
        advantage=flat(e.advantage_t, b),
        target=flat(e.target_t, b),
        discount=flat(c.gamma ** b.episode_step_t.to(b.reward_t.dtype), b) if discounted else None,
        value=flat(e.value_t, b) if c.compares_values else None,
        masks=tuple(flat(mask, b) for mask in b.masks_t),
        sizes=_sizes(b),
        trajectories=None if e.paid_t is None else _trajectories(b, e.paid_t, e.baseline_t),
        live=None if b.live_t is None else b.live_t.mapped(lambda x: flat(x, b)),
    )


def flat(x: Tensor, b: Batch) -> Tensor:
    """[T, N, ...] to the valid [M, ...]."""
    rows = x.reshape(-1, *x.shape[2:])
    return rows if b.valid_t is None else rows[b.valid_t.reshape(-1)]


def estimated(samples: Samples, b: Batch, e: Estimates) -> Samples:
    """The same samples with other advantages and targets."""
    return replace(samples, advantage=flat(e.advantage_t, b), target=flat(e.target_t, b))


def _trajectories(b: Batch, paid_t: Tensor, baseline_t: Tensor) -> Trajectories:
    """Stretches between two ends, numbered in the order of their lanes' first samples."""
    start_t = piece_start(b.end_t) * b.shape[1] + torch.arange(b.shape[1], device=b.end_t.device)
    starts, index = torch.unique(flat(start_t, b), return_inverse=True)
    step, paid, baseline = (flat(x, b) for x in (b.episode_step_t, paid_t, baseline_t))
    return Trajectories(index, step, paid, baseline, len(starts))


def _sizes(b: Batch) -> tuple[int, int]:
    """M and N: valid steps, and trajectories (stretches between two ends) among them."""
    if b.valid_t is None:
        return b.reward_t.numel(), int(b.end_t.sum())
    return int(b.valid_t.sum()), int((b.end_t & b.valid_t).sum())
