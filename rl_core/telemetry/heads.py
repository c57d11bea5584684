"""Entropy, KL and log-probability of stored parameters, in NumPy: what is only read needs no graph."""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rl_core.telemetry.reading import Array
from rl_core.types import ActionSpace, Box, IntArray


class Head(Protocol):
    """The formulas of one family of distributions, over samples [M]; in nats."""

    max_entropy: float | None  # None for a density, whose entropy has no bound

    def normal(self, params: Array) -> Array:
        """Parameters [M, P] in the form the other functions take."""

    def log_prob(self, normal: Array, action: NDArray[Any]) -> Array:
        """log pi(a) [M]."""

    def entropy(self, normal: Array) -> Array:
        """H [M]."""

    def kl(self, old: Array, new: Array) -> float:
        """Mean KL(old || new)."""

    def log_sigma(self, normal: Array) -> float | None:
        """Mean log standard deviation, where there is one."""


def head(actions: ActionSpace) -> Head:
    """The formulas for policies in an action space."""
    return GaussianHead() if isinstance(actions, Box) else CategoricalHead(actions.n)


class CategoricalHead:
    """Its normal form is log pi [M, A]."""

    def __init__(self, n: int) -> None:
        self.max_entropy: float | None = math.log(n)

    def normal(self, params: Array) -> Array:
        """Log-softmax over the last axis; transposed, because NumPy reduces a short last axis one row at a time."""
        columns = np.ascontiguousarray(params.T)
        columns = columns - columns.max(0)
        out: Array = (columns - np.log(np.exp(columns).sum(0))).T
        return out

    def log_prob(self, normal: Array, action: IntArray) -> Array:
        """The entry of the action."""
        out: Array = np.take_along_axis(normal, action[:, None], 1)[:, 0]
        return out

    def entropy(self, normal: Array) -> Array:
        r"""-\sum_i \pi_i log \pi_i."""
        out: Array = -(np.exp(normal) * normal).sum(1)
        return out

    def kl(self, old: Array, new: Array) -> float:
        r"""\sum_i p_i (log p_i - log q_i)."""
        return float((np.exp(old) * (old - new)).sum(1).mean())

    def log_sigma(self, normal: Array) -> float | None:
        """It has none."""
        return None


class GaussianHead:
    """Its normal form is mean ++ log sigma [M, 2 D_a], as stored."""

    max_entropy: float | None = None

    def normal(self, params: Array) -> Array:
        """Themselves."""
        return params

    def log_prob(self, normal: Array, action: NDArray[Any]) -> Array:
        r"""\sum_j -((a_j - \mu_j) / \sigma_j)^2 / 2 - log \sigma_j - ln(2 pi) / 2."""
        mean, log_sigma = np.split(normal, 2, 1)
        noise = (action - mean) * np.exp(-log_sigma)
        out: Array = -(0.5 * noise * noise + log_sigma + np.float32(0.5 * math.log(2 * math.pi))).sum(1)
        return out

    def entropy(self, normal: Array) -> Array:
        r"""\sum_j log \sigma_j + ln(2 pi e) / 2."""
        out: Array = (np.split(normal, 2, 1)[1] + np.float32(0.5 * math.log(2 * math.pi * math.e))).sum(1)
        return out

    def kl(self, old: Array, new: Array) -> float:
        r"""\sum_j ln(s'_j / s_j) + (s_j^2 + (m_j - m'_j)^2) / (2 s'_j^2) - 1/2."""
        (mean, log_sigma), (new_mean, new_log_sigma) = np.split(old, 2, 1), np.split(new, 2, 1)
        wider, shift = new_log_sigma - log_sigma, (mean - new_mean) * np.exp(-new_log_sigma)
        return float((wider + 0.5 * (np.exp(-2 * wider) + shift * shift) - 0.5).sum(1).mean())

    def log_sigma(self, normal: Array) -> float | None:
        """Over samples and dimensions."""
        return float(np.split(normal, 2, 1)[1].mean())
