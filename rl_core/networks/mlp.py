"""The multilayer perceptron, with its dropout masks as an argument instead of hidden state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, linear

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": leaky_relu,
}


class Mlp(nn.Module):
    """Linear layers with one activation between them: [..., sizes[0]] to [..., sizes[-1]].

    Dropout masks are given by the caller, one [..., H] per hidden layer and already divided by 1 - p: the mask belongs
    to the policy that acted (B-8), so it is stored with the data and not drawn here.
    """

    def __init__(self, sizes: Sequence[int], activation: str) -> None:
        super().__init__()
        self.sizes, self.activation = tuple(sizes), activation
        self._stack = [nn.Linear(i, o) for i, o in pairwise(sizes)]
        self.layers = nn.ModuleList(self._stack)
        self._activate = ACTIVATIONS[activation]

    def forward(self, x: Tensor, masks: Sequence[Tensor] = ()) -> Tensor:
        """Outputs for inputs x; without masks dropout is off (inverted dropout: evaluation is the identity)."""
        *hidden, last = self._stack
        for k, layer in enumerate(hidden):
            x = self._activate(linear(x, layer.weight, layer.bias))
            if masks:
                x = x * masks[k]
        return linear(x, last.weight, last.bias)
