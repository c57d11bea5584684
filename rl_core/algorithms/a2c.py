r"""A2C (Mnih et al. 2016, synchronous): L = -(1/M) \sum_t sg[A_t] log \pi_\theta(a_t|s_t) + c_v L_V - c_e H."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from rl_core.algorithms.algorithm import Algorithm, Term, algorithm
from rl_core.collect.rollout import Collector
from rl_core.controls import inherited, number
from rl_core.data.batch import Batch
from rl_core.data.samples import Losses, Minibatch
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.on_policy.losses import entropy_bonus, value_loss

EQUATION = (
    Term(r"L=-@reduction@\;@gamma_t@@advantage@\,\log\pi_\theta(a_t\mid s_t)"),
    Term(r"\\ +\;@value_coef@\,\textstyle\frac1M\sum\big(V_\phi(s_t)-@value_target@\big)^2"),
    Term(r"\;-\;@entropy_coef@\,\textstyle\frac1M\sum @entropy@", ("entropy_coef", "not", 0)),
    Term(r"\\ \hat A_t=@return_kind@@baseline@@advantage_norm@,\quad\hat R_t=@critic_target@"),
)


class A2C(OnPolicyControls):
    """Controls of A2C: one gradient step on a few steps of every lane."""

    n_steps: int = number(
        r"T", 5, title="Steps per lane", ge=1, le=4096, unit="steps", log=True, group="schedule",
        effect="Samples per update = steps x lanes; longer segments lean less on V.",
    )  # fmt: skip
    """Steps each lane takes between two updates."""

    gae_lambda: float = inherited(OnPolicyControls, "gae_lambda", 1.0)
    optimiser: Literal["adam", "sgd", "rmsprop"] = inherited(OnPolicyControls, "optimiser", "rmsprop")
    learning_rate: float = inherited(OnPolicyControls, "learning_rate", 7e-4)

    @model_validator(mode="after")
    def _needs_critic(self) -> A2C:
        if self.critic == "none":
            self.refuse("critic", "actor-critic methods bootstrap their short segments with V, so critic must be "
                        "'v'. For a method without a critic choose the algorithm 'reinforce'.")  # fmt: skip
        return self


def collect(collector: Collector, c: A2C) -> Batch:
    """T steps from every lane."""
    return collector.segments(c.n_steps)


def losses(b: Minibatch, net: ActorCritic, c: A2C) -> Losses:
    r"""-(scale) w_t log \pi(a_t|s_t), with w_t = \gamma^t sg[A_t], the value loss and the entropy bonus."""
    pi = net.policy(b.obs, b.masks)
    log_pi_t = pi.log_prob(b.action)
    w_t = b.discounted(c.advantage(b.advantage))
    terms = {"policy": -b.scale * (w_t * log_pi_t).mean(), "value": value_loss(b, net, c)}
    if c.entropy_coef:
        terms["entropy"] = entropy_bonus(b, net, pi, c)
    return Losses(terms, log_ratio=log_pi_t - b.log_prob, pi=pi)


a2c = algorithm(
    Algorithm(
        id="a2c",
        title="A2C",
        doc="One gradient step on a few steps of many parallel environments, each bootstrapped with V at its end.",
        ref="Mnih et al. 2016",
        controls=A2C,
        equation=EQUATION,
        collect=collect,
        losses=losses,
    )
)
