"""The truth about the policy, where the environment is a finite MDP, and how this update's estimate compares with it.

It is computed for every update unless the MDP is so large that it would take longer than the update, or the policy
drops units at random or sees normalised observations.
"""

from __future__ import annotations

from dataclasses import dataclass

from rl_core.telemetry.metric import scalar
from rl_core.telemetry.reading import Reading


@dataclass(frozen=True, slots=True)
class ExactReading(Reading):
    """The truth about the policy that acted in a finite MDP, and how the update's estimate compares with it."""

    J: float
    optimum: float  # the largest J of any policy
    grad_norm: float
    cosine: float | None  # None where one of the two is 0
    error: float | None  # relative; None where no episode ended, so that the estimate's scale is unknown
    bias: float | None  # relative, of the mean over the last updates


@scalar("exact/J", title="J, exact", unit="reward", latex=r"J(\theta)", colour="green")
def exact_j(u: ExactReading) -> float:
    """Expected discounted return of the policy that acted, from the first step to the horizon, without any sampling."""
    return u.J


@scalar("exact/J_optimal", title="J, largest", unit="reward", latex=r"\max_\pi J", colour="grey")
def exact_optimum(u: ExactReading) -> float:
    """The largest J of any policy, by value iteration; it may need to know the time, or to tell states apart."""
    return u.optimum


@scalar("exact/grad_norm", title="Gradient of J, norm", unit="reward", latex=r"\lVert\nabla J\rVert", colour="orange")
def exact_norm(u: ExactReading) -> float:
    """L2 norm of the exact gradient in the policy's parameters; 0 where the policy is as good as it can become."""
    return u.grad_norm


@scalar("grad/cos_exact", title="Cosine to the exact gradient", unit="1", colour="orange", healthy=(0, 1),
        latex=r"\cos(\hat g,\nabla J)")  # fmt: skip
def cos_exact(u: ExactReading) -> float | None:
    """Cosine between the first policy gradient of the update and the exact one: 1 = its direction, 0 = noise,
    below 0 = downhill. Entropy bonus and KL penalty are left out; the control `gradient` = exact makes it 1,
    and an estimate of 0 has none.
    """
    return u.cosine


@scalar("grad/error_exact", title="Error of the gradient", unit="1", colour="orange",
        latex=r"\lVert\hat g-\nabla J\rVert/\lVert\nabla J\rVert")  # fmt: skip
def error_exact(u: ExactReading) -> float | None:
    """Relative error of this update's first policy gradient, counted per episode whatever the reduction: mostly noise
    of the batch. Normalised advantages or rewards rescale the estimate, and that counts as error.
    """
    return u.error


@scalar("grad/bias_exact", title="Bias of the gradient", unit="1", colour="violet",
        latex=r"\lVert\overline{\hat g-\nabla J}\rVert/\lVert\overline{\nabla J}\rVert")  # fmt: skip
def bias_exact(u: ExactReading) -> float | None:
    """Relative norm of the mean error over the last 100 updates since the last edit. Of an unbiased estimator only
    noise is left, which falls like 1/sqrt(updates) to a tenth of one update's error; what stays above that is bias.
    """
    return u.bias
