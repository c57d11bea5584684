"""The estimate of the on-policy family: the weight of each score and the critic's target, as its controls say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from rl_core.data.batch import Batch
from rl_core.data.samples import Estimates
from rl_core.estimators import advantages, returns
from rl_core.estimators.options import baselines, critic_targets, return_kinds


@dataclass(frozen=True, slots=True)
class Values:
    """V(s_t) and V of the true successors, both [T, N]."""

    v_t: Tensor
    v_tp1: Tensor
    q_t: Tensor | None = None  # Q(s_t, a_t), of a critic with a value per action

    @classmethod
    def of(cls, v: Tensor, v_cut: Tensor, b: Batch) -> Values:
        """From V of all T+1 rows and of the successors that are not the next row."""
        v_tp1 = v[1:].reshape(-1).index_put((b.cut_index,), v_cut).view_as(b.reward_t)
        return cls(v[:-1], v_tp1)

    def with_baseline(self, q_t: Tensor) -> Values:
        """The same with Q(s_t, a_t), of a critic that has it."""
        return replace(self, q_t=q_t)


class Ingredients:
    """What options of an estimate are made from, under the names of their parameters; each computed once, on demand."""

    def __init__(self, b: Batch, v: Values, c: Any) -> None:
        self.made: dict[Callable[..., Tensor], Tensor] = {}
        self.r_t, self.end_t, self.valid_t = b.reward_t, b.end_t, b.valid_t
        self.v_t, self.v_tp1, self.q_t = v.v_t, v.v_tp1, v.q_t
        self.terminated_t = b.terminated_t | b.truncated_t if c.time_limit == "terminate" else b.terminated_t
        self.gamma, self.lambda_, self.n = c.gamma, c.gae_lambda, c.n_step
        self.baseline_constant, self._return_kind = c.baseline_constant, c.return_kind

    @cached_property
    def g_t(self) -> Tensor:
        """The return-to-go."""
        return returns.reward_to_go(self.r_t, self.v_tp1, self.terminated_t, self.end_t, self.gamma)

    @property
    def delta_t(self) -> Tensor:
        """The one-step TD error."""
        return return_kinds["td"].of(self)

    @property
    def gae_t(self) -> Tensor:
        """The generalised advantage."""
        return return_kinds["gae"].of(self)

    @property
    def n_step_t(self) -> Tensor:
        """The n-step return."""
        return return_kinds["n_step"].of(self)

    @property
    def return_t(self) -> Tensor:
        """The return that the control `return_kind` names."""
        return return_kinds[self._return_kind].of(self)


def estimate(b: Batch, values: Values | None, c: Any, baseline_t: Tensor | None = None) -> Estimates:
    """The weight of each score and the critic's target, [T, N]; under a graph if `values` carry one.

    `baseline_t` stands in for what the control `baseline` names, where it is made of more than returns and values.
    """
    v = values or Values(torch.zeros_like(b.reward_t), torch.zeros_like(b.reward_t))
    x = Ingredients(b, v, c)
    carried = "baseline" in return_kinds[c.return_kind].facts
    own_t = baselines[c.baseline].of(x) if baseline_t is None else baseline_t
    subtracted_t = x.v_t if carried else own_t
    return Estimates(
        advantage_t=_normalised(x.return_t if carried else x.return_t - subtracted_t, b, c),
        target_t=critic_targets[c.critic_target].of(x),
        value_t=x.v_t,
        return_t=x.g_t,
        td_error_t=None if c.critic == "none" else x.delta_t,
        baseline_t=subtracted_t,
        paid_t=returns.paid(x.r_t, x.v_tp1, x.terminated_t, x.end_t, x.gamma) if c.along_trajectories else None,
    )


def _normalised(a_t: Tensor, b: Batch, c: Any) -> Tensor:
    if c.advantage_norm == "batch":
        return advantages.normalise(a_t, b.valid_t, c.norm_ddof)
    if c.advantage_norm == "episode":
        return advantages.normalise_pieces(a_t, b.end_t, c.norm_ddof)
    return a_t
