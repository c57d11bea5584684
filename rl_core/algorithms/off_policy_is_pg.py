r"""Importance-weighted policy gradient: L = -(1/N) \sum_{i,t} sg[w_{i,t}] sg[A_{i,t}] log \pi_\theta, K epochs."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from rl_core.algorithms.algorithm import Algorithm, Term, algorithm
from rl_core.collect.rollout import Collector
from rl_core.controls import inherited, number
from rl_core.data.batch import Batch
from rl_core.data.samples import Losses, Minibatch
from rl_core.estimators.ratios import clipped_surrogate
from rl_core.estimators.reductions import Reduction
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.controls import Critic, CriticTarget, ReturnKind
from rl_core.on_policy.importance import ImportanceControls, advantage_in_place
from rl_core.on_policy.losses import entropy_bonus, value_loss
from rl_core.on_policy.old_policy import old_log_prob

WEIGHTED = r"L=-@reduction@\;@gamma_t@@importance_weight@\,@advantage@\,\log\pi_\theta(a_t\mid s_t)"
EQUATION = (
    Term(WEIGHTED, ("importance", "is", "none")),
    Term(WEIGHTED, ("importance", "is", "trajectory")),
    Term(WEIGHTED, ("importance", "is", "timestep")),
    Term(r"L=-@reduction@\;@gamma_t@\Big(\textstyle\sum_{k\ge t}\gamma^{k-t}\bar w_k r_k-\bar w_t\,"
         r"(G_t-@advantage@)\Big)\log\pi_\theta(a_t\mid s_t),\quad\bar w_t=@importance_weight@",
         ("importance", "is", "per_decision")),
    Term(r"L=-@reduction@\;@gamma_t@\min\!\big(\rho_t\,@advantage@,\;"
         r"\operatorname{clip}(\rho_t,1\pm @clip@)\,@advantage@\big)", ("importance", "is", "clip")),
    Term(r"\\ w_t=@importance@@self_normalised@,\quad\rho_t=\pi_\theta(a_t\mid s_t)\,/\,@old_log_prob@(a_t\mid s_t)"),
    Term(r"\\ +\;@value_coef@\,\textstyle\frac1M\sum\big(V_\phi(s_t)-@value_target@\big)^2", ("critic", "is", "v")),
    Term(r"\;-\;@entropy_coef@\,\textstyle\frac1M\sum @entropy@", ("entropy_coef", "not", 0)),
    Term(r"\\ \hat A_t=@return_kind@@baseline@@advantage_norm@"),
    Term(r",\quad\hat R_t=@critic_target@", ("critic", "is", "v")),
)  # fmt: skip


class OffPolicyPG(ImportanceControls):
    """Controls of policy gradient on data of an older policy: `num_envs` whole episodes, K gradient steps on them."""

    along_trajectories: ClassVar[bool] = True

    epochs: int = number(
        r"K", 4, title="Epochs", ge=1, le=50, unit="epochs", group="schedule",
        effect="Each is one more step on the same episodes, further from the policy that made them.",
    )  # fmt: skip
    """Gradient steps on each batch, every one on all of it: a product of ratios needs whole trajectories."""

    return_kind: ReturnKind = inherited(ImportanceControls, "return_kind", "reward_to_go")
    reduction: Reduction = inherited(ImportanceControls, "reduction", "traj_mean")
    critic: Critic = inherited(ImportanceControls, "critic", "none")
    critic_target: CriticTarget = inherited(ImportanceControls, "critic_target", "mc")


def collect(collector: Collector, c: OffPolicyPG) -> Batch:
    """One whole episode from every lane."""
    return collector.whole_episodes()


def losses(b: Minibatch, net: ActorCritic, c: OffPolicyPG) -> Losses:
    r"""-(scale) \gamma^t sg[w_t] sg[A_t] log \pi(a_t|s_t), or the clipped surrogate; value loss and entropy bonus."""
    pi = net.policy(b.obs, b.masks)
    log_pi_t = pi.log_prob(b.action)
    log_rho_t = log_pi_t - old_log_prob(b, log_pi_t, c)
    log_w, gain_t = _gain(b, log_pi_t, log_rho_t, c)
    terms = {"policy": -b.scale * b.discounted(gain_t).mean()}
    if c.entropy_coef:
        terms["entropy"] = entropy_bonus(b, net, pi, c)
    if c.critic == "v":
        terms["value"] = value_loss(b, net, c)
    return Losses(terms, log_ratio=log_rho_t, pi=pi, log_weight=log_w)


def _gain(b: Minibatch, log_pi_t: Tensor, log_rho_t: Tensor, c: OffPolicyPG) -> tuple[Tensor, Tensor]:
    """The log of the weights, and per sample what is maximised."""
    if c.importance == "clip":
        return log_rho_t, clipped_surrogate(log_rho_t.exp(), c.advantage(b.advantage), c.clip)
    log_w, weighted_t = advantage_in_place(b, log_rho_t, c)
    return log_w, weighted_t * log_pi_t


off_policy_is_pg = algorithm(
    Algorithm(
        id="off_policy_is_pg",
        title="Importance-weighted policy gradient",
        doc="Several gradient steps on the same episodes, each sample weighted with how likely it has become since.",
        ref="Precup, Sutton and Singh 2000",
        controls=OffPolicyPG,
        equation=EQUATION,
        collect=collect,
        losses=losses,
    )
)
