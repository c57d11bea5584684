"""How the policy's gradient was taken, what that cost, and how noisy the estimate is."""

from __future__ import annotations

from dataclasses import dataclass

from rl_core.telemetry.metric import scalar
from rl_core.telemetry.reading import Reading


@dataclass(frozen=True, slots=True)
class ScoreProbe(Reading):
    """What is measured about a score-function estimate now and then, before its step; None where it does not apply."""

    norm: float  # of the policy's gradient as autograd takes it
    analytic_norm: float | None  # of its closed form, where the policy is linear
    analytic_difference: float | None  # largest entry of |closed form - autograd|
    variance: float | None  # trace of the covariance of the estimate, over trajectories


@dataclass(frozen=True, slots=True)
class TakenApart(Reading):
    """The policy's gradient where it is not the surrogate's backward pass, over all steps."""

    policy_seconds: float
    surrogate_seconds: float
    difference: float  # largest entry of |taken - surrogate|


@scalar(
    "grad/var_trace", title="Variance of the gradient", unit="1", colour="violet",
    latex=r"\operatorname{tr}\widehat{\mathrm{Cov}}(\hat g)",
)  # fmt: skip
def var_trace(u: ScoreProbe) -> float | None:
    """Trace of the covariance of a score-function estimate, from how its trajectories differ; twice a second."""
    return u.variance


@scalar("grad/analytic", title="Gradient norm, closed form", unit="1", colour="orange",
        latex=r"\lVert\textstyle\sum w(1-\pi)s\rVert")  # fmt: skip
def analytic(u: ScoreProbe) -> float | None:
    """L2 norm of the policy gradient from its closed form, where the policy is linear; measured twice a second."""
    return u.analytic_norm


@scalar("grad/analytic_difference", title="Closed form against autograd", unit="1", colour="orange",
        latex=r"\max|g_{\text{closed}}-g_{\text{autograd}}|")  # fmt: skip
def analytic_difference(u: ScoreProbe) -> float | None:
    """Largest difference between the closed form and autograd's gradient in any parameter: rounding, or a mistake."""
    return u.analytic_difference


@scalar("grad/mode_difference", title="Gradient against the surrogate's", unit="1", colour="orange",
        latex=r"\max|g-g_{\text{surrogate}}|")  # fmt: skip
def mode_difference(u: TakenApart) -> float:
    """Largest difference between the gradient as the control `gradient` takes it and the surrogate's: rounding for
    literal and per-sample, the whole noise of the batch for exact.
    """
    return u.difference


@scalar("time/policy_gradient_ms", title="Policy gradient", unit="ms", latex=r"t_{\nabla\pi}", colour="grey")
def policy_gradient_ms(u: TakenApart) -> float:
    """Wall time of the policy's gradient where it is not the surrogate's backward pass, all steps."""
    return 1e3 * u.policy_seconds


@scalar("time/surrogate_gradient_ms", title="Surrogate's backward pass", unit="ms", colour="grey",
        latex=r"t_{\nabla\text{sur}}")  # fmt: skip
def surrogate_gradient_ms(u: TakenApart) -> float:
    """Wall time of the one backward pass that would have done, all steps; compare it with the policy gradient's."""
    return 1e3 * u.surrogate_seconds
