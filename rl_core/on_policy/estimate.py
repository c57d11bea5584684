"""The estimate of the on-policy family: the weight of each score and the critic's target, as its controls say."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from rl_core.data.batch import Batch
from rl_core.data.samples import Estimates
from rl_core.estimators import advantages, baselines, returns
from rl_core.on_policy.controls import OWN_BASELINE, OnPolicyControls


@dataclass(frozen=True, slots=True)
class Values:
    """V(s_t) and V of the true successors, both [T, N]."""

    v_t: Tensor
    v_tp1: Tensor
    q_t: Tensor | None = None  # Q(s_t, a_t), of a critic with a value per action
    given_t: Tensor | None = None  # a baseline that is made of scores

    @classmethod
    def of(cls, v: Tensor, v_cut: Tensor, b: Batch) -> Values:
        """From V of all T+1 rows and of the successors that are not the next row."""
        v_tp1 = v[1:].reshape(-1).index_put((b.cut_index,), v_cut).view_as(b.reward_t)
        return cls(v[:-1], v_tp1)

    def with_baseline(self, q_t: Tensor) -> Values:
        """The same with Q(s_t, a_t), of a critic that has it."""
        return replace(self, q_t=q_t)


def estimate(b: Batch, values: Values | None, c: OnPolicyControls, baseline_t: Tensor | None = None) -> Estimates:
    """The weight of each score and the critic's target, [T, N]; under a graph if `values` carry one.

    `baseline_t` is what is subtracted where the control `baseline` names one that is made of scores.
    """
    v = values or Values(torch.zeros_like(b.reward_t), torch.zeros_like(b.reward_t))
    if baseline_t is not None:
        v = replace(v, given_t=baseline_t)
    over_t = b.terminated_t | b.truncated_t if c.time_limit == "terminate" else b.terminated_t
    ends = (over_t, b.end_t, c.gamma)
    g_t = returns.reward_to_go(b.reward_t, v.v_tp1, *ends)
    delta_t = None if c.critic == "none" else advantages.td_error(b.reward_t, v.v_t, v.v_tp1, over_t, c.gamma)
    weight_t = _weight(b, v, g_t, ends, c)
    one_sweep = c.return_kind == "gae" and c.critic_target == "lambda"
    return Estimates(
        advantage_t=_normalised(weight_t, b, c),
        target_t=weight_t + v.v_t if one_sweep else _target(b, v, g_t, ends, c),
        value_t=v.v_t,
        return_t=g_t,
        td_error_t=delta_t,
        baseline_t=v.v_t if c.return_kind in OWN_BASELINE else _baseline(b, v, g_t, ends, c),
        paid_t=returns.paid(b.reward_t, v.v_tp1, *ends) if c.along_trajectories else None,
    )


def _weight(b: Batch, v: Values, g_t: Tensor, ends: tuple[Tensor, Tensor, float], c: OnPolicyControls) -> Tensor:
    if c.return_kind == "gae":
        return advantages.gae(b.reward_t, v.v_t, v.v_tp1, *ends, c.gae_lambda)
    if c.return_kind == "td":
        return advantages.td_error(b.reward_t, v.v_t, v.v_tp1, ends[0], c.gamma)
    return _return(b, v, g_t, ends, c) - _baseline(b, v, g_t, ends, c)


def _return(b: Batch, v: Values, g_t: Tensor, ends: tuple[Tensor, Tensor, float], c: OnPolicyControls) -> Tensor:
    if c.return_kind == "full":
        return returns.full_return(b.reward_t, v.v_tp1, *ends)
    if c.return_kind == "n_step":
        return returns.n_step_return(b.reward_t, v.v_t, v.v_tp1, *ends, c.n_step)
    return g_t


def _baseline(b: Batch, v: Values, g_t: Tensor, ends: tuple[Tensor, Tensor, float], c: OnPolicyControls) -> Tensor:
    if v.given_t is not None:
        return v.given_t
    if c.baseline in ("learned_v", "optimal_state"):
        return v.v_t
    if v.q_t is not None and c.baseline.startswith("action_dependent"):
        return v.q_t
    if c.baseline == "batch_mean":
        return baselines.batch_mean(g_t, b.end_t, b.valid_t)
    if c.baseline == "leave_one_out":
        return baselines.leave_one_out(g_t, b.end_t, b.valid_t)
    if c.baseline == "time_mean":
        return baselines.time_mean(_return(b, v, g_t, ends, c), b.end_t, b.valid_t)
    return torch.full_like(g_t, c.baseline_constant if c.baseline == "constant" else 0.0)


def _target(b: Batch, v: Values, g_t: Tensor, ends: tuple[Tensor, Tensor, float], c: OnPolicyControls) -> Tensor:
    if c.critic_target == "lambda":
        return advantages.gae(b.reward_t, v.v_t, v.v_tp1, *ends, c.gae_lambda) + v.v_t
    if c.critic_target == "td0":
        return advantages.td_error(b.reward_t, v.v_t, v.v_tp1, ends[0], c.gamma) + v.v_t
    if c.critic_target == "n_step":
        return returns.n_step_return(b.reward_t, v.v_t, v.v_tp1, *ends, c.n_step)
    return g_t


def _normalised(a_t: Tensor, b: Batch, c: OnPolicyControls) -> Tensor:
    if c.advantage_norm == "batch":
        return advantages.normalise(a_t, b.valid_t, c.norm_ddof)
    if c.advantage_norm == "episode":
        return advantages.normalise_pieces(a_t, b.end_t, c.norm_ddof)
    return a_t
