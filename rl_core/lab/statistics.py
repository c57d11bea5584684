r"""What K estimates of a gradient say about their estimator: bias, variance, mean squared error, cosine.

With g_k the estimates, g the truth, m their mean and C their covariance (divisor K - 1):

    bias^2 = |m - g|^2 - tr C / K    (unbiased; so an unbiased estimator scatters around 0, also below it)
    variance = tr C,   MSE = (1/K) \sum_k |g_k - g|^2 = bias^2 + variance, identically
    cosine = (1/K) \sum_k <g_k, g> / (|g_k| |g|),   scale = <m, g> / |g|^2

All intervals are of 95 %. Of bias^2 it holds every x that the estimate does not contradict, by normal theory: if the
truth is x, the estimate's variance is 2 tr C^2 / K^2 + 4 c x / K, with c the variance along the mean error. The means
over batches (MSE, cosine, scale) are 1.96 standard errors wide on each side, from their scatter; the variance from that
of |g_k - m|^2. Variance and MSE are positive and skewed: their intervals are taken of the logarithm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from rl_core.tabular.mdp import Float64

Z = 1.959963984540054  # 97.5 % point of the normal distribution
STRICT = 1e-3  # an estimator is called biased where an unbiased one would look so with this probability
CERTAIN = 3.29  # the same in standard errors, two-sided
EXACTLY = 1e-10  # relative to the gradient: below this a mean is the gradient but for rounding


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its 95 % confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Bias is a length (the root of bias^2, 0 where that is negative); None where the gradient is 0."""

    bias: Interval
    bias_squared: Interval
    variance: Interval
    mse: Interval
    cosine: Interval | None
    scale: Interval | None
    noise_floor: float  # \sqrt{tr C / K}: about as large a bias goes unseen
    p_value: float  # of a bias at least as large, if there were none
    verdict: str  # "unbiased" (within noise), "scaled" (only the length is wrong) or "biased"


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # weights that explode are shown as they are
def summarise(estimates: Float64, truth: Float64) -> Summary:
    """The summary of K >= 2 estimates [K, P] of `truth` [P]."""
    k, error = len(estimates), estimates - truth
    spread = Spread.of(estimates)
    mean_error = error.mean(0)
    bias_squared = _squared_length(mean_error, spread)
    squares = np.square(error).sum(1)
    p_value = _p_value(mean_error, spread, float(np.linalg.norm(truth)))
    return Summary(
        bias=Interval(*(math.sqrt(max(0.0, x)) for x in (bias_squared.value, bias_squared.low, bias_squared.high))),
        bias_squared=bias_squared,
        variance=_logarithmic(spread.trace, _standard_error(np.square(spread.centred).sum(1))),
        mse=_logarithmic(float(squares.mean()), _standard_error(squares)),
        cosine=_mean(_cosines(estimates, truth)) if truth.any() else None,
        scale=_mean(estimates @ truth / (truth @ truth)) if truth.any() else None,
        noise_floor=math.sqrt(spread.trace / k),
        p_value=p_value,
        verdict=_verdict(estimates, truth, p_value),
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """tr C and tr C^2 of the covariance of K vectors, without building C."""

    centred: Float64  # [K, P]
    trace: float
    trace_of_square: float  # less what the noise of C itself adds to it

    @classmethod
    def of(cls, vectors: Float64) -> Spread:
        """From the vectors [K, P]."""
        k, centred = len(vectors), vectors - vectors.mean(0)
        trace = float(np.square(centred).sum() / (k - 1))
        smaller = centred @ centred.T if k < centred.shape[1] else centred.T @ centred
        raw = float(np.square(smaller).sum() / (k - 1) ** 2)
        least = trace**2 / min(centred.shape[1], k - 1)  # of all covariances with this trace
        return cls(centred, trace, max(raw - trace**2 / (k - 1), least))

    def along(self, b: Float64) -> float:
        """b^T C b."""
        return float(np.square(self.centred @ b).sum() / (len(self.centred) - 1))


def _squared_length(mean: Float64, spread: Spread) -> Interval:
    """All x with (value - x)^2 <= z^2 (a + b x), where a + b x is the variance of the value if x is the truth."""
    k, squared = len(spread.centred), float(mean @ mean)
    value = squared - spread.trace / k
    a, b = 2 * spread.trace_of_square / k**2, 4 * (spread.along(mean) / squared if squared else 0.0) / k
    middle = value + Z**2 * b / 2
    half = Z * math.sqrt(max(0.0, a + b * value + (Z * b / 2) ** 2))
    return Interval(value, middle - half, middle + half)


def _p_value(mean: Float64, spread: Spread, length: float) -> float:
    r"""P(|m|^2 this large) if the true mean were 0: |m|^2 ~ a \chi^2_\nu with its first two moments (Satterthwaite)."""
    k, squared = len(spread.centred), float(mean @ mean)
    if math.sqrt(squared) <= EXACTLY * max(length, 1e-300) or spread.trace == 0.0:
        return 1.0 if math.sqrt(squared) <= EXACTLY * max(length, 1.0) else 0.0
    a, nu = spread.trace_of_square / (k * spread.trace), spread.trace**2 / spread.trace_of_square
    return _chi_squared_tail(squared / a, nu)


def _chi_squared_tail(x: float, nu: float) -> float:
    r"""P(\chi^2_\nu > x)."""
    if not math.isfinite(x):
        return 0.0
    half = torch.tensor([nu / 2, x / 2], dtype=torch.float64)
    return float(torch.special.gammaincc(half[0], half[1]))


def _verdict(estimates: Float64, truth: Float64, p_value: float) -> str:
    """Scaled: what is perpendicular to the gradient is noise, and it points the same way."""
    if not np.isfinite(estimates).all():
        return "biased"
    if p_value >= STRICT:
        return "unbiased"
    squared, along = float(truth @ truth), estimates @ truth
    if squared == 0.0 or float(along.mean()) <= CERTAIN * _standard_error(along):
        return "biased"
    aside = estimates - np.outer(along / squared, truth)
    sideways = _p_value(aside.mean(0), Spread.of(aside), math.sqrt(squared))
    return "scaled" if sideways >= STRICT else "biased"


def _cosines(estimates: Float64, truth: Float64) -> Float64:
    lengths = np.linalg.norm(estimates, axis=1) * np.linalg.norm(truth)
    cosines: Float64 = np.divide(estimates @ truth, lengths, out=np.zeros(len(estimates)), where=lengths > 0)
    return cosines


def _standard_error(x: Float64) -> float:
    return float(x.std(ddof=1) / math.sqrt(len(x)))


def _mean(x: Float64) -> Interval:
    half = Z * _standard_error(x)
    return Interval(float(x.mean()), float(x.mean()) - half, float(x.mean()) + half)


def _logarithmic(value: float, standard_error: float) -> Interval:
    if value <= 0.0 or not math.isfinite(value):
        return Interval(value, value, value)
    factor = math.exp(min(Z * standard_error / value, 700.0))
    return Interval(value, value / factor, value * factor)
