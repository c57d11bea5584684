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
    to the policy that acted (B-8), so it is stored with the data and not drawn here. A `trunk` has only hidden layers:
    its last one is activated and masked like the others.
    """

    def __init__(self, sizes: Sequence[int], activation: str, trunk: bool = False, bias: bool = True) -> None:
        super().__init__()
        self.sizes, self.activation, self.is_trunk = tuple(sizes), activation, trunk
        stack = [nn.Linear(i, o, bias) for i, o in pairwise(sizes)]
        self.layers = nn.ModuleList(stack)
        self._hidden, self._last = (stack, []) if trunk else (stack[:-1], stack[-1:])
        self._activate = ACTIVATIONS[activation]

    def forward(self, x: Tensor, masks: Sequence[Tensor] = ()) -> Tensor:
        """Outputs for inputs x; without masks dropout is off (inverted dropout: evaluation is the identity)."""
        for k, layer in enumerate(self._hidden):
            x = self._activate(linear(x, layer.weight, layer.bias))
            if masks:
                x = x * masks[k]
        for layer in self._last:
            x = linear(x, layer.weight, layer.bias)
        return x
