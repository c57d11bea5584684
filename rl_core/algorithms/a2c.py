r"""A2C (Mnih et al. 2016, synchronous): L = -(1/M) \sum_t sg[A_t] log \pi_\theta(a_t|s_t) + c_v L_V - c_e H."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator
from torch import Tensor

from rl_core.algorithms.algorithm import Algorithm, algorithm
from rl_core.collect.on_lanes import Segments
from rl_core.controls import inherited
from rl_core.networks.actor_critic import actor_critic as networks
from rl_core.on_policy.advantages import Advantages
from rl_core.on_policy.at import At
from rl_core.on_policy.controls import CriticRateControls, SegmentControls
from rl_core.on_policy.losses import SCORED, advantage, entropy_bonus, target, value_loss
from rl_core.on_policy.reader import policy_reader
from rl_core.on_policy.truth import truth
from rl_core.updates.descend import descending
from rl_core.updates.term import term


class A2C(CriticRateControls, SegmentControls):
    """Controls of A2C: one gradient step on a few steps of every lane."""

    n_steps: int = inherited(
        SegmentControls, "n_steps", 5, effect="Samples per update = steps x lanes; longer segments lean less on V."
    )
    gae_lambda: float = inherited(SegmentControls, "gae_lambda", 1.0)
    optimiser: Literal["adam", "sgd", "rmsprop"] = inherited(SegmentControls, "optimiser", "rmsprop")
    learning_rate: float = inherited(SegmentControls, "learning_rate", 7e-4)

    @model_validator(mode="after")
    def _needs_critic(self) -> A2C:
        if self.critic == "none":
            self.refuse("critic", "actor-critic methods bootstrap their short segments with V, so critic must be "
                        "'v'. For a method without a critic choose the algorithm 'reinforce'.")  # fmt: skip
        return self


@term("policy", SCORED, into="actor", estimates=True)
def policy_loss(at: At) -> Tensor:
    r"""-(scale) \sum_t w_t log \pi(a_t|s_t), with w_t = \gamma^t sg[A_t]."""
    return -at.mean(at.discounted(at.advantage) * at.log_pi)


a2c = algorithm(
    Algorithm(
        id="a2c",
        title="A2C",
        doc="One gradient step on a few steps of many parallel environments, each bootstrapped with V at its end.",
        ref="Mnih et al. 2016",
        controls=A2C,
        networks=networks,
        source=Segments,
        estimate=Advantages,
        see=At,
        terms=(policy_loss, value_loss, entropy_bonus),
        rules=(descending("actor", "critic", "trunk"),),
        where=(*advantage, target),
        instruments=(policy_reader, truth),
    )
)
