r"""RMSprop with \epsilon inside the root, as the papers of the Atari games and their code had it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

DECAY = 0.99  # of the mean square, as torch's RMSprop has it by default


class InsideRMSprop(Optimizer):
    r"""s <- 0.99 s + 0.01 g^2; \theta <- \theta - \alpha g / \sqrt{s + \epsilon}; torch divides by \sqrt s + \epsilon.

    Near s = 0 the step is bounded by \alpha g / \sqrt\epsilon instead of \alpha g / \epsilon.
    """

    def __init__(self, groups: list[dict[str, Any]], lr: float, eps: float, weight_decay: float) -> None:
        super().__init__(groups, {"lr": lr, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One step of every group."""
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self._move(p, group)

    def _move(self, p: Tensor, group: dict[str, Any]) -> None:
        assert p.grad is not None
        g = p.grad + group["weight_decay"] * p if group["weight_decay"] else p.grad
        state = self.state[p]
        if not state:
            state["square_avg"] = torch.zeros_like(p)
        s: Tensor = state["square_avg"].mul_(DECAY).addcmul_(g, g, value=1 - DECAY)
        p.addcdiv_(g, (s + group["eps"]).sqrt(), value=-group["lr"])
