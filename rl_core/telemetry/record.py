"""What one update leaves for the metrics to read: arrays that were there anyway, no graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TrustRegionStep:
    """A step of the actor along F^{-1} g, in the policy's terms."""

    residuals: list[float]  # of the conjugate gradients, before the first and after every iteration
    predicted_kl: float  # nats
    measured_kl: float  # nats
    norm: float  # of the parameters' change
    searched: bool
    gain: float | None
    backtracks: int | None


@dataclass(frozen=True, slots=True)
class ExactReading:
    """The truth about the policy that acted in a finite MDP, and how the update's estimate compares with it."""

    J: float
    optimum: float  # the largest J of any policy
    grad_norm: float
    cosine: float | None  # None where one of the two is 0
    error: float | None  # relative; None where no episode ended, so that the estimate's scale is unknown
    bias: float | None  # relative, of the mean over the last updates


@dataclass(frozen=True, slots=True)
class GradientReading:
    """How the gradients of an update were taken; None where something was not measured."""

    calls: int  # backward passes
    policy_seconds: float | None = None
    surrogate_seconds: float | None = None
    difference: float | None = None  # largest entry of |taken - surrogate|
    variance: float | None = None  # trace of the covariance of the estimate
    analytic: float | None = None  # norm of the closed form
    analytic_difference: float | None = None
    nodes: int | None = None
    saved_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class UpdateRecord:
    """One update's numbers; arrays over the M valid samples of the batch, or over the steps of its last epoch."""

    advantage: Array  # as the loss used it, before minibatch normalisation
    returns: Array  # G_t
    value: Array | None
    target: Array | None
    td_error: Array | None
    action: NDArray[np.int64] | Array  # [M], or [M, D_a] as sampled
    log_prob: Array  # of the taken actions, under the policy that acted
    log_ratio: Array  # as the loss used it, last epoch; after the step where an update is a single step
    ratio_m1: Array  # ratio - 1, exact near 0
    first_log_ratio: Array  # first minibatch, before any step
    kl_exact: float  # KL(stored || new), over the same samples as log_ratio
    entropy: Array  # per sample, last epoch (nats)
    max_entropy: float | None  # None for a density
    clip: float | None
    losses: dict[str, float]  # last epoch means
    grad_norms: Array  # before clipping, one per optimiser step
    max_grad_norm: float
    group_norms: dict[str, float]  # of the first step's gradient, by parameter group
    grad_cosine: float | None  # between this update's first gradient and the last one's
    param_norm: float
    update_norm: float
    learning_rate: float
    env_steps: int  # collected by this update
    seconds: dict[str, float]  # collect, estimate, backward, optimiser, cpu
    elapsed: float  # wall seconds since the last update ended, pauses excluded
    taken: GradientReading = GradientReading(calls=0)
    exact: ExactReading | None = None
    step: TrustRegionStep | None = None  # of an actor that no optimiser moves
    log_weight: Array | None = None  # of importance weights that are not the ratios, last epoch
    epochs: Callable[[], list[Array]] = list  # log ratios of every epoch, joined when somebody asks
    kl_coef: float | None = None  # of the KL penalty, where there is one
    epoch_stopped: int | None = None  # by the KL, counted from 0
    baseline: Array | None = None  # what was subtracted from the return
    log_sigma: float | None = None  # mean, of a Gaussian policy
    bounds: tuple[Array, Array] | None = None  # of continuous actions, low and high [D_a]
    trunk_cosine: float | None = None  # of policy and value gradients, where a probe ran on a shared trunk
    pressure: dict[str, float] = field(default_factory=dict)
    leaks: dict[tuple[str, str], float] = field(default_factory=dict)
