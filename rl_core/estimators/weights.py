r"""Importance weights from log \rho_t = log \pi_{\theta'} - log \pi_\theta on data of \pi_\theta, in log space.

W = \prod_t \rho_t is p_{\theta'}(\tau) / p_\theta(\tau) exactly: the transitions cancel. With independent steps its
second moment is \prod E[\rho_t^2], so that few of many long trajectories come to decide.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from rl_core.ad.scan import reverse_scan
from rl_core.data.samples import Trajectories
from rl_core.estimators.options import weights


@weights.option("none", "1")
def no_log_weight(log_rho_t: Float[Tensor, " B"], along: Trajectories) -> Float[Tensor, " B"]:
    """0 for every sample [B]: all count the same."""
    return torch.zeros_like(log_rho_t)


@weights.option("trajectory", r"\textstyle\prod_k\rho_k", "weight", "per trajectory")
def trajectory_log_weight(log_rho_t: Float[Tensor, " B"], along: Trajectories) -> Float[Tensor, " N"]:
    r"""log W_i = \sum_t log \rho_{i,t}, per trajectory [N]."""
    return along.total(log_rho_t)


@weights.option("per_decision", r"\textstyle\prod_{k\le t}\rho_k", "weight", "per reward")
def running_log_weight(log_rho_t: Float[Tensor, " B"], along: Trajectories) -> Float[Tensor, " B"]:
    r"""log \rho_{0:t} = \sum_{k \le t} log \rho_k, per sample [B]."""
    return along.running(log_rho_t)


@weights.option("clip", r"\rho_t", "clipped")
@weights.option("timestep", r"\rho_t", "weight")
def step_log_weight(log_rho_t: Float[Tensor, " B"], along: Trajectories) -> Float[Tensor, " B"]:
    r"""log \rho_t itself, per sample [B]."""
    return log_rho_t


def clamped(log_w: Float[Tensor, "*shape"], limit: float) -> Float[Tensor, "*shape"]:
    """log w within +- limit; 0 = as it is. A clamped weight is biased and has no gradient."""
    return log_w.clamp(-limit, limit) if limit > 0 else log_w


def self_normalised(log_w: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""w_i / mean(w), with the largest log-weight subtracted first: biased, bounded by the number of weights."""
    w = (log_w - log_w.max()).exp()
    return w / w.mean()


def step_normalised(log_w_t: Float[Tensor, " B"], along: Trajectories) -> Float[Tensor, " B"]:
    r"""\rho_{0:t} over its mean among the trajectories that still run at t (Thomas 2015, section 3.8)."""
    lowest = log_w_t.new_full((int(along.step.max()) + 1,), -torch.inf)
    highest = lowest.scatter_reduce(0, along.step, log_w_t, "amax")
    w = (log_w_t - highest[along.step]).exp()
    total, count = (torch.zeros_like(highest).index_add(0, along.step, x) for x in (w, torch.ones_like(w)))
    normalised: Tensor = w * (count / total)[along.step]
    return normalised


def per_decision(
    advantage_t: Float[Tensor, " B"], rho_0t: Float[Tensor, " B"], along: Trajectories, gamma: float
) -> Float[Tensor, " B"]:
    r"""\sum_{k \ge t} \gamma^{k-t} \rho_{0:k} r_k - \rho_{0:t} b_t, with b_t = G_t - A_t (Precup et al. 2000).

    A reward is weighted with the ratios up to its own decision only: those after it have mean 1 and only add noise.
    """
    g_t = _to_go(along.reward, along, gamma)
    return _to_go(rho_0t * along.reward, along, gamma) - rho_0t * (g_t - advantage_t)


def _to_go(x: Tensor, along: Trajectories, gamma: float) -> Tensor:
    r"""\sum_{k \ge t} \gamma^{k-t} x_k along each trajectory [B]; by recursion, for \gamma^t is 0 in float32 soon."""
    place = (along.step, along.index)
    x_t = x.new_zeros(int(along.step.max()) + 1, along.count).index_put(place, x)
    return reverse_scan(x_t, torch.full_like(x_t, gamma))[place]
