"""The intervals of the laboratory on vectors whose bias and covariance are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rl_core.lab.statistics import Interval, summarise

TRUTH = np.array([1.0, -2.0, 0.5, 0.0, 0.0])
SPREADS = np.array([1.0, 0.5, 2.0, 0.1, 0.0])  # standard deviations; the last entry never moves


def vectors(bias: np.ndarray, seed: int, k: int = 200) -> np.ndarray:
    """K normal vectors around truth plus bias."""
    return TRUTH + bias + np.random.default_rng(seed).normal(size=(k, 5)) * SPREADS


def holds(interval: Interval | None, value: float) -> bool:
    assert interval is not None
    return interval.low <= value <= interval.high


BIASES = {"none": np.zeros(5), "shrunk": -0.25 * TRUTH, "aside": np.array([0.4, 0.2, 0.0, 0.3, 0.0])}


@pytest.mark.parametrize("name", BIASES)
def test_the_intervals_hold_the_truth_as_often_as_they_say(name: str) -> None:
    """95 % intervals: of 300, between 270 and 300 (nine standard deviations of a binomial wide)."""
    bias = BIASES[name]
    truth = {"bias_squared": bias @ bias, "variance": (SPREADS**2).sum(), "mse": bias @ bias + (SPREADS**2).sum(),
             "scale": 1 + bias @ TRUTH / (TRUTH @ TRUTH)}  # fmt: skip
    found = [summarise(vectors(bias, seed), TRUTH) for seed in range(300)]
    for quantity, value in truth.items():
        assert sum(holds(getattr(s, quantity), float(value)) for s in found) >= 270, quantity


@pytest.mark.parametrize(("name", "verdict"), [("none", "unbiased"), ("shrunk", "scaled"), ("aside", "biased")])
def test_the_verdict_is_right_where_there_is_enough_data(name: str, verdict: str) -> None:
    assert [summarise(vectors(BIASES[name], seed, 2000), TRUTH).verdict for seed in range(20)] == [verdict] * 20


def test_mse_is_squared_bias_plus_variance_identically() -> None:
    s = summarise(vectors(BIASES["aside"], 0), TRUTH)
    assert s.mse.value == pytest.approx(s.bias_squared.value + s.variance.value, abs=1e-12)


def test_p_values_of_an_unbiased_estimator_are_uniform() -> None:
    p = np.array([summarise(vectors(BIASES["none"], seed), TRUTH).p_value for seed in range(400)])
    assert [np.mean(p < x) for x in (0.1, 0.5, 0.9)] == pytest.approx([0.1, 0.5, 0.9], abs=0.08)


def test_an_estimator_without_noise_is_unbiased_or_not_without_doubt() -> None:
    same, off = (summarise(np.tile(TRUTH + shift, (20, 1)), TRUTH) for shift in (0.0, 1e-6))
    assert (same.verdict, same.bias.high, same.variance.value) == ("unbiased", 0.0, 0.0)
    assert off.verdict == "biased"


def test_a_zero_gradient_has_no_direction() -> None:
    s = summarise(np.random.default_rng(0).normal(size=(50, 3)), np.zeros(3))
    assert (s.cosine, s.scale, s.verdict) == (None, None, "unbiased")


def test_estimates_that_overflow_are_reported_and_called_biased() -> None:
    bad = vectors(BIASES["none"], 0)
    bad[3, 0] = np.inf
    s = summarise(bad, TRUTH)
    assert s.verdict == "biased"
    assert not math.isfinite(s.variance.value)
