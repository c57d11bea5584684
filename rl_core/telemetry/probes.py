"""Probes of the graph: what each loss does to each parameter group, without changing anything."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from rl_core.telemetry.reading import Reading


@dataclass(frozen=True, slots=True)
class Probe(Reading):
    r"""||dL_k / dp||_2 for every loss k and parameter group p, and how the losses agree on a shared trunk.

    With every boundary on its right side the policy loss does not reach the critic, nor the value loss the actor.
    """

    leaks: dict[tuple[str, str], float]
    trunk_cosine: float | None  # between the gradients of the policy loss and the value loss; None without a trunk

    def numbers(self) -> Mapping[str, float]:
        """The leak matrix, entry by entry."""
        return {f"leak/{loss}/{group}": norm for (loss, group), norm in self.leaks.items()}


def probe(losses: Mapping[str, Tensor], groups: Mapping[str, Sequence[nn.Parameter]]) -> Probe:
    """The gradient of every loss in every group; 0 where none flows."""
    reached = {(loss, group): g for loss, value in losses.items() for group, g in _by_group(value, groups).items()}
    leaks = {pair: math.sqrt(sum(float(g.square().sum()) for g in gradient)) for pair, gradient in reached.items()}
    pairs = [("policy", "trunk"), ("value", "trunk")]
    return Probe(leaks, _cosine(*(reached[pair] for pair in pairs)) if all(p in reached for p in pairs) else None)


def _by_group(loss: Tensor, groups: Mapping[str, Sequence[nn.Parameter]]) -> dict[str, list[Tensor]]:
    """The gradient in each group, zeros where nothing flows; one backward pass for all groups."""
    every = [p for parameters in groups.values() for p in parameters]
    grads: Sequence[Tensor | None] = [None] * len(every)
    if loss.requires_grad:
        grads = torch.autograd.grad(loss, every, retain_graph=True, allow_unused=True)
    filled = iter([torch.zeros_like(p) if g is None else g for g, p in zip(grads, every, strict=True)])
    return {name: [next(filled) for _ in parameters] for name, parameters in groups.items()}


def _cosine(a: list[Tensor], b: list[Tensor]) -> float:
    """Undefined (NaN) where one of them is 0."""
    x, y = (torch.cat([g.reshape(-1) for g in gradient]).double() for gradient in (a, b))
    lengths = float(x.norm() * y.norm())
    return float(x @ y) / lengths if lengths else float("nan")
