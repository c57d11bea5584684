"""The valid samples of a batch, flat over [M], as the minibatches of an epoch are cut from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from rl_core.data.batch import Batch
from rl_core.data.samples import Estimates, Minibatch, Trajectories
from rl_core.estimators.reductions import reduction_scale
from rl_core.estimators.returns import piece_start
from rl_core.on_policy.controls import OnPolicyControls


@dataclass(frozen=True, slots=True)
class Samples:
    """All samples as one minibatch; its tensors have the sample axis first."""

    minibatch: Minibatch

    @classmethod
    def of(cls, b: Batch, e: Estimates, c: OnPolicyControls, progress: float, kl_coef: float | None = None) -> Samples:
        """The valid samples of `b` with their estimates."""
        steps, count = _sizes(b)
        discounted = c.gamma_t and c.return_kind != "full"  # R(tau) is discounted from the start already
        discount = c.gamma ** b.episode_step_t.to(b.reward_t.dtype) if discounted else None
        return cls(
            Minibatch(
                obs=cls.flat(b.obs_t[:-1], b),
                action=cls.flat(b.action_t, b),
                log_prob=cls.flat(b.log_prob_t, b),
                behaviour=cls.flat(b.behaviour_t, b),
                advantage=cls.flat(e.advantage_t, b),
                target=cls.flat(e.target_t, b),
                discount=None if discount is None else cls.flat(discount, b),
                old_value=cls.flat(e.value_t, b) if getattr(c, "clip_value", False) else None,
                scale=reduction_scale(c.reduction, steps, count),
                progress=progress,
                kl_coef=kl_coef or 0.0,
                masks=tuple(cls.flat(mask, b) for mask in b.masks_t),
                trajectories=None if e.paid_t is None else cls._trajectories(b, e.paid_t, e.baseline_t),
                live=None if b.live_t is None else b.live_t.mapped(lambda x: cls.flat(x, b)),
            )
        )

    @classmethod
    def _trajectories(cls, b: Batch, paid_t: Tensor, baseline_t: Tensor) -> Trajectories:
        """Pieces between two ends, numbered in the order of their lanes' first samples."""
        start_t = piece_start(b.end_t) * b.shape[1] + torch.arange(b.shape[1], device=b.end_t.device)
        starts, index = torch.unique(cls.flat(start_t, b), return_inverse=True)
        step, paid, baseline = (cls.flat(x, b) for x in (b.episode_step_t, paid_t, baseline_t))
        return Trajectories(index, step, paid, baseline, len(starts))

    @staticmethod
    def flat(x: Tensor, b: Batch) -> Tensor:
        """[T, N, ...] to the valid [M, ...]."""
        flat = x.reshape(-1, *x.shape[2:])
        return flat if b.valid_t is None else flat[b.valid_t.reshape(-1)]

    def estimated(self, b: Batch, e: Estimates) -> Samples:
        """The same samples with other advantages and targets."""
        advantage, target = self.flat(e.advantage_t, b), self.flat(e.target_t, b)
        return Samples(replace(self.minibatch, advantage=advantage, target=target))

    def with_variate(self, control_variate: Tensor | None) -> Samples:
        """The same with a gradient [P] that is subtracted as it is."""
        return self if control_variate is None else Samples(replace(self.minibatch, control_variate=control_variate))

    def __len__(self) -> int:
        return len(self.minibatch.action)

    @property
    def device(self) -> torch.device:
        """Where the samples live."""
        return self.minibatch.action.device

    def take(self, order: Tensor) -> Samples:
        """The samples in another order."""
        return Samples(self.minibatch.mapped(lambda x: x[order]))

    def split(self, parts: int) -> list[Minibatch]:
        """Consecutive parts whose sizes differ by at most one."""
        pieces = [x.tensor_split(parts) for x in self.minibatch.tensors()]
        whole = replace(self.minibatch, trajectories=None, live=None)
        return [whole.with_tensors(list(piece)) for piece in zip(*pieces, strict=True)]


def _sizes(b: Batch) -> tuple[int, int]:
    """M and N: valid steps, and trajectories (stretches between two ends) among them."""
    if b.valid_t is None:
        return b.reward_t.numel(), int(b.end_t.sum())
    return int(b.valid_t.sum()), int((b.end_t & b.valid_t).sum())
