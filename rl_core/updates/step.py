"""One optimiser step: one backward pass on the summed loss, so that gradient a gate lets through is applied.

Separate backward passes per loss and group would hide the very effect the user switched on.
"""

from __future__ import annotations

from torch import Tensor
from torch.optim import Optimizer

from rl_core.updates.flat import FlatParameters


def backward(loss: Tensor, flat: FlatParameters, keep_graph: bool = False) -> None:
    """Fill `flat.gradient` with the gradient of `loss`."""
    flat.gradient.zero_()
    loss.backward(retain_graph=keep_graph)  # type: ignore[no-untyped-call]


def descend(flat: FlatParameters, optimiser: Optimizer, max_grad_norm: float) -> Tensor:
    """Take one step along `flat.gradient`, clipped in place; returns its norm before clipping."""
    norm = flat.clip_gradient(max_grad_norm)
    optimiser.step()
    return norm
