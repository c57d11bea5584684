"""The reverse linear scan, the one recursion behind every return and advantage."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor


def reverse_scan(x_t: Tensor, c_t: Tensor) -> Tensor:
    r"""Solve y_t = x_t + c_t y_{t+1} backwards from y_T = 0.

    `x_t` and `c_t` have shape [T, ...]; the result too. Differentiable in `x_t`, any number of times; `c_t` is data.
    The loop runs in NumPy: at the sizes of a rollout a torch call costs more than its arithmetic.
    """
    if x_t.shape != c_t.shape:
        raise ValueError(
            f"reverse_scan got x_t of shape {tuple(x_t.shape)} and c_t of shape {tuple(c_t.shape)}; they must be "
            "equal, or one would be broadcast silently. Expand the smaller one first."
        )
    if x_t.requires_grad and torch.is_grad_enabled():
        y_t: Tensor = _ReverseScan.apply(x_t, c_t)  # type: ignore[no-untyped-call]
        return y_t
    return _scan(x_t, c_t)


class _ReverseScan(torch.autograd.Function):
    """The adjoint of a reverse scan is the forward scan z_t = g_t + c_{t-1} z_{t-1}: the same scan, time-reversed."""

    @staticmethod
    def forward(ctx: Any, x_t: Tensor, c_t: Tensor) -> Tensor:
        ctx.save_for_backward(c_t)
        return _scan(x_t, c_t)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Tensor, None]:
        (c_t,) = ctx.saved_tensors
        c_tm1 = torch.cat([torch.zeros_like(c_t[:1]), c_t[:-1]])
        return reverse_scan(grads[0].flip(0), c_tm1.flip(0)).flip(0), None


def _scan(x_t: Tensor, c_t: Tensor) -> Tensor:
    x, c = x_t.detach().cpu().numpy(), c_t.detach().cpu().numpy()
    y = np.empty_like(x)
    y_tp1 = np.zeros_like(x[0])
    for t in range(len(x) - 1, -1, -1):
        y_tp1 = np.add(x[t], c[t] * y_tp1, out=y[t])
    return torch.from_numpy(y).to(x_t.device)
