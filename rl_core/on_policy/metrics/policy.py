"""How random the policy is, and how far an update moved it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rl_core.telemetry.grids import BOUNDS128, INTEGERS64, LOGRATIO128, NATS128
from rl_core.telemetry.metric import distribution, scalar
from rl_core.telemetry.reading import Array, Reading


@dataclass(frozen=True, slots=True)
class PolicyReading(Reading):
    """The policy over the M valid samples of a batch, or over the steps of an update's last epoch."""

    action: NDArray[np.int64] | Array  # [M], or [M, D_a] as sampled
    log_prob: Array  # of the taken actions, under the policy that acted
    log_ratio: Array  # as the loss used it, last epoch; after the step where an update is a single step
    ratio_m1: Array  # ratio - 1, exact near 0
    first_log_ratio: Array  # first minibatch, before any step
    kl_exact: float  # KL(stored || new), over the same samples as log_ratio
    entropy: Array  # per sample, last epoch (nats)
    max_entropy: float | None = None  # None for a density
    log_sigma: float | None = None  # mean, of a Gaussian policy
    bounds: tuple[Array, Array] | None = None  # of continuous actions, low and high [D_a]


@dataclass(frozen=True, slots=True)
class ClipReading(Reading):
    """Ratios where they are clipped."""

    ratio_m1: Array  # last epoch
    clip: float


@scalar("policy/entropy", title="Entropy", unit="nat", latex=r"H(\pi)", colour="green")
def entropy(u: PolicyReading) -> float:
    """Mean entropy of the policy over the batch; falls as the policy commits itself."""
    return float(u.entropy.mean())


@scalar("policy/entropy_relative", title="Entropy, share of ln |A|", unit="1", latex=r"H(\pi)/\ln|A|", colour="green")
def entropy_relative(u: PolicyReading) -> float | None:
    """Entropy as a share of its maximum: near 1 the policy is uniform, near 0 it has collapsed. A density has none."""
    return None if u.max_entropy is None else float(u.entropy.mean()) / u.max_entropy


@scalar("policy/log_sigma", title="Log sigma, mean", unit="1", latex=r"\overline{\log\sigma}", colour="green")
def log_sigma(u: PolicyReading) -> float | None:
    """Mean log standard deviation of a Gaussian policy (natural log of action units); falls as it commits itself."""
    return u.log_sigma


@scalar("policy/saturation", title="Actions beyond the bounds", unit="1", latex=r"\Pr(a\notin[l,h])", colour="orange")
def saturation(u: PolicyReading) -> float | None:
    """Share of sampled action components outside the bounds: the environment received the bound instead."""
    if u.bounds is None:
        return None
    low, high = u.bounds
    return float(((u.action < low) | (u.action > high)).mean())


@scalar("policy/kl_k1", title="KL, k1", unit="nat", latex=r"\mathbb E[-\log\rho]", colour="violet")
def kl_k1(u: PolicyReading) -> float:
    """Mean of -log ratio: unbiased for KL(old || new), may be negative."""
    return -float(u.log_ratio.mean())


@scalar(
    "policy/kl_k3", title="KL, k3", unit="nat", latex=r"\mathbb E[\rho-1-\log\rho]", colour="violet", healthy=(0, 0.02)
)
def kl_k3(u: PolicyReading) -> float:
    """Mean of ratio - 1 - log ratio: unbiased for KL(old || new), never negative."""
    return float((u.ratio_m1 - u.log_ratio).mean())


@scalar(
    "policy/kl_exact", title="KL to the policy that acted", unit="nat", colour="violet", healthy=(0, 0.03),
    latex=r"\mathrm{KL}(\pi_{\text{stored}}\Vert\pi_\theta)",
)  # fmt: skip
def kl_exact(u: PolicyReading) -> float:
    """Exact KL against the stored probabilities, last epoch: no switch can hide it."""
    return u.kl_exact


@scalar(
    "policy/clip_fraction", title="Clip fraction", unit="1", colour="orange", healthy=(None, 0.4),
    latex=r"\Pr(|\rho-1|>\epsilon)",
)  # fmt: skip
def clip_fraction(u: ClipReading) -> float:
    """Share of samples whose ratio lies outside the clip range, last epoch."""
    return float((np.abs(u.ratio_m1) > u.clip).mean())


@scalar("policy/logp", title="Log-probability of taken actions", unit="nat", latex=r"\mathbb E[\log\pi(a|s)]")
def logp(u: PolicyReading) -> float:
    """Mean log-probability of the actions that were taken, under the policy that took them."""
    return float(u.log_prob.mean())


@scalar("ratio/mean", title="Ratio, mean", unit="1", latex=r"\bar\rho", colour="teal", healthy=(0.9, 1.1))
def ratio_mean(u: PolicyReading) -> float:
    """Mean importance ratio new / old; floats around 1."""
    return 1.0 + float(u.ratio_m1.mean())


@scalar("ratio/max", title="Ratio, largest", unit="1", latex=r"\max\rho", colour="teal")
def ratio_max(u: PolicyReading) -> float:
    """Largest importance ratio new / old in the batch."""
    return 1.0 + float(u.ratio_m1.max())


@scalar(
    "ratio/ess", title="Effective sample size", unit="1", colour="teal", healthy=(0.5, 1),
    latex=r"(\sum\rho)^2/(n\sum\rho^2)",
)  # fmt: skip
def ess(u: PolicyReading) -> float:
    """Effective sample size as a share of the batch; below 0.2 a few samples decide."""
    w = np.exp(u.log_ratio - u.log_ratio.max())
    return float(w.sum() * w.sum() / ((w @ w) * w.size))


@scalar(
    "ratio/first_deviation", title="Ratio at epoch 0", unit="nat", colour="teal", healthy=(0, 1e-4),
    latex=r"\max|\log\rho_0|",
)  # fmt: skip
def first_deviation(u: PolicyReading) -> float:
    """Largest |log ratio| before the first step: 0 up to rounding, or a boundary (B-5, B-8) is on its wrong side."""
    return float(np.abs(u.first_log_ratio).max())


@distribution("ratio", title="Importance ratio", unit="1", latex=r"\rho_t", grid=LOGRATIO128, colour="teal")
def ratio(u: PolicyReading) -> Array:
    """Ratio of new to old probability of each taken action, last epoch."""
    return u.ratio_m1 + np.float32(1)


@distribution("log_prob", title="Log-probability", unit="nat", latex=r"\log\pi(a|s)", grid=NATS128, colour="green")
def log_prob(u: PolicyReading) -> Array:
    """Log-probability of each taken action, under the policy that took it."""
    return u.log_prob


@distribution("action", title="Actions", unit="action", latex=r"a_t", grid=INTEGERS64, colour="grey")
def action(u: PolicyReading) -> Array | None:
    """How often each of the discrete actions was taken."""
    return u.action.astype(np.float32) if u.bounds is None else None


@distribution(
    "action_continuous", title="Actions in units of their bounds", unit="1", colour="grey", grid=BOUNDS128,
    latex=r"\frac{2a_t-h-l}{h-l}",
)  # fmt: skip
def action_continuous(u: PolicyReading) -> Array | None:
    """Sampled continuous actions, all components: -1 is the lower bound, 1 the upper; unscaled where one is missing."""
    if u.bounds is None:
        return None
    low, high = u.bounds
    finite = np.isfinite(high - low)
    middle, half = np.where(finite, (high + low) / 2, 0), np.where(finite, (high - low) / 2, 1)
    return ((u.action - middle) / half).astype(np.float32).reshape(-1)
