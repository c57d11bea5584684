"""What estimators make of a batch, and its samples as the steps of an update see them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rl_core.data.batch import LivePolicy
from rl_core.data.rows import Rows, kept, of_whole


@dataclass(frozen=True, slots=True)
class Trajectories:
    """To which trajectory each of [B] samples belongs, for weights that are products or sums along one."""

    index: Tensor  # [B] int64, 0..count-1; inside a trajectory the samples are in the order of time
    step: Tensor  # [B] int64, the index t inside the episode
    reward: Tensor  # [B], with what is bootstrapped added where a trajectory is cut
    baseline: Tensor  # [B]
    count: int  # N

    def total(self, x: Tensor) -> Tensor:
        """The sum of x [B] along each trajectory, [N]."""
        return torch.zeros(self.count, dtype=x.dtype, device=x.device).index_add(0, self.index, x)

    def running(self, x: Tensor) -> Tensor:
        """The sum of x [B] from a trajectory's first sample to this one, [B]."""
        order = torch.argsort(self.index, stable=True)
        summed = x.double()[order].cumsum(0)  # over the whole batch, so that in float32 late samples would lose digits
        total = torch.empty_like(summed).index_put((order,), summed)
        before = torch.cat([summed.new_zeros(1), self.total(x.double()).cumsum(0)])[:-1]
        return (total - before[self.index]).to(x.dtype)


@dataclass(frozen=True, slots=True)
class Estimates:
    """What the estimators made of a batch: the weight of each score, the critic's target, and v_t; all [T, N]."""

    advantage_t: Tensor
    target_t: Tensor
    value_t: Tensor
    return_t: Tensor
    td_error_t: Tensor | None
    baseline_t: Tensor  # what was subtracted from the return: V where the advantage carries it
    paid_t: Tensor | None = None  # r_t, and at a cut end also \gamma V(s_{t+1}); where weights run along trajectories


@dataclass(frozen=True, slots=True)
class Samples(Rows):
    """The samples of one optimiser step, flat over [B]: all valid ones of a batch, or a part of them."""

    obs: Tensor
    action: Tensor
    log_prob: Tensor  # of the policy that acted
    behaviour: Tensor  # [B, P] parameters of its distribution
    advantage: Tensor
    target: Tensor
    discount: Tensor | None = None  # \gamma^t of the index in the episode, where it weights the states
    value: Tensor | None = None  # V before the first step, where the value loss is clipped around it
    masks: tuple[Tensor, ...] = ()
    sizes: tuple[int, int] = kept((0, 0))  # M and N of the batch that these are samples of
    trajectories: Trajectories | None = of_whole()
    live: LivePolicy | None = of_whole()
    control_variate: Tensor | None = of_whole()  # [P] of the actor: a gradient whose mean is 0, subtracted as it is


class Score:
    r"""The parts of a policy loss -\sum_t w_t log \pi(a_t|s_t), so that other ways to its gradient can be taken."""

    __slots__ = ("log_pi", "weight")

    def __init__(self, weight: Tensor, log_pi: Tensor) -> None:
        self.weight, self.log_pi = weight, log_pi  # [B], reduction included, and [B]

    def loss(self) -> Tensor:
        """The surrogate; its value means nothing, its gradient is minus the estimate."""
        return -(self.weight * self.log_pi).sum()
