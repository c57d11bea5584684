r"""PPO (Schulman et al. 2017): L = -(1/M) \sum_t min(\rho_t A_t, clip(\rho_t, 1 +- \epsilon) A_t) + c_v L_V - c_e H.

With a KL penalty + \beta KL is added to it; a wide clip range then leaves the penalty alone (section 4 of the paper).
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator
from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.algorithms.algorithm import Algorithm, Term, algorithm
from rl_core.algorithms.kl_control import PENALTIES, KlControls, kl_to_reference
from rl_core.algorithms.on_policy import Normalisation
from rl_core.algorithms.shared_losses import entropy_bonus, value_loss
from rl_core.collect.rollout import Collector
from rl_core.controls import choice, inherited, number
from rl_core.estimators.ratios import clipped_surrogate
from rl_core.estimators.schedules import Schedule, scheduled
from rl_core.networks.actor_critic import ActorCritic
from rl_core.types import Batch, Losses, Minibatch

EQUATION = (
    Term(
        r"L=-@reduction@\;@gamma_t@\min\!\big(\rho_t\,@advantage@,\;"
        r"\operatorname{clip}(\rho_t,1\pm @clip@)\,@advantage@\big)"
    ),
    Term(r"\\ +\;@value_coef@\,\textstyle\frac1M\sum\big(V_\phi(s_t)-@value_target@\big)^2"),
    Term(r"\;-\;@entropy_coef@\,\textstyle\frac1M\sum @entropy@", ("entropy_coef", "not", 0)),
    Term(r"\\ +\;@kl_coef@\,\textstyle\frac1M\sum @kl_estimator@(@kl_direction@)", ("kl", "is", "penalty")),
    Term(
        r"\\ +\;\beta_k\,\textstyle\frac1M\sum @kl_estimator@(@kl_direction@),"
        r"\quad\beta_0=@kl_coef@\text{, doubled or halved towards KL}=@kl_target@",
        ("kl", "is", "adaptive_penalty"),
    ),
    Term(
        r"\\ \text{epochs end at }\textstyle\frac1M\sum @kl_estimator@(@kl_direction@)>1.5\,@kl_target@",
        ("kl", "is", "early_stop"),
    ),
    Term(r",\quad\bar\pi=@kl_reference@", ("kl", "not", "none")),
    Term(r"\\ \rho_t=\pi_\theta(a_t\mid s_t)\,/\,@old_log_prob@(a_t\mid s_t)"),
    Term(r"\\ \hat A_t=@return_kind@@baseline@@advantage_norm@,\quad\hat R_t=@critic_target@"),
)


class PPO(KlControls):
    """Controls of PPO with a clipped ratio."""

    n_steps: int = number(
        r"T", 128, title="Steps per lane", ge=1, le=4096, unit="steps", log=True, group="schedule",
        effect="Samples per update = steps x lanes.",
    )  # fmt: skip
    """Steps each lane takes between two updates."""

    epochs: int = number(
        r"K", 4, title="Epochs", ge=1, le=50, unit="epochs", group="schedule",
        effect="More passes over one batch learn more from it and drift further from the policy that made it.",
    )  # fmt: skip
    """Passes over each batch."""

    minibatches: int = number(
        r"m", 4, title="Minibatches", ge=1, le=64, group="schedule", effect="Gradient steps per epoch.",
    )  # fmt: skip
    """Parts into which each epoch's shuffled batch is cut."""

    clip: float = number(
        r"\epsilon",
        0.2,
        title="Clip range",
        ge=0,
        le=10,
        effect="Beyond 1 +- epsilon a helpful change earns no more gradient.",
    )
    """Half-width of the region in which the ratio is trusted."""

    clip_schedule: Schedule = choice(
        r"\epsilon(n)",
        "constant",
        title="Clip schedule",
        group="schedule",
        effect="A shrinking region, with the budget.",
    )
    """How the clip range falls with the fraction of the budget used."""

    old_log_prob: Literal["stored", "recomputed", "recomputed_attached"] = choice(
        r"\pi_{\text{old}}", "stored", title="Old log-probability", spec="B-5",
        effect="Recomputed, the ratio is always 1: clipping never acts, and attached the gradient is exactly 0.",
        terms={
            "stored": r"\pi_{\text{old}}", "recomputed": r"\operatorname{sg}[\pi_\theta]",
            "recomputed_attached": r"\pi_\theta",
        },
    )  # fmt: skip
    """Which log-probability stands in the denominator of the ratio."""

    advantage_norm: Normalisation = inherited(KlControls, "advantage_norm", "minibatch")

    @model_validator(mode="after")
    def _needs_critic(self) -> PPO:
        if self.critic == "none":
            self.refuse("critic", "PPO fits a value function beside the policy, so critic must be 'v'. "
                        "For a method without a critic choose the algorithm 'reinforce'.")  # fmt: skip
        return self


def collect(collector: Collector, c: PPO) -> Batch:
    """T steps from every lane."""
    return collector.segments(c.n_steps)


def losses(b: Minibatch, net: ActorCritic, c: PPO) -> Losses:
    r"""The clipped surrogate, \rho_t = exp(log \pi_\theta - log \pi_old), value loss, entropy bonus and KL penalty."""
    pi = net.policy(b.obs, b.masks)
    log_pi_t = pi.log_prob(b.action)
    log_rho_t = log_pi_t - old_log_prob(b, log_pi_t, c)
    gain_t = clipped_surrogate(log_rho_t.exp(), c.advantage(b.advantage), clip_range(b, c))
    terms = {"policy": -b.scale * b.discounted(gain_t).mean(), "value": value_loss(b, net, c)}
    if c.entropy_coef:
        terms["entropy"] = entropy_bonus(b, net, pi, c)
    kl = None if c.kl == "none" else kl_to_reference(b, net, pi, log_pi_t, c)
    if kl is not None and c.kl in PENALTIES:
        terms["kl"] = b.kl_coef * kl
    return Losses(terms, log_ratio=log_rho_t, pi=pi, kl=kl)


def clip_range(b: Minibatch, c: PPO) -> float:
    r"""\epsilon at this point of the budget."""
    return scheduled(c.clip, c.clip_schedule, b.progress)


def old_log_prob(b: Minibatch, log_pi_t: Tensor, c: PPO) -> Tensor:
    r"""log \pi_old(a_t|s_t) as chosen; only `stored` is the policy that made the data (B-5)."""
    if c.old_log_prob == "stored":
        return b.log_prob
    return log_pi_t if c.old_log_prob == "recomputed_attached" else constant(log_pi_t)


ppo = algorithm(
    Algorithm(
        id="ppo",
        title="PPO",
        doc="A few epochs of gradient steps on each batch, held near the policy that made it by clipping the ratio.",
        ref="Schulman et al. 2017, eq. 7",
        controls=PPO,
        equation=EQUATION,
        collect=collect,
        losses=losses,
    )
)
