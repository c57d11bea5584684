"""Each metric against an independent formula, on a hand-made record."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from rl_core.estimators import kl, ratios
from rl_core.on_policy.metrics import trust_region, weights
from rl_core.telemetry.frames import Frames  # importing it fills the registry
from rl_core.telemetry.grids import BOUNDS128, INTEGERS64, LOGRATIO128, NATS128, SYMLOG128, Grid
from rl_core.telemetry.metric import distributions, episode_series, scalars
from rl_core.types import Episode
from rl_core.updates.trust_region import StepReport
from tests.rl_core.telemetry.records import N, Record, continuous, measured, read, record

assert Frames is not None

NORM = torch.tensor(1.0)


def mean(x: Any) -> float:
    return math.fsum(float(v) for v in x) / len(x)


def variance(x: Any) -> float:
    return mean([(float(v) - mean(x)) ** 2 for v in x])


def rho(u: Record) -> list[float]:
    return [math.exp(float(v)) for v in u.log_ratio]


def log_rho(u: Record) -> torch.Tensor:
    return torch.from_numpy(u.log_ratio).double()


def of_epoch(u: Record, k: int) -> torch.Tensor:
    return torch.from_numpy(u.epochs()[k - 1]).double()


EXPECTED: dict[str, Callable[[Record], float]] = {
    "policy/entropy": lambda u: mean(u.entropy),
    "policy/entropy_relative": lambda u: mean(u.entropy) / math.log(3),
    "policy/kl_k1": lambda u: float(kl.k1(log_rho(u)).mean()),
    "policy/kl_k3": lambda u: float(kl.k3(log_rho(u)).mean()),
    "policy/kl_exact": lambda u: 0.0123,
    "policy/clip_fraction": lambda u: sum(not 0.8 <= r <= 1.2 for r in rho(u)) / N,
    "policy/kl_coef": lambda u: 0.5,
    "policy/epoch_stopped": lambda u: 2,
    "policy/logp": lambda u: mean(u.log_prob),
    "ratio/mean": lambda u: mean(rho(u)),
    "ratio/max": lambda u: max(rho(u)),
    "ratio/ess": lambda u: float(ratios.effective_sample_fraction(log_rho(u))),
    "ratio/first_deviation": lambda u: 3e-6,
    "advantage/mean": lambda u: mean(u.advantage),
    "advantage/std": lambda u: math.sqrt(variance(u.advantage)),
    "advantage/positive": lambda u: sum(float(a) > 0 for a in u.advantage) / N,
    "advantage/baseline": lambda u: mean(u.baseline),
    "return/mean": lambda u: mean(u.returns),
    "critic/explained_variance": lambda u: 1 - variance(u.target - u.value) / variance(u.target),  # type: ignore[operator]
    "critic/value_mean": lambda u: mean(u.value),
    "critic/target_mean": lambda u: mean(u.target),
    "critic/v_minus_mc": lambda u: mean(u.value) - mean(u.returns),
    "loss/policy": lambda u: -0.3,
    "loss/value": lambda u: 4.5,
    "loss/entropy": lambda u: -0.02,
    "loss/kl": lambda u: 0.006,
    "loss/total": lambda u: -0.3 + 4.5 - 0.02 + 0.006,
    "grad/norm": lambda u: (0.2 + 0.9 + 0.6 + 0.4) / 4,
    "grad/clipped": lambda u: 2 / 4,
    "grad/actor": lambda u: 0.11,
    "grad/critic": lambda u: 0.22,
    "grad/trunk": lambda u: 0.33,
    "grad/trunk_cosine": lambda u: 0.6,
    "grad/cosine": lambda u: -0.4,
    "param/norm": lambda u: 25.0,
    "param/update_ratio": lambda u: 0.05 / 25,
    "optim/learning_rate": lambda u: 2e-4,
    "optim/backward_calls": lambda u: 7,
    "exact/J": lambda u: 0.62,
    "exact/J_optimal": lambda u: 0.77,
    "exact/grad_norm": lambda u: 0.21,
    "grad/cos_exact": lambda u: 0.83,
    "grad/error_exact": lambda u: 0.6,
    "grad/bias_exact": lambda u: 0.09,
    "grad/var_trace": lambda u: 1.7,
    "grad/analytic": lambda u: 0.45,
    "grad/analytic_difference": lambda u: 3e-7,
    "grad/mode_difference": lambda u: 2e-6,
    "time/policy_gradient_ms": lambda u: 120,
    "time/surrogate_gradient_ms": lambda u: 3,
    "graph/nodes": lambda u: 41,
    "graph/saved_bytes": lambda u: 9000,
    "time/steps_per_second": lambda u: 128 / 0.064,
    "time/collect_ms": lambda u: 11,
    "time/estimate_ms": lambda u: 2,
    "time/backward_ms": lambda u: 30,
    "time/optimiser_ms": lambda u: 4,
    "time/cpu_ms": lambda u: 50,
    "trust/kl_predicted": lambda u: 0.009,
    "trust/kl_measured": lambda u: 0.008,
    "trust/step_norm": lambda u: 0.13,
    "trust/gain": lambda u: 0.06,
    "trust/backtracks": lambda u: 3,
    "trust/taken": lambda u: 1,
    "trust/residual": lambda u: 0.7**20,
    "ratio/ess_weights": lambda u: float(ratios.effective_sample_fraction(torch.from_numpy(u.log_weight).double())),
    "lag/updates": lambda u: 3,
    "lag/distance": lambda u: 0.02,
    "q/target_drift": lambda u: 0.4,
    "q/mean": lambda u: mean(u.of_q.q),
    "q/target_mean": lambda u: mean(u.of_q.q_tp1),
    "q/td_error": lambda u: mean([abs(float(x)) for x in u.of_q.td_error]),
    "q/epsilon": lambda u: 0.25,
    "ratio/max_log_weight": lambda u: max(float(w) for w in u.log_weight),  # type: ignore[union-attr]
}
EXPECTED |= {f"trust/residual_{k}": lambda u, k=k: 0.7**k for k in trust_region.ITERATIONS}
EXPECTED |= {
    f"ratio/ess_epoch_{k}": lambda u, k=k: float(ratios.effective_sample_fraction(of_epoch(u, k)))
    for k in weights.EPOCHS
}
CONTINUOUS: dict[str, Callable[[Record], float]] = {
    "policy/log_sigma": lambda u: -0.7,
    "policy/saturation": lambda u: (
        sum(not -1 <= x <= 2 for x in u.action[:, 0]) / (2 * N) + sum(x < -3 for x in u.action[:, 1]) / (2 * N)
    ),
}


@pytest.mark.parametrize("name", list(scalars))
def test_scalar_is_its_formula(name: str) -> None:
    known = EXPECTED | CONTINUOUS
    assert name in known, f"write an independent formula of {name} here"
    u = continuous() if name in CONTINUOUS else record()
    assert read(name, u) == pytest.approx(known[name](u), rel=2e-5, abs=1e-7)


def test_no_formula_is_of_a_metric_that_is_gone() -> None:
    assert set(EXPECTED | CONTINUOUS) == set(scalars)


def test_some_numbers_are_of_discrete_and_some_of_continuous_actions_only() -> None:
    for name in CONTINUOUS:
        assert read(name, record()) is None
    assert read("policy/entropy_relative", continuous()) is None
    assert measured("action", continuous()) is None
    assert measured("action_continuous", record()) is None


@pytest.mark.parametrize(
    "name", ["critic/explained_variance", "critic/value_mean", "critic/target_mean", "critic/v_minus_mc"]
)
def test_without_a_critic_it_is_not_measured(name: str) -> None:
    assert read(name, record(value=None, target=None, td_error=None)) is None


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("loss/value", {"losses": {"policy": 1.0}}),
        ("policy/clip_fraction", {"clip": None}),
        ("grad/clipped", {"max_grad_norm": 0.0}),
        ("grad/critic", {"group_norms": {"actor": 1.0}}),
        ("grad/cosine", {"grad_cosine": None}),
        ("loss/kl", {"losses": {"policy": 1.0}}),
        ("loss/entropy", {"losses": {"policy": 1.0}}),
        ("loss/policy", {"losses": {"td": 1.0}}),
        ("policy/kl_coef", {"kl_coef": None}),
        ("policy/epoch_stopped", {"epoch_stopped": None}),
        ("grad/trunk", {"group_norms": {"actor": 1.0}}),
        *[
            (name, {"exact": None})
            for name in EXPECTED
            if name.startswith("exact/") or (name.endswith("_exact") and name.startswith("grad/"))
        ],
        *[(name, {"graph": None}) for name in EXPECTED if name.startswith("graph/")],
        *[(f"grad/{name}", {"score": None}) for name in ("var_trace", "analytic", "analytic_difference")],
        ("grad/mode_difference", {"apart": None}),
        *[(f"time/{name}_gradient_ms", {"apart": None}) for name in ("policy", "surrogate")],
        ("grad/trunk_cosine", {"trunk_cosine": None}),
        *[(name, {"step": None}) for name in EXPECTED if name.startswith("trust/")],
        ("trust/taken", {"step": StepReport(NORM, NORM, [1.0], 0.0, 0.0, 0.0)}),
        ("trust/residual_5", {"step": StepReport(NORM, NORM, [1.0, 0.5, 0.25], 0.0, 0.0, 0.0, 0.0)}),
        ("ratio/ess_weights", {"weights": None}),
        ("ratio/max_log_weight", {"weights": None}),
        *[(f"ratio/ess_epoch_{k}", {"weighted": False}) for k in weights.EPOCHS],
        ("ratio/ess_epoch_4", {"epochs": lambda: [np.zeros(N, np.float32)] * 3}),
    ],
)
def test_what_does_not_exist_is_not_measured(name: str, changed: dict[str, Any]) -> None:
    assert read(name, record(**changed)) is None


def test_what_cannot_be_said_is_nan_and_not_an_error() -> None:
    constant = record(target=np.full(N, 3, np.float32))
    assert math.isnan(read("critic/explained_variance", constant))  # type: ignore[arg-type]
    assert math.isnan(read("param/update_ratio", record(param_norm=0.0)))  # type: ignore[arg-type]
    assert math.isnan(read("time/steps_per_second", record(elapsed=0.0)))  # type: ignore[arg-type]


def test_a_search_that_gave_up_took_no_step_and_an_unsolved_equation_keeps_its_residual() -> None:
    gave_up = record(step=StepReport(NORM, NORM, [2.0], 0.0, 0.0, 0.0, 0.0))
    assert read("trust/taken", gave_up) == 0.0
    assert read("trust/backtracks", gave_up) is None
    assert read("trust/residual", gave_up) == 1.0


def test_one_epoch_has_no_histogram_of_its_own() -> None:
    assert measured("ratio_epoch_1", record(epochs=lambda: [np.zeros(N, np.float32)])) is None


def test_perfect_and_useless_critics() -> None:
    target = np.arange(N, dtype=np.float32)
    name = "critic/explained_variance"
    assert read(name, record(target=target, value=target + 5)) == pytest.approx(1.0)  # a constant offset explains all
    assert read(name, record(target=target, value=np.zeros(N, np.float32))) == pytest.approx(0.0)
    assert read(name, record(target=target, value=-target)) == pytest.approx(-3.0)


def test_effective_sample_size_of_equal_and_of_huge_weights() -> None:
    name = "ratio/ess"
    assert read(name, record(log_ratio=np.full(N, 2.0, np.float32))) == pytest.approx(1.0)
    one = np.full(N, -200.0, np.float32)
    one[7] = 200.0
    assert read(name, record(log_ratio=one)) == pytest.approx(1 / N)


def test_k3_keeps_its_digits_near_ratio_1() -> None:
    tiny = np.full(N, 1e-3, np.float32)
    found = read("policy/kl_k3", record(log_ratio=tiny, ratio_m1=np.expm1(tiny)))
    assert found == pytest.approx(5e-7, rel=2e-3)


# --- distributions and episodes ---------------------------------------------------------------------------------------

SAMPLES: dict[str, Callable[[Record], Any]] = {
    "advantage": lambda u: u.advantage,
    "return": lambda u: u.returns,
    "td_error": lambda u: u.td_error,
    "ratio": lambda u: np.exp(u.log_ratio),
    "log_prob": lambda u: u.log_prob,
    "action": lambda u: u.action,
    "q": lambda u: u.of_q.q,
    "q/td_error": lambda u: u.of_q.td_error,
    "q/action": lambda u: u.of_q.action,
    **{f"ratio_epoch_{k}": lambda u, k=k: np.exp(u.epochs()[k - 1]) for k in weights.EPOCHS},
    "action_continuous": lambda u: np.stack([(u.action[:, 0] - 0.5) / 1.5, u.action[:, 1]], 1).reshape(-1),
}


def by_hand(grid: Grid, samples: Any) -> dict[int, int]:
    """Underflow is bin 0; bin k holds edge_{k-1} <= x < edge_k."""
    counts: dict[int, int] = {}
    for x in samples:
        k = sum(float(x) >= float(edge) for edge in grid.edges)
        counts[k] = counts.get(k, 0) + 1
    return counts


@pytest.mark.parametrize("name", list(distributions))
def test_histogram_counts_every_sample_in_its_bin(name: str) -> None:
    assert name in SAMPLES, f"say which samples {name} counts here"
    u, d = continuous() if name == "action_continuous" else record(), distributions[name]
    row = measured(name, u)
    assert row is not None
    samples = SAMPLES[name](u)
    if name != "ratio":  # exp and 1 + expm1 may round to two sides of an edge
        assert dict(row["counts"]) == by_hand(d.grid, samples)
    assert sum(n for _, n in row["counts"]) + row["nonfinite"] == row["n"] == samples.size
    assert (row["min"], row["max"]) == pytest.approx((float(samples.min()), float(samples.max())), rel=1e-6)
    assert row["grid"] == d.grid.name


def test_histogram_tells_non_finite_samples_apart() -> None:
    a = np.array([1.0, np.nan, -np.inf, 2e9, np.inf, -2e9], np.float32)
    row = measured("advantage", record(advantage=a))
    assert row is not None
    assert (row["n"], row["nonfinite"], row["min"], row["max"]) == (6, 3, pytest.approx(-2e9), pytest.approx(2e9))
    assert [n for _, n in row["counts"]] == [1, 1, 1]
    assert (row["counts"][0][0], row["counts"][-1][0]) == (0, SYMLOG128.bins - 1)


def test_histogram_of_nothing_but_nan() -> None:
    row = measured("advantage", record(advantage=np.full(4, np.nan, np.float32)))
    assert row is not None
    assert (row["n"], row["nonfinite"], row["counts"]) == (4, 4, [])
    assert math.isnan(row["min"])
    assert math.isnan(row["max"])


def test_histogram_of_nothing_is_absent() -> None:
    assert measured("td_error", record(td_error=None)) is None
    assert measured("advantage", record(advantage=np.zeros(0, np.float32))) is None


@pytest.mark.parametrize("grid", [SYMLOG128, LOGRATIO128, NATS128, BOUNDS128, INTEGERS64], ids=lambda g: g.name)
def test_grid_is_fixed_and_increasing(grid: Grid) -> None:
    assert bool((np.diff(grid.edges) > 0).all())
    assert grid.bins == len(grid.edges) + 1
    assert grid.count(np.asarray(grid.edges))[0] == 0  # an edge belongs to the bin above it
    assert grid.count(np.array([-1e30, 1e30])).tolist() == [1, *[0] * (grid.bins - 2), 1]


def test_episode_series_are_return_and_length() -> None:
    e = Episode(number=4, env_steps=90, ret=17.5, length=30, wall=1.0)
    assert {name: series.read(e) for name, series in episode_series.items()} == {
        "episode/return": 17.5,
        "episode/length": 30,
    }
