"""All parameters of a network in one vector, each group a contiguous part of it.

One fused optimiser step on two vectors costs a third of one on twelve tensors, and norms are single calls. The modules
stay ordinary: their parameters and gradients become views of the vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn


class FlatParameters:
    """`groups` maps a name to its flat parameter, whose `.grad` is the group's flat gradient."""

    def __init__(self, groups: Mapping[str, Sequence[nn.Parameter]]) -> None:
        self.groups: dict[str, nn.Parameter] = {}
        sizes = {name: sum(p.numel() for p in parameters) for name, parameters in groups.items()}
        first = next(p for parameters in groups.values() for p in parameters)
        self.vector = torch.empty(sum(sizes.values()), dtype=first.dtype, device=first.device)
        self.gradient = torch.zeros_like(self.vector)
        start = 0
        for name, parameters in groups.items():
            stop = start + sizes[name]
            self.groups[name] = self._adopt(parameters, slice(start, stop))
            start = stop

    def _adopt(self, parameters: Sequence[nn.Parameter], part: slice) -> nn.Parameter:
        values, gradient = self.vector[part], self.gradient[part]
        flat = nn.Parameter(values)
        flat.grad = gradient
        at = 0
        for p in parameters:
            place = slice(at, at + p.numel())
            values[place] = p.detach().reshape(-1)
            p.data = values[place].view_as(p)
            p.grad = gradient[place].view_as(p)
            at += p.numel()
        return flat

    def values(self, name: str) -> Tensor:
        """The parameters of one group, without a graph; changed in place, the networks see it."""
        return self.groups[name].detach()

    def part(self, name: str) -> Tensor:
        """The gradient of one group, to be changed in place."""
        gradient = self.groups[name].grad
        assert gradient is not None
        return gradient

    def clip_gradient(self, max_norm: float) -> Tensor:
        """Scale the gradient to at most `max_norm` (0 = never) in place; its L2 norm before that, as a tensor."""
        norm: Tensor = torch.linalg.vector_norm(self.gradient)
        if max_norm > 0:
            self.gradient.mul_((max_norm / (norm + 1e-6)).clamp(max=1.0))
        return norm

    def load(self, vector: Tensor) -> None:
        """Take over saved values in place; whatever shares this memory sees them."""
        with torch.no_grad():
            self.vector.copy_(vector)
