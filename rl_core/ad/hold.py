"""A module evaluated with its parameters seen through a gate: gradient may pass through it, not into it."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.func import functional_call

from rl_core.ad.gate import Gate


def hold(module: nn.Module, gate: Gate, *args: Any) -> Tensor:
    """module(*args) with every parameter p replaced by gate(p); shared state is not touched."""
    held = {name: gate(p) for name, p in module.named_parameters()}
    out: Tensor = functional_call(module, held, args)
    return out
