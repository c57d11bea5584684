"""Hand-made readings of one update, of numbers that no formula gets right by accident."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import torch

from rl_core.off_policy.reader import QReading
from rl_core.on_policy.kl_control import Beta
from rl_core.on_policy.metrics.estimate import EstimateReading
from rl_core.on_policy.metrics.exact import ExactReading
from rl_core.on_policy.metrics.policy import ClipReading, PolicyReading
from rl_core.on_policy.metrics.score import ScoreProbe, TakenApart
from rl_core.on_policy.metrics.weights import EpochsReading, WeightReading
from rl_core.telemetry.metric import distributions, scalars
from rl_core.telemetry.metrics.optimisation import (
    FirstGradient,
    LossReading,
    ParameterReading,
    Pressures,
    RateReading,
    Spent,
    StepsReading,
)
from rl_core.telemetry.probes import Probe
from rl_core.telemetry.reading import Reading, Readings
from rl_core.updates.descend import EndedEarly
from rl_core.updates.lag import LagReading
from rl_core.updates.probing import GraphSize
from rl_core.updates.report import GradientReport, Gradients
from rl_core.updates.targets import TargetDrift
from rl_core.updates.trust_region import StepReport

N = 60

NAMED: dict[str, tuple[type[Reading], str]] = {
    "clip": (ClipReading, "clip"), "grad_norms": (StepsReading, "norms"), "max_grad_norm": (StepsReading, "max_norm"),
    "group_norms": (FirstGradient, "norms"), "grad_cosine": (FirstGradient, "cosine"),
    "param_norm": (ParameterReading, "norm"), "kl_coef": (Beta, "value"), "epoch_stopped": (EndedEarly, "epoch"),
    "pressure": (Pressures, "norms"), "exact": (ExactReading, ""), "step": (StepReport, ""),
    "of_q": (QReading, ""),
    "score": (ScoreProbe, ""), "weights": (WeightReading, ""), "graph": (GraphSize, ""), "apart": (TakenApart, ""),
}  # fmt: skip
"""Short names of what several readings call alike; "" is the reading itself."""


class Record:
    """The readings of one update, and each of their fields under its name."""

    def __init__(self, readings: Readings) -> None:
        self.readings = dict(readings)

    def __getattr__(self, name: str) -> Any:
        if name in NAMED:
            kind, field = NAMED[name]
            reading = self.readings.get(kind)
            return reading if reading is None or not field else getattr(reading, field)
        return next(getattr(r, name) for r in self.readings.values() if hasattr(r, name))

    def changed(self, name: str, value: Any) -> None:
        """Replace a field in the reading that has it; a reading that has no value is not left."""
        kind, field = NAMED.get(name) or next((k, name) for k, r in self.readings.items() if hasattr(r, name))
        if value is None and name in NAMED and name not in ("grad_cosine",):
            del self.readings[kind]
        elif not field:
            self.readings[kind] = value
        else:
            self.readings[kind] = dataclasses.replace(self.readings[kind], **{field: value})  # type: ignore[type-var]


def read(name: str, u: Record) -> float | None:
    """A scalar metric of a record; None where the reading that it needs is not there."""
    reading = u.readings.get(scalars[name].needs)
    return None if reading is None else scalars[name].read(reading)


def measured(name: str, u: Record) -> dict[str, Any] | None:
    """A histogram of a record."""
    reading = u.readings.get(distributions[name].needs)
    return None if reading is None else distributions[name].measure(reading)


def record(**changed: Any) -> Record:
    """With a critic and a clip range; `changed` replaces fields."""
    rng = np.random.default_rng(3)

    def draw(mean: float, spread: float, n: int = N) -> Any:
        return rng.normal(mean, spread, n).astype(np.float32)

    log_ratio = draw(-0.03, 0.3)
    target = draw(7.0, 3.0)
    ratios = np.random.default_rng(5).normal(-0.03, 0.3, N).astype(np.float32)
    estimate = {
        "advantage": draw(0.4, 2.0), "returns": draw(20.0, 6.0), "value": target + draw(0.5, 1.5), "target": target,
        "td_error": draw(0.1, 1.0), "baseline": draw(2.0, 0.5),
    }  # fmt: skip
    policy = PolicyReading(
        action=rng.integers(0, 3, N),
        log_prob=-np.abs(draw(1.0, 0.4)),
        log_ratio=log_ratio,
        ratio_m1=np.expm1(log_ratio),
        first_log_ratio=np.array([1e-7, -3e-6, 2e-6], np.float32),
        kl_exact=0.0123,
        entropy=np.abs(draw(0.8, 0.1)),
        max_entropy=float(np.log(3)),
    )
    seconds = {"collect": 0.011, "estimate": 0.002, "backward": 0.03, "optimiser": 0.004, "cpu": 0.05}
    norms = {"actor": 0.11, "critic": 0.22, "trunk": 0.33}
    made: list[Any] = [
        EstimateReading(**estimate),
        policy,
        ClipReading(policy.ratio_m1, 0.2),
        LossReading({"policy": -0.3, "value": 4.5, "entropy": -0.02, "kl": 0.006}),
        StepsReading(np.array([0.2, 0.9, 0.6, 0.4], np.float32), 0.5),
        FirstGradient(norms, -0.4),
        Probe({("policy", "actor"): 0.3, ("policy", "critic"): 0.0}, 0.6),
        Gradients([GradientReport(4), GradientReport(3)]),
        TakenApart(0.12, 0.003, 2e-6),
        ScoreProbe(norm=0.5, analytic_norm=0.45, analytic_difference=3e-7, variance=1.7),
        GraphSize(41, 9000),
        ExactReading(J=0.62, optimum=0.77, grad_norm=0.21, cosine=0.83, error=0.6, bias=0.09),
        ParameterReading(25.0, 0.05),
        RateReading(2e-4),
        Spent(128, seconds, 0.064),
        StepReport(draw(0, 1), np.zeros(9), [8.0 * 0.7**k for k in range(21)], 0.009, 0.008, 0.13, 0.06, 3),  # type: ignore[arg-type]
        WeightReading(draw(-0.2, 0.9, 12)),
        EpochsReading(lambda: [ratios[:N] * 0.01 * k for k in range(50)], weighted=True),
        Beta(0.5),
        EndedEarly(2),
        Pressures({"advantage": 0.7}),
        LagReading(3, torch.tensor(0.02)),
        TargetDrift(torch.tensor(0.4)),
        QReading(draw(3, 1, 8), draw(4, 1, 8), draw(0, 1, 8), np.arange(8, dtype=np.float32) % 3, 0.25),
    ]
    u = Record({type(reading): reading for reading in made})
    for name, value in changed.items():
        u.changed(name, value)
    return u


def continuous(**changed: Any) -> Record:
    """The same of a Gaussian policy in two dimensions, the second without an upper bound."""
    low, high = np.array([-1.0, -3.0], np.float32), np.array([2.0, np.inf], np.float32)
    action = np.random.default_rng(4).normal(0, 2.5, (N, 2)).astype(np.float32)
    return record(**({"action": action, "bounds": (low, high), "log_sigma": -0.7, "max_entropy": None} | changed))
