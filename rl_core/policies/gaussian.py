"""Real numbers around a mean, independent of each other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.policies.family import Family, family
from rl_core.types import Actions, ActionSpace, Array, Box, FloatArray, Forward

HALF_LN_2PI = 0.5 * math.log(2 * math.pi)


@dataclass(frozen=True, slots=True)
class DiagonalGaussian:
    r"""a = \mu + \sigma * noise, independent over D_a dimensions; `mean` [..., D_a], `log_sigma` [D_a] or [..., D_a].

    Log-probability and entropy are those of a density, in nats per action volume: both depend on the action's units,
    and the entropy may be negative.
    """

    mean: Tensor
    log_sigma: Tensor

    @classmethod
    def from_params(cls, params: Tensor) -> DiagonalGaussian:
        """From mean ++ log sigma [..., 2 D_a]."""
        mean, log_sigma = params.chunk(2, -1)
        return cls(mean, log_sigma)

    def log_prob(self, action: Tensor) -> Tensor:
        r"""\sum_j -((a_j - \mu_j) / \sigma_j)^2 / 2 - log \sigma_j - ln(2 pi) / 2 (nats)."""
        noise = (action - self.mean) * (-self.log_sigma).exp()
        return -(0.5 * noise.square() + self.log_sigma + HALF_LN_2PI).sum(-1)

    def entropy(self) -> Tensor:
        r"""H = \sum_j log \sigma_j + ln(2 pi e) / 2, whatever the mean (nats)."""
        return (self.log_sigma + (HALF_LN_2PI + 0.5)).expand_as(self.mean).sum(-1)

    def kl(self, other: DiagonalGaussian) -> Tensor:
        r"""KL(self || other) = \sum_j ln(s'_j / s_j) + (s_j^2 + (m_j - m'_j)^2) / (2 s'_j^2) - 1/2 (nats)."""
        wider = other.log_sigma - self.log_sigma
        shift = (self.mean - other.mean) * (-other.log_sigma).exp()
        return (wider + 0.5 * ((-2 * wider).exp() + shift.square()) - 0.5).sum(-1)

    def as_label(self, action: Tensor) -> Tensor:
        """Real numbers are no labels."""
        raise TypeError("cross-entropy needs actions that can be labels; a Gaussian's are real numbers. Use log_prob.")

    def slope(self, action: Tensor) -> None:
        """Its log sigma is no output of the network."""

    @property
    def params(self) -> Tensor:
        """Mean ++ log sigma."""
        return torch.cat([self.mean, self.log_sigma.expand_as(self.mean)], -1)


class ActingInBox:
    r"""a = \mu(s) + \sigma * standard normal noise; the environment receives it clipped to the bounds."""

    def __init__(self, forward: Forward, actions: ActionSpace, log_sigma: Tensor) -> None:
        assert isinstance(actions, Box)
        self.output = forward
        self.executed: Callable[[Any], Any] = lambda action: np.clip(action, self._low, self._high)
        self._low, self._high = np.array(actions.low, np.float32), np.array(actions.high, np.float32)
        self._parameter = log_sigma

    @property
    def _log_sigma(self) -> FloatArray:
        log_sigma: FloatArray = constant(self._parameter).cpu().numpy()
        return log_sigma

    def noise(self, stream: np.random.Generator, steps: int, lanes: int) -> FloatArray:
        r"""Normal noise [steps, lanes, D_a], already times \sigma, which does not change inside a rollout."""
        return stream.standard_normal((steps, lanes, len(self._low)), dtype=np.float32) * np.exp(self._log_sigma)

    def sample(self, output: FloatArray, noise: FloatArray) -> Actions:
        """Mean plus noise, wherever it lies."""
        return output + noise

    def mode(self, output: FloatArray) -> Actions:
        """The mean."""
        return output

    def params(self, output: FloatArray) -> FloatArray:
        """Mean ++ log sigma."""
        return np.concatenate([output, np.broadcast_to(self._log_sigma, output.shape)], -1)


class GaussianMeasures:
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


def _misfit(actions: ActionSpace) -> str:
    if isinstance(actions, Box):
        return ""
    return f"acts with real numbers, but {{environment}} has {actions.n} discrete actions. Use 'auto' or 'categorical'."


def _size(actions: ActionSpace) -> int:
    assert isinstance(actions, Box)
    return actions.size


family(
    Family(
        id="gaussian",
        misfit=_misfit,
        usual=lambda actions: isinstance(actions, Box),
        outputs=_size,
        of=DiagonalGaussian,
        from_params=DiagonalGaussian.from_params,
        acting=ActingInBox,
        measures=lambda actions: GaussianMeasures(),
        has_sigma=True,
    )
)
