"""Returns and advantages written from their definitions, one number at a time, to compare the recursions with."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Segment:
    """Rewards, values, true-successor values and flags, all [T, N]; consistent with each other."""

    r: Tensor
    v: Tensor
    v_next: Tensor
    terminated: Tensor
    end: Tensor

    def args(self) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """In the order of `gae` and `n_step_return`."""
        return self.r, self.v, self.v_next, self.terminated, self.end

    def steps_left(self, t: int, n: int) -> int:
        """L, the steps from t to the end of its piece."""
        left = 1
        while not bool(self.end[t + left - 1, n]):
            left += 1
        return left

    def n_step(self, t: int, n: int, k: int, gamma: float) -> float:
        """G^(k): k rewards, then V of the true successor, nothing after a termination."""
        k = min(k, self.steps_left(t, n))
        last = t + k - 1
        rewards = sum(gamma**i * float(self.r[t + i, n]) for i in range(k))
        return rewards + gamma**k * (0.0 if self.terminated[last, n] else float(self.v_next[last, n]))

    def gae(self, t: int, n: int, gamma: float, lambda_: float) -> float:
        """(1 - lambda) sum_{k<L} lambda^{k-1} (G^(k) - v) + lambda^{L-1} (G^(L) - v)."""
        left, v = self.steps_left(t, n), float(self.v[t, n])
        early = sum(lambda_ ** (k - 1) * (self.n_step(t, n, k, gamma) - v) for k in range(1, left))
        return (1 - lambda_) * early + lambda_ ** (left - 1) * (self.n_step(t, n, left, gamma) - v)

    def each(self, f: str, *args: float) -> Tensor:
        """A definition at every (t, n)."""
        steps, lanes = self.r.shape
        return torch.tensor([[getattr(self, f)(t, n, *args) for n in range(lanes)] for t in range(steps)])


def random_segment(seed: int, steps: int = 9, lanes: int = 4) -> Segment:
    """Terminations, truncations and a rollout edge; the last row sometimes terminates, sometimes not."""
    g = torch.Generator().manual_seed(seed)
    v_all = torch.randn(steps + 1, lanes, generator=g)
    draw = torch.rand(steps, lanes, generator=g)
    terminated, truncated = draw < 0.2, (draw > 0.2) & (draw < 0.4)
    end = terminated | truncated
    end[-1] = True
    elsewhere = torch.randn(steps, lanes, generator=g)
    v_next = torch.where(truncated, elsewhere, v_all[1:])
    return Segment(torch.randn(steps, lanes, generator=g), v_all[:-1], v_next, terminated, end)
