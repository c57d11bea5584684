r"""The controls of a step whose length is a KL: what natural gradient and TRPO share."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from rl_core.controls import inherited, number
from rl_core.on_policy.controls import MinibatchControls, OnPolicyControls, SegmentControls
from rl_core.on_policy.kl_reference import ReferenceControls
from rl_core.updates.descend import Passes


class TrustRegionControls(ReferenceControls, SegmentControls, MinibatchControls):
    r"""Controls of a step of the actor whose length is a KL; the optimiser fits the critic only."""

    kl_reference: Literal["saved", "recomputed_attached"] = inherited(
        ReferenceControls, "kl_reference", "saved",
        terms={"saved": r"\pi_{\text{old}}", "recomputed_attached": r"\pi_\theta"},
        effect="Both sides attached, KL and curvature are 0: the step is along the plain gradient, its length is "
        "the damping's, and no KL stops it; without damping nothing moves.",
    )  # fmt: skip

    n_steps: int = inherited(
        SegmentControls, "n_steps", 128,
        effect="Samples per update = steps x lanes; the Fisher matrix is estimated from them.",
    )  # fmt: skip

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

    epochs: int = inherited(
        MinibatchControls, "epochs", 10, title="Epochs of the critic", group="critic",
        effect="The actor takes one step whatever this is; a badly fitted critic makes its advantages noisy.",
    )  # fmt: skip
    """Passes over each batch in which the critic is fitted."""

    minibatches: int = inherited(
        MinibatchControls, "minibatches", 4, title="Minibatches of the critic", group="critic",
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


EPOCHS_OF_CRITIC = Passes(epochs=lambda c: c.epochs, minibatches=lambda c, samples: c.parts(samples))
