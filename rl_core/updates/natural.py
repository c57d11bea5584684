r"""Steps along F^{-1} g: conjugate gradients, the length that a KL allows, and a search back along the line."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from rl_core.ad.products import Product

SHRINK = 0.8  # of each step back along the line


@dataclass(frozen=True, slots=True)
class Solution:
    """x with A x near b, and the norm of b - A x before the first and after every iteration."""

    x: Tensor
    residuals: list[float]


@dataclass(frozen=True, slots=True)
class Tried:
    """Where the search along a line ended: `backtracks` is None where no step was taken."""

    backtracks: int | None
    gain: float  # of the surrogate, as measured
    kl: float  # as measured


def conjugate_gradient(product: Product, b: Tensor, iterations: int, tolerance: float = 1e-10) -> Solution:
    r"""Solve A x = b for a symmetric positive A by `iterations` steps (Hestenes and Stiefel 1952).

    Ends early where |r| <= tolerance |b|, or where p^T A p is not positive: a matrix of zeros (B-12) leaves x = 0.
    """
    x, r, p = torch.zeros_like(b), b.clone(), b.clone()
    rr = r @ r
    residuals, enough = [math.sqrt(float(rr))], float(rr) * tolerance**2
    for _ in range(iterations):
        if float(rr) <= enough:
            break
        a_p = product(p)
        p_a_p = p @ a_p
        if not float(p_a_p) > 0:
            break
        alpha = rr / p_a_p
        x, r = x + alpha * p, r - alpha * a_p
        rr, before = r @ r, rr
        p = r + (rr / before) * p
        residuals.append(math.sqrt(float(rr)))
    return Solution(x, residuals)


def step_length(x: Tensor, a_x: Tensor, delta: float) -> float:
    r"""\sqrt{2 \delta / x^T A x}: how often x fits into the region \Delta^T A \Delta / 2 <= \delta; 0 without one."""
    curvature = float(x @ a_x)
    return math.sqrt(2 * delta / curvature) if curvature > 0 else 0.0


def line_search(
    vector: Tensor, step: Tensor, measure: Callable[[], tuple[float, float]], delta: float, tries: int
) -> Tried:
    r"""Take the longest of step, 0.8 step, 0.8^2 step, ... that improves the surrogate with a KL of at most delta.

    `vector` is changed in place and put back where none does; `measure` gives (gain, KL) at its present value.
    Schulman et al. 2015, appendix C.
    """
    start = vector.clone()
    with torch.no_grad():
        for k in range(tries + 1):
            vector.copy_(start + SHRINK**k * step)
            gain, kl = measure()
            if gain > 0 and kl <= delta:
                return Tried(k, gain, kl)
        vector.copy_(start)
    return Tried(None, 0.0, 0.0)


def move(vector: Tensor, step: Tensor) -> None:
    """Add a step to parameters, in place."""
    vector.add_(step)


def measured(number: Callable[[], float]) -> float:
    """A number of the networks as they are now, computed without a graph."""
    with torch.no_grad():
        return number()
