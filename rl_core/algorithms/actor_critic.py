r"""One-step actor-critic: A2C's loss with A_t = \delta_t, learnt online from one step of every lane at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from rl_core.algorithms.a2c import A2C, a2c
from rl_core.algorithms.algorithm import algorithm
from rl_core.controls import inherited
from rl_core.on_policy.controls import CriticTarget, OnPolicyControls, ReturnKind


class OneStepActorCritic(A2C):
    """Controls of the one-step actor-critic."""

    n_steps: int = inherited(A2C, "n_steps", 1)
    return_kind: ReturnKind = inherited(OnPolicyControls, "return_kind", "td")
    critic_target: CriticTarget = inherited(OnPolicyControls, "critic_target", "td0")
    optimiser: Literal["adam", "sgd", "rmsprop"] = inherited(OnPolicyControls, "optimiser", "adam")
    learning_rate: float = inherited(OnPolicyControls, "learning_rate", 3e-4)


actor_critic = algorithm(
    replace(
        a2c,
        id="actor_critic",
        title="One-step actor-critic",
        doc="A gradient step after every step: each action is weighted with the TD error that followed it.",
        ref="Sutton and Barto 2018, section 13.5",
        controls=OneStepActorCritic,
    )
)
