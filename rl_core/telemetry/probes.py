"""Probes of the graph: what each loss does to each parameter group, without changing anything."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

import torch
from torch import Tensor, nn


def leak_matrix(
    losses: Mapping[str, Tensor], groups: Mapping[str, Sequence[nn.Parameter]]
) -> dict[tuple[str, str], float]:
    r"""||dL_k / dp||_2 for every loss k and parameter group p; 0 where no gradient flows.

    With every boundary on its right side the policy loss does not reach the critic, nor the value loss the actor.
    """
    pairs = product(losses.items(), groups.items())
    return {(loss, group): _reach(value, parameters) for (loss, value), (group, parameters) in pairs}


def _reach(loss: Tensor, parameters: Sequence[nn.Parameter]) -> float:
    if not loss.requires_grad:
        return 0.0
    grads = torch.autograd.grad(loss, list(parameters), retain_graph=True, allow_unused=True)
    return math.sqrt(sum(float(g.square().sum()) for g in grads if g is not None))
