"""A hand-made record of one update, of numbers that no formula gets right by accident."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from rl_core.telemetry.record import ExactReading, GradientReading, TrustRegionStep, UpdateRecord

N = 60


def record(**changed: Any) -> UpdateRecord:
    """A record with a critic and a clip range; `changed` replaces fields."""
    rng = np.random.default_rng(3)

    def draw(mean: float, spread: float, n: int = N) -> Any:
        return rng.normal(mean, spread, n).astype(np.float32)

    log_ratio = draw(-0.03, 0.3)
    target = draw(7.0, 3.0)
    ratios = np.random.default_rng(5).normal(-0.03, 0.3, N).astype(np.float32)
    made = UpdateRecord(
        advantage=draw(0.4, 2.0),
        returns=draw(20.0, 6.0),
        value=target + draw(0.5, 1.5),
        target=target,
        td_error=draw(0.1, 1.0),
        baseline=draw(2.0, 0.5),
        action=rng.integers(0, 3, N),
        log_prob=-np.abs(draw(1.0, 0.4)),
        log_ratio=log_ratio,
        ratio_m1=np.expm1(log_ratio),
        first_log_ratio=np.array([1e-7, -3e-6, 2e-6], np.float32),
        kl_exact=0.0123,
        entropy=np.abs(draw(0.8, 0.1)),
        max_entropy=float(np.log(3)),
        clip=0.2,
        losses={"policy": -0.3, "value": 4.5, "entropy": -0.02, "kl": 0.006},
        grad_norms=np.array([0.2, 0.9, 0.6, 0.4], np.float32),
        max_grad_norm=0.5,
        group_norms={"actor": 0.11, "critic": 0.22, "trunk": 0.33},
        grad_cosine=-0.4,
        trunk_cosine=0.6,
        taken=GradientReading(
            7, 0.12, 0.003, 2e-6, variance=1.7, analytic=0.45, analytic_difference=3e-7, nodes=41, saved_bytes=9000
        ),
        exact=ExactReading(J=0.62, optimum=0.77, grad_norm=0.21, cosine=0.83, error=0.6, bias=0.09),
        param_norm=25.0,
        update_norm=0.05,
        learning_rate=2e-4,
        env_steps=128,
        seconds={"collect": 0.011, "estimate": 0.002, "backward": 0.03, "optimiser": 0.004, "cpu": 0.05},
        elapsed=0.064,
        step=TrustRegionStep([8.0 * 0.7**k for k in range(21)], 0.009, 0.008, 0.13, True, 0.06, 3),
        log_weight=draw(-0.2, 0.9, 12),
        epochs=lambda: [ratios[:N] * 0.01 * k for k in range(50)],
        kl_coef=0.5,
        epoch_stopped=2,
        pressure={"advantage": 0.7},
        leaks={("policy", "actor"): 0.3, ("policy", "critic"): 0.0},
    )
    return dataclasses.replace(made, **changed)


def continuous(**changed: Any) -> UpdateRecord:
    """The same of a Gaussian policy in two dimensions, the second without an upper bound."""
    low, high = np.array([-1.0, -3.0], np.float32), np.array([2.0, np.inf], np.float32)
    action = np.random.default_rng(4).normal(0, 2.5, (N, 2)).astype(np.float32)
    return record(**({"action": action, "bounds": (low, high), "log_sigma": -0.7, "max_entropy": None} | changed))
