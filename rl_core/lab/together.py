r"""The estimates of many batches in one backward pass: every batch has a copy of the logits of its own.

The sum of the losses of K batches, the k-th under its own copy \theta_k, has the gradient of batch k in \theta_k.
What the trajectories of a batch have to know of each other (a mean return, an optimal constant) is worked out for all
batches at once; everything else is the code that trains. Where that is not enough, `able` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from rl_core.data.batch import Batch
from rl_core.data.samples import Estimates, Samples
from rl_core.estimators.optimal import leave_one_out_constant, moments, optimal_constant
from rl_core.estimators.reductions import reduction_scale
from rl_core.lab.estimator import Estimator
from rl_core.lab.oracle import oracle
from rl_core.lab.sampling import table_policy
from rl_core.on_policy.at import At
from rl_core.on_policy.estimate import Values, estimate
from rl_core.on_policy.samples import flat, samples_of
from rl_core.tabular.dynamic_programming import softmax
from rl_core.tabular.mdp import Float64, TabularMDP
from rl_core.updates.term import Losses


class Copies(nn.Module):
    """K tables of logits; `copy` [B] says whose table each sample is looked up in."""

    def __init__(self, theta: Float64, batches: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.from_numpy(theta).expand(batches, -1, -1).clone())  # [K, S, A]
        self.copy = torch.zeros(0, dtype=torch.int64)

    def forward(self, obs: Tensor, masks: tuple[Tensor, ...] = ()) -> Tensor:
        """Logits [B, A] of one-hot states [B, S]."""
        return self.table[self.copy, obs.argmax(-1)]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the trajectories of each batch subtract: a number per sample [T, N], or a gradient [K, S, A]."""

    baseline_t: Tensor | None = None
    variate: Tensor | None = None


def able(c: Any) -> bool:
    """Whether one pass can give what one batch after the other gives."""
    usual = {"gradient": "surrogate", "logprob_source": "recompute", "kl": "none", "self_normalised": False}
    plain = all(c.values().get(name, value) == value for name, value in usual.items())
    return plain and c.advantage_norm in ("none", "episode") and not c.entropy_coef


class Together:
    """An estimator set up for one policy; `batch` trajectories make an estimate."""

    def __init__(self, mdp: TabularMDP, theta: Float64, e: Estimator, batch: int) -> None:
        self._algorithm, self._c, self._theta, self._batch = e.algorithm, e.c, theta, batch
        self._bare = e.c.edited({"baseline": "none", "advantage_norm": "none"}) if _needs_group(e.c) else e.c
        self._pi = torch.from_numpy(softmax(theta))
        self._net = table_policy(theta, e.c)
        self._oracle = oracle(mdp, softmax(theta), e.c, e.value)
        self._net.critic = self._oracle  # type: ignore[assignment]
        self._previous: Tensor | None = None

    def gradients(self, b: Batch) -> Float64:
        """The ascent gradients [K, S, A] of the K batches that lie side by side in the lanes of `b`."""
        values = None if self._oracle is None else self._oracle.values(b)
        shared = self._shared(b, values)
        m = samples_of(b, estimate(b, values, self._c, shared.baseline_t), self._c)
        factor = self._per_batch(b)
        gradients = factor * self._ascent(m, self._batch_of(b), b.shape[1] // self._batch)
        if shared.variate is not None:
            scale = reduction_scale(self._c.reduction, *m.sizes)
            gradients = gradients - factor * scale / len(m.action) * self._batch * shared.variate
        found: Float64 = gradients.numpy()
        return found

    def _ascent(self, m: Samples, batch_of: Tensor, batches: int) -> Tensor:
        copies = Copies(self._theta, batches)
        copies.copy = batch_of
        self._net.actor = copies  # type: ignore[assignment]
        if self._oracle is not None:
            assert m.trajectories is not None
            self._oracle.time = m.trajectories.step
        total = Losses(self._algorithm.in_force(self._c), self._algorithm.see(m, self._net, self._c)).total()
        return -torch.autograd.grad(total, copies.table)[0]

    def _batch_of(self, b: Batch) -> Tensor:
        """The batch of every valid sample, [M]."""
        return flat((torch.arange(b.shape[1]) // self._batch).expand(b.shape), b)

    def _per_batch(self, b: Batch) -> Tensor:
        """What turns each part of a mean over all samples into that batch's own, [K, 1, 1]."""
        assert b.valid_t is not None
        steps = b.valid_t.sum(0).view(-1, self._batch).sum(1).double()
        each = {"traj_mean": torch.full_like(steps, len(steps)), "step_mean": steps.sum() / steps}
        return each.get(self._c.reduction, torch.ones_like(steps)).view(-1, 1, 1)

    def _shared(self, b: Batch, values: Values | None) -> _Shared:
        if not _needs_group(self._c):
            return _Shared()
        bare = estimate(b, values, self._bare)
        if self._c.baseline.startswith("optimal"):
            return self._optimal(b, bare)
        return _Shared(_of_returns(self._c.baseline, bare, b, self._batch))

    def _optimal(self, b: Batch, bare: Estimates) -> _Shared:
        """b* of every batch, from the terms X_i and Y_i of its trajectories; axes [N/K, K, ..]."""
        x, y = (each.view(-1, self._batch, self._theta.size).transpose(0, 1) for each in self._terms(b, bare))
        per_component = self._c.baseline == "optimal_component"
        cross, square = (z if per_component else z.sum(-1, keepdim=True) for z in moments(x, y, True))
        used = self._used(cross, square)
        if per_component:
            return _Shared(variate=(used * y).mean(0).view(-1, *self._theta.shape))
        return _Shared(used.expand(self._batch, -1, 1)[..., 0].T.reshape(1, -1).expand(b.shape))

    def _used(self, cross: Tensor, square: Tensor) -> Tensor:
        own = optimal_constant(cross, square)  # [K, 1 or P]
        if self._c.baseline_source == "leave_one_out":
            return leave_one_out_constant(cross, square)
        if self._c.baseline_source == "same_batch":
            return own
        before = torch.zeros_like(own[:1]) if self._previous is None else self._previous
        self._previous = own[-1:]
        return torch.cat([before, own[:-1]])

    def _terms(self, b: Batch, bare: Estimates) -> tuple[Tensor, Tensor]:
        r"""X_i = \sum_t \gamma^t S_t \Psi_t and Y_i = \sum_t \gamma^t S_t, closed form, [N, S, A]."""
        at = At(samples_of(b, bare, self._bare), self._net, self._bare)
        m, lane = at.b, flat(torch.arange(b.shape[1]).expand(b.shape), b)
        place = (lane, m.obs.argmax(-1), m.action)
        x, y = at.discounted(m.advantage), at.discounted(torch.ones_like(m.advantage))
        return self._scores(x, place, b.shape[1]), self._scores(y, place, b.shape[1])

    def _scores(self, weight: Tensor, at: tuple[Tensor, ...], lanes: int) -> Tensor:
        r"""\sum_t w_t \nabla log \pi(a_t|s_t) of every lane: w_t where it acted, minus \pi(.|s) times the row's sum."""
        taken = torch.zeros(lanes, *self._theta.shape, dtype=weight.dtype).index_put(at, weight, accumulate=True)
        return taken - taken.sum(-1, keepdim=True) * self._pi


def _needs_group(c: Any) -> bool:
    return c.baseline in ("batch_mean", "leave_one_out", "time_mean", "optimal_scalar", "optimal_component")


def _of_returns(baseline: str, bare: Estimates, b: Batch, batch: int) -> Tensor:
    """The mean of R over each batch, over all others of it, or of the return at each step; [T, N]."""
    if baseline == "time_mean":
        assert b.valid_t is not None
        runs = b.valid_t.view(len(b.valid_t), -1, batch).to(bare.advantage_t)
        mean = (bare.advantage_t.view_as(runs) * runs).sum(-1, keepdim=True) / runs.sum(-1, keepdim=True).clamp(min=1)
        return mean.expand_as(runs).reshape(b.shape)
    total = bare.return_t[0].view(-1, batch)
    mean = total.mean(1, keepdim=True).expand_as(total)
    if baseline == "leave_one_out":
        mean = (total.sum(1, keepdim=True) - total) / (batch - 1) if batch > 1 else torch.zeros_like(total)
    return mean.reshape(1, -1).expand(b.shape)
