"""Initial weights, drawn from the initialisation stream only."""

from __future__ import annotations

import math
from typing import Literal

from torch import Generator, nn

from rl_core.networks.mlp import Mlp

Initialisation = Literal["default", "xavier", "orthogonal", "zeros", "large"]


def initialise(net: Mlp, how: Initialisation, out_gain: float, generator: Generator) -> None:
    r"""Fill the weights of `net` in place.

    `default` is PyTorch's U(-1/sqrt(fan_in), 1/sqrt(fan_in)); `xavier` Xavier-uniform with zero bias; `orthogonal`
    gain sqrt(2) in hidden layers and `out_gain` in the output; `zeros` all zero; `large` N(0, 3^2), to be seen failing.
    """
    for k, layer in enumerate(net.layers):
        assert isinstance(layer, nn.Linear)
        is_output = k == len(net.layers) - 1 and not net.is_trunk
        _fill(layer, how, out_gain if is_output else math.sqrt(2.0), generator)


def _fill(layer: nn.Linear, how: Initialisation, gain: float, generator: Generator) -> None:
    bound = 1.0 / math.sqrt(layer.in_features)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    if how == "default":
        nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
        if layer.bias is not None:
            nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
    elif how == "xavier":
        nn.init.xavier_uniform_(layer.weight, generator=generator)
    elif how == "orthogonal":
        nn.init.orthogonal_(layer.weight, gain, generator=generator)
    elif how == "large":
        nn.init.normal_(layer.weight, 0.0, 3.0, generator=generator)
    else:
        nn.init.zeros_(layer.weight)
