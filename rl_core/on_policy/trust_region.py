r"""The direction F^{-1} g and the length that a KL of \delta allows: what natural gradient and TRPO share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import model_validator
from torch import Tensor

from rl_core.ad.products import Product, curvature
from rl_core.controls import inherited, number
from rl_core.data.samples import Losses, Minibatch
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.on_policy.kl_reference import ReferenceControls, exact_kl
from rl_core.updates.flat import FlatParameters
from rl_core.updates.natural import Solution, conjugate_gradient, step_length
from rl_core.updates.score import policy_parameters

ACTOR_TERMS = ("policy", "entropy")


class TrustRegionControls(ReferenceControls):
    r"""Controls of a step of the actor whose length is a KL; the optimiser fits the critic only."""

    kl_reference: Literal["saved", "recomputed_attached"] = inherited(
        ReferenceControls, "kl_reference", "saved",
        terms={"saved": r"\pi_{\text{old}}", "recomputed_attached": r"\pi_\theta"},
        effect="Both sides attached, KL and curvature are 0: the step is along the plain gradient, its length is "
        "the damping's, and no KL stops it; without damping nothing moves.",
    )  # fmt: skip

    n_steps: int = number(
        r"T", 128, title="Steps per lane", ge=1, le=4096, unit="steps", log=True, group="schedule",
        effect="Samples per update = steps x lanes; the Fisher matrix is estimated from them.",
    )  # fmt: skip
    """Steps each lane takes between two updates."""

    delta: float = number(
        r"\delta", 0.01, title="Trust region", ge=1e-6, le=10, unit="nat", log=True, group="policy",
        effect="The step's length, as a KL: ten times the region is a step about three times as long.",
    )  # fmt: skip
    """Mean KL between the policies before and after a step."""

    damping: float = number(
        r"\nu", 0.1, title="Damping", ge=0, le=10, group="policy",
        effect="Without it directions that hardly change the policy grow large; with much of it the step is along g.",
    )  # fmt: skip
    """Added to the diagonal of the Fisher matrix, which is singular for a softmax."""

    cg_iterations: int = number(
        r"k_{\text{CG}}", 10, title="Conjugate-gradient steps", ge=1, le=20, group="policy",
        effect="More solve F x = g better, each for one product with the Fisher matrix.",
    )  # fmt: skip
    """Iterations of the solver of F x = g."""

    epochs: int = number(
        r"K", 10, title="Epochs of the critic", ge=1, le=50, unit="epochs", group="critic",
        effect="The actor takes one step whatever this is; a badly fitted critic makes its advantages noisy.",
    )  # fmt: skip
    """Passes over each batch in which the critic is fitted."""

    minibatches: int = number(
        r"m", 4, title="Minibatches of the critic", ge=1, le=64, group="critic", effect="Gradient steps per epoch.",
    )  # fmt: skip
    """Parts into which each of those passes is cut."""

    learning_rate: float = inherited(
        OnPolicyControls, "learning_rate", 1e-3, title="Learning rate of the critic",
        effect="The actor's step has no learning rate: its length is the trust region.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _apart(self) -> TrustRegionControls:
        if self.critic == "none":
            self.refuse("critic", "the advantage of a trust-region step is made with V, so critic must be 'v'. For a "
                        "method without a critic choose the algorithm 'reinforce'.")  # fmt: skip
        if self.trunk == "shared":
            self.refuse("trunk", "a trust-region step excludes an optimiser for the actor, but trunk 'shared' would be "
                        "moved by the critic's. Use 'separate'.")  # fmt: skip
        return self


@dataclass(frozen=True, slots=True)
class NaturalStep:
    r"""g, x with (F + \nu I) x = g, and the step \sqrt{2 \delta / x^T (F + \nu I) x} x."""

    gradient: Tensor  # [P] ascent
    solution: Solution
    step: Tensor  # [P]
    predicted_kl: float  # step^T F step / 2, without damping


def natural_step(
    m: Minibatch, losses: Losses, net: ActorCritic, flat: FlatParameters, c: TrustRegionControls
) -> NaturalStep:
    r"""The longest step along (F + \nu I)^{-1} g that the quadratic model of the KL allows; -g is in `flat`.

    F is the Hessian of the mean KL to the reference at \theta' = \theta (Kakade 2001; Schulman et al. 2015).
    """
    gradient = -flat.part("actor")
    kl = exact_kl(m, net, losses.pi, losses.pi.log_prob(m.action), c)
    fisher = curvature(kl, policy_parameters(net))
    solution = conjugate_gradient(damped(fisher, c.damping), gradient, c.cg_iterations)
    x, f_x = solution.x, fisher(solution.x)
    scale = step_length(x, f_x + c.damping * x, c.delta)
    return NaturalStep(gradient, solution, scale * x, 0.5 * scale**2 * float(x @ f_x))


def actor_loss(losses: Losses) -> Tensor:
    """What the actor minimises: the policy's loss and the entropy bonus."""
    loss: Tensor = sum(term for name, term in losses.terms.items() if name in ACTOR_TERMS)  # type: ignore[assignment]
    return loss


def damped(product: Product, nu: float) -> Product:
    r"""v -> (A + \nu I) v."""
    return lambda v: product(v) + nu * v
