"""Derivatives beyond one gradient: a row of them for several outputs, and products with the matrix of second ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]


def flat_gradient(y: Tensor, parameters: Sequence[Tensor], keep_graph: bool = False) -> Tensor:
    """dy / d parameters as one vector [P], zeros where nothing flows; the graph of y stays usable."""
    return _flat(_grad(y, parameters, create_graph=keep_graph), parameters)


def jacobian(y: Tensor, parameters: Sequence[Tensor]) -> Tensor:
    """dy_n / d parameters for y [N] as rows [N, P], in one batched backward pass; the graph of y stays usable."""
    if not y.requires_grad:
        return y.new_zeros(len(y), sum(p.numel() for p in parameters))
    one_each = torch.eye(len(y), dtype=y.dtype, device=y.device)
    rows = torch.autograd.grad(
        y, list(parameters), one_each, retain_graph=True, allow_unused=True, is_grads_batched=True
    )
    filled = [y.new_zeros(len(y), *p.shape) if g is None else g for g, p in zip(rows, parameters, strict=True)]
    return torch.cat([g.reshape(len(y), -1) for g in filled], 1)


def curvature(y: Tensor, parameters: Sequence[Tensor]) -> Product:
    r"""v -> \nabla^2 y v, by differentiating \langle \nabla y, v \rangle (Pearlmutter 1994).

    For y = KL(sg[\pi_\theta] || \pi_{\theta'}) at \theta' = \theta the Hessian is the Fisher matrix.
    """
    slope = flat_gradient(y, parameters, keep_graph=True)

    def product(v: Tensor) -> Tensor:
        if not slope.requires_grad:
            return torch.zeros_like(v)
        return _flat(_grad(slope @ v, parameters, create_graph=False), parameters)

    return product


def _grad(y: Tensor, parameters: Sequence[Tensor], create_graph: bool) -> Sequence[Tensor | None]:
    if not y.requires_grad:
        return [None] * len(parameters)
    return torch.autograd.grad(y, list(parameters), retain_graph=True, create_graph=create_graph, allow_unused=True)


def _flat(gradients: Sequence[Tensor | None], parameters: Sequence[Tensor]) -> Tensor:
    filled = [torch.zeros_like(p) if g is None else g for g, p in zip(gradients, parameters, strict=True)]
    return torch.cat([g.reshape(-1) for g in filled])
