"""How the policy's gradient was taken, what that cost, and how noisy the estimate is."""

from __future__ import annotations

from rl_core.telemetry.metric import scalar
from rl_core.telemetry.record import UpdateRecord


@scalar(
    "grad/var_trace", title="Variance of the gradient", unit="1", colour="violet",
    latex=r"\operatorname{tr}\widehat{\mathrm{Cov}}(\hat g)",
)  # fmt: skip
def var_trace(u: UpdateRecord) -> float | None:
    """Trace of the covariance of a score-function estimate, from how its trajectories differ; twice a second."""
    return u.taken.variance


@scalar("grad/analytic", title="Gradient norm, closed form", unit="1", colour="orange",
        latex=r"\lVert\textstyle\sum w(1-\pi)s\rVert")  # fmt: skip
def analytic(u: UpdateRecord) -> float | None:
    """L2 norm of the policy gradient from its closed form, where the policy is linear; measured twice a second."""
    return u.taken.analytic


@scalar("grad/analytic_difference", title="Closed form against autograd", unit="1", colour="orange",
        latex=r"\max|g_{\text{closed}}-g_{\text{autograd}}|")  # fmt: skip
def analytic_difference(u: UpdateRecord) -> float | None:
    """Largest difference between the closed form and autograd's gradient in any parameter: rounding, or a mistake."""
    return u.taken.analytic_difference


@scalar("grad/mode_difference", title="Gradient against the surrogate's", unit="1", colour="orange",
        latex=r"\max|g-g_{\text{surrogate}}|")  # fmt: skip
def mode_difference(u: UpdateRecord) -> float | None:
    """Largest difference between the gradient as the control `gradient` takes it and the surrogate's: rounding for
    literal and per-sample, the whole noise of the batch for exact.
    """
    return u.taken.difference


@scalar("time/policy_gradient_ms", title="Policy gradient", unit="ms", latex=r"t_{\nabla\pi}", colour="grey")
def policy_gradient_ms(u: UpdateRecord) -> float | None:
    """Wall time of the policy's gradient where it is not the surrogate's backward pass, all steps."""
    return None if u.taken.policy_seconds is None else 1e3 * u.taken.policy_seconds


@scalar("time/surrogate_gradient_ms", title="Surrogate's backward pass", unit="ms", colour="grey",
        latex=r"t_{\nabla\text{sur}}")  # fmt: skip
def surrogate_gradient_ms(u: UpdateRecord) -> float | None:
    """Wall time of the one backward pass that would have done, all steps; compare it with the policy gradient's."""
    return None if u.taken.surrogate_seconds is None else 1e3 * u.taken.surrogate_seconds


@scalar("graph/nodes", title="Nodes of the graph", unit="1", latex=r"n_{\text{nodes}}", colour="grey")
def nodes(u: UpdateRecord) -> float | None:
    """Operations that the first loss of the update remembers; twice a second. Rising with the updates it is a leak."""
    return u.taken.nodes


@scalar("graph/saved_bytes", title="Saved for the backward pass", unit="B", latex=r"B_{\text{saved}}", colour="grey")
def saved_bytes(u: UpdateRecord) -> float | None:
    """Bytes of the tensors that the graph of the first loss holds, parameters left out; measured twice a second."""
    return u.taken.saved_bytes
