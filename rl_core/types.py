"""The data that move between the stages, and the conventions of their axes.

Time index: `r_t` is the reward received *for* (s_t, a_t); `v_tp1` is the value of the true successor of (s_t, a_t), the
last observation of the old episode where an episode ends, never the first one of the next. Axes: T steps, N lanes
(parallel environments), M = number of valid samples, D observation size, D_a action size, P parameters of a policy's
distribution (A logits, or means and log sigmas).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

if TYPE_CHECKING:
    from rl_core.networks.heads import Distribution

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
Actions = IntArray | FloatArray  # [N], or [N, D_a]
Action = int | FloatArray  # of one lane


@dataclass(frozen=True, slots=True)
class Discrete:
    """Actions 0..n-1, each with a name."""

    names: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many."""
        return len(self.names)

    def to_json(self) -> dict[str, Any]:
        """The catalog's form."""
        return {"kind": "discrete", "n": self.n, "names": list(self.names)}


@dataclass(frozen=True, slots=True)
class Box:
    """Actions in R^D_a with bounds per dimension, in the environment's units."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    names: tuple[str, ...]

    @property
    def size(self) -> int:
        """D_a."""
        return len(self.names)

    def to_json(self) -> dict[str, Any]:
        """The catalog's form."""
        bounds = {"low": list(self.low), "high": list(self.high)}
        return {"kind": "box", "shape": [self.size], "names": list(self.names)} | bounds


ActionSpace = Discrete | Box


@dataclass(frozen=True, slots=True)
class Episode:
    """One finished episode: its undiscounted return (reward) and length (steps)."""

    number: int
    env_steps: int
    ret: float
    length: int
    wall: float


@dataclass(frozen=True, slots=True)
class LivePolicy:
    """The policy's own outputs during a rollout that kept its graph, for one gradient step."""

    params: Tensor  # [T, N, P], or [B, P]
    log_prob: Tensor | None  # [T, N], or [B]; None where only the outputs were kept

    def mapped(self, f: Callable[[Tensor], Tensor]) -> LivePolicy:
        """f applied to both."""
        return LivePolicy(f(self.params), None if self.log_prob is None else f(self.log_prob))


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
class Batch:
    """What one collection stored: data only, nothing whose graph is gone (no value, no advantage).

    `end_t` marks where recursions stop. `cut_index` are the flat
    positions t*N+n whose true successor is not `obs_t[t+1, n]`, and `cut_obs` those successors. Rows where `valid_t` is
    False are padding after an episode's end.
    """

    obs_t: Tensor  # [T+1, N, D] as the policy acted on them; the last row is the observation after the last step
    action_t: Tensor  # [T, N] int64, or [T, N, D_a]: the sample before it was clipped to the bounds
    reward_t: Tensor  # [T, N]
    terminated_t: Tensor  # [T, N] bool: the MDP ended
    truncated_t: Tensor  # [T, N] bool: a time limit ended the episode
    end_t: Tensor  # [T, N] bool: either, or the edge of the rollout
    episode_step_t: Tensor  # [T, N] int64, the index t inside the episode
    behaviour_t: Tensor  # [T, N, P] parameters of the behaviour policy's distribution
    log_prob_t: Tensor  # [T, N] of the behaviour policy
    cut_index: Tensor  # [K] int64
    cut_obs: Tensor  # [K, D]
    renormalised_t: Tensor | None = None  # [T, N, D] observations under statistics that have seen this batch
    valid_t: Tensor | None = None  # [T, N] bool; None = all valid
    masks_t: tuple[Tensor, ...] = ()  # dropout masks [T, N, H] of the policy that acted
    live_t: LivePolicy | None = None  # what the policy said while it acted, with its graph
    episodes: tuple[Episode, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """(T, N)."""
        return self.reward_t.shape[0], self.reward_t.shape[1]


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
