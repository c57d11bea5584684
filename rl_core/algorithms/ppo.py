r"""PPO (Schulman et al. 2017): L = -(1/M) \sum_t min(\rho_t A_t, clip(\rho_t, 1 +- \epsilon) A_t) + c_v L_V - c_e H.

With a KL penalty + \beta KL is added to it; a wide clip range then leaves the penalty alone (section 4 of the paper).
"""

from __future__ import annotations

import torch
from pydantic import model_validator
from torch import Tensor

from rl_core.algorithms.algorithm import Algorithm, Term, algorithm
from rl_core.collect.rollout import Collector
from rl_core.controls import choice, flag, inherited, number
from rl_core.data.batch import Batch
from rl_core.data.samples import Losses, Minibatch
from rl_core.estimators.ratios import clipped_surrogate
from rl_core.estimators.schedules import Schedule, scheduled
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.controls import Normalisation
from rl_core.on_policy.kl_control import PENALTIES, KlControls, kl_to_reference
from rl_core.on_policy.losses import entropy_bonus, squared_errors, value_loss
from rl_core.on_policy.old_policy import RatioControls, old_log_prob

EQUATION = (
    Term(
        r"L=-@reduction@\;@gamma_t@\min\!\big(\rho_t\,@advantage@,\;"
        r"\operatorname{clip}(\rho_t,1\pm @clip@)\,@advantage@\big)"
    ),
    Term(
        r"\\ +\;@value_coef@\,\textstyle\frac1M\sum\big(V_\phi(s_t)-@value_target@\big)^2", ("clip_value", "is", False)
    ),
    Term(
        r"\\ +\;@value_coef@\,\textstyle\frac1M\sum\max\!\big[(V_\phi(s_t)-@value_target@)^2,"
        r"(V_{\text{old}}+\operatorname{clip}(V_\phi-V_{\text{old}},\pm @clip@)-@value_target@)^2\big]",
        ("clip_value", "is", True),
    ),
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


class PPO(KlControls, RatioControls):
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

    clip_value: bool = flag(
        r"\text{clip }V", False, title="Clipped value loss", group="critic", ref="Engstrom et al. 2020",
        effect="V moves at most epsilon per batch, in units of reward: slow where returns are large.",
    )  # fmt: skip
    """Take the larger of the squared errors of V and of V held within the clip range of what it was."""

    recompute_advantage: bool = flag(
        r"\hat A^{(k)}", False, title="Advantage anew each epoch", group="schedule",
        effect="Later epochs use a fresher V; usual PPO estimates once per batch.", ref="Andrychowicz et al. 2021",
    )  # fmt: skip
    """Estimate advantages and targets again before every epoch but the first."""

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
    terms = {"policy": -b.scale * b.discounted(gain_t).mean(), "value": ppo_value_loss(b, net, c)}
    if c.entropy_coef:
        terms["entropy"] = entropy_bonus(b, net, pi, c)
    kl = None if c.kl == "none" else kl_to_reference(b, net, pi, log_pi_t, c)
    if kl is not None and c.kl in PENALTIES:
        terms["kl"] = b.kl_coef * kl
    return Losses(terms, log_ratio=log_rho_t, pi=pi, kl=kl)


def ppo_value_loss(b: Minibatch, net: ActorCritic, c: PPO) -> Tensor:
    r"""c_v (1/M) \sum_t max[(V - \hat R)^2, (V_old + clip(V - V_old, +-\epsilon) - \hat R)^2] where it is clipped."""
    if b.old_value is None:
        return value_loss(b, net, c)
    v_t, target_t, epsilon = net.value(b.obs), c.value_target(b.target), clip_range(b, c)
    held_t = b.old_value + (v_t - b.old_value).clamp(-epsilon, epsilon)
    return c.value_coef * torch.maximum(squared_errors(v_t, target_t), squared_errors(held_t, target_t)).mean()


def clip_range(b: Minibatch, c: PPO) -> float:
    r"""\epsilon at this point of the budget."""
    return scheduled(c.clip, c.clip_schedule, b.progress)


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
