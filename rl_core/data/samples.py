"""What estimators make of a batch, and the samples of one optimiser step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from rl_core.data.batch import LivePolicy
from rl_core.policies.family import Distribution


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
class Minibatch:
    """The samples of one optimiser step, flat over [B]; `scale` turns a mean over them into the chosen reduction."""

    obs: Tensor
    action: Tensor
    log_prob: Tensor
    behaviour: Tensor
    advantage: Tensor
    target: Tensor
    discount: Tensor | None
    old_value: Tensor | None  # V before the first step, where the value loss is clipped around it
    scale: float
    progress: float  # fraction of the budget used, for schedules
    masks: tuple[Tensor, ...] = ()
    kl_coef: float = 0.0  # weight of a KL penalty, where there is one
    trajectories: Trajectories | None = None  # None where the samples are a part of an epoch's shuffled batch
    live: LivePolicy | None = None
    control_variate: Tensor | None = None  # [P] of the actor: a gradient whose mean is 0, subtracted as it is

    def discounted(self, x_t: Tensor) -> Tensor:
        r"""\gamma^t x_t where the state weights are discounted, else x_t."""
        return x_t if self.discount is None else self.discount * x_t

    def tensors(self) -> list[Tensor]:
        """Every tensor, in a fixed order."""
        named = [self.obs, self.action, self.log_prob, self.behaviour, self.advantage, self.target]
        return [*named, *(x for x in (self.discount, self.old_value) if x is not None), *self.masks]

    def with_tensors(self, tensors: list[Tensor]) -> Minibatch:
        """The same with other tensors, in the order of `tensors`."""
        first, rest = tensors[:6], tensors[6:]
        discount = None if self.discount is None else rest.pop(0)
        old_value = None if self.old_value is None else rest.pop(0)
        obs, action, log_prob, behaviour, advantage, target = first
        return replace(
            self, obs=obs, action=action, log_prob=log_prob, behaviour=behaviour, advantage=advantage, target=target,
            discount=discount, old_value=old_value, masks=tuple(rest),
        )  # fmt: skip

    def mapped(self, f: Callable[[Tensor], Tensor]) -> Minibatch:
        """f applied to every tensor."""
        return self.with_tensors([f(x) for x in self.tensors()])


@dataclass(frozen=True, slots=True)
class Score:
    r"""The parts of a policy loss -\sum_t w_t log \pi(a_t|s_t), so that other ways to its gradient can be taken."""

    weight: Tensor  # [B], reduction included
    log_pi: Tensor  # [B]

    def loss(self) -> Tensor:
        """The surrogate; its value means nothing, its gradient is minus the estimate."""
        return -(self.weight * self.log_pi).sum()


@dataclass(frozen=True, slots=True)
class Losses:
    """Scalar losses by name (they are summed before the one backward pass) and the tensors that metrics read."""

    terms: dict[str, Tensor]
    log_ratio: Tensor  # [B]
    pi: Distribution  # the current policy at the samples
    kl: Tensor | None = None  # mean KL to the reference, where it is controlled
    score: Score | None = None  # of the policy loss, where it is a score-function loss
    log_weight: Tensor | None = None  # [N] or [B]: log of the importance weights, where they are not the ratios

    def total(self, *without: str) -> Tensor:
        """The loss that is minimised, or what is left of it; 0 where nothing is."""
        kept = [term for name, term in self.terms.items() if name not in without]
        return sum(kept) if kept else self.log_ratio.new_zeros(())  # type: ignore[return-value]
