r"""Returns of trajectories; a *piece* is a stretch of one lane between two ends.

Conventions: r_t is received for (s_t, a_t); `end_t` stops the recursion (terminated, truncated or rollout edge); a
terminated successor is worth 0, any other end is worth `v_tp1_t` = V(true successor), 0 without a critic.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from rl_core.ad.scan import reverse_scan
from rl_core.estimators.options import return_kinds


def reward_to_go(
    r_t: Float[Tensor, "T N"],
    v_tp1: Float[Tensor, "T N"],
    terminated_t: Bool[Tensor, "T N"],
    end_t: Bool[Tensor, "T N"],
    gamma: float,
) -> Float[Tensor, "T N"]:
    r"""G_t = r_t + \gamma (1 - end_t) G_{t+1}, plus \gamma V(s_{t+1}) at an end that is not a termination (reward)."""
    return reverse_scan(paid(r_t, v_tp1, terminated_t, end_t, gamma), gamma * (~end_t).to(r_t.dtype))


def paid(
    r_t: Float[Tensor, "T N"],
    v_tp1: Float[Tensor, "T N"],
    terminated_t: Bool[Tensor, "T N"],
    end_t: Bool[Tensor, "T N"],
    gamma: float,
) -> Float[Tensor, "T N"]:
    r"""r_t, plus \gamma V(s_{t+1}) at an end that is not a termination (reward)."""
    return r_t + gamma * (end_t & ~terminated_t).to(r_t.dtype) * v_tp1


@return_kinds.option("full", r"R(\tau)")
def full_return(
    r_t: Float[Tensor, "T N"],
    v_tp1: Float[Tensor, "T N"],
    terminated_t: Bool[Tensor, "T N"],
    end_t: Bool[Tensor, "T N"],
    gamma: float,
) -> Float[Tensor, "T N"]:
    r"""R(\tau) = \sum_{k \ge 0} \gamma^k r_k from the start of the piece, the same at each of its steps (reward)."""
    g_t = reward_to_go(r_t, v_tp1, terminated_t, end_t, gamma)
    return g_t.gather(0, piece_start(end_t))


@return_kinds.option("reward_to_go", r"G_t")
def return_to_go(g_t: Float[Tensor, "T N"]) -> Float[Tensor, "T N"]:
    """G_t, as `reward_to_go` makes it."""
    return g_t


@return_kinds.option("n_step", r"G_t^{(n)}", "critic")
def n_step_return(
    r_t: Float[Tensor, "T N"],
    v_t: Float[Tensor, "T N"],
    v_tp1: Float[Tensor, "T N"],
    terminated_t: Bool[Tensor, "T N"],
    end_t: Bool[Tensor, "T N"],
    gamma: float,
    n: int,
) -> Float[Tensor, "T N"]:
    r"""G_t^{(n)} = \sum_{i<k} \gamma^i r_{t+i} + \gamma^k (1 - terminated) V(s_{t+k}), k = min(n, steps to the end).

    One sweep makes the k-step return of every t from the (k-1)-step return of t + 1.
    """
    alive_t, g_t = (~terminated_t).to(r_t.dtype), v_t
    for _ in range(min(n, len(r_t))):
        g_tp1 = torch.cat([g_t[1:], g_t[:1]])
        g_t = r_t + gamma * torch.where(end_t, alive_t * v_tp1, g_tp1)
    return g_t


def piece_start(end_t: Bool[Tensor, "T N"]) -> Int64[Tensor, "T N"]:
    """For each (t, n) the time at which its piece began."""
    time = torch.arange(len(end_t), device=end_t.device).unsqueeze(1).expand_as(end_t)
    begins = torch.cat([torch.ones_like(end_t[:1]), end_t[:-1]])
    return torch.where(begins, time, torch.zeros_like(time)).cummax(0).values
