r"""REINFORCE (Williams 1992): L = -(1/N) \sum_{i,t} sg[w_{i,t}] log \pi_\theta(a_{i,t}|s_{i,t})."""

from __future__ import annotations

from rl_core.algorithms.algorithm import Algorithm, Term, algorithm
from rl_core.algorithms.on_policy import Critic, CriticTarget, OnPolicyControls, ReturnKind
from rl_core.algorithms.shared_losses import entropy_bonus, value_loss
from rl_core.collect.rollout import Collector
from rl_core.controls import inherited
from rl_core.estimators.reductions import Reduction
from rl_core.networks.actor_critic import ActorCritic
from rl_core.types import Batch, Losses, Minibatch

EQUATION = (
    Term(r"L=-@reduction@\;@gamma_t@@advantage@\,\log\pi_\theta(a_t\mid s_t)"),
    Term(r"\;+\;@value_coef@\,\textstyle\frac1M\sum\big(V_\phi(s_t)-@value_target@\big)^2", ("critic", "is", "v")),
    Term(r"\;-\;@entropy_coef@\,\textstyle\frac1M\sum @entropy@", ("entropy_coef", "not", 0)),
    Term(r"\\ \hat A_t=@return_kind@@baseline@@advantage_norm@"),
    Term(r",\quad\hat R_t=@critic_target@", ("critic", "is", "v")),
)


class Reinforce(OnPolicyControls):
    """Controls of REINFORCE: `num_envs` whole episodes per update, one gradient step."""

    return_kind: ReturnKind = inherited(OnPolicyControls, "return_kind", "reward_to_go")
    reduction: Reduction = inherited(OnPolicyControls, "reduction", "traj_mean")
    critic: Critic = inherited(OnPolicyControls, "critic", "none")
    critic_target: CriticTarget = inherited(OnPolicyControls, "critic_target", "mc")


def collect(collector: Collector, c: Reinforce) -> Batch:
    """One whole episode from every lane."""
    return collector.whole_episodes()


def losses(b: Minibatch, net: ActorCritic, c: Reinforce) -> Losses:
    r"""-(scale) w_t log \pi(a_t|s_t), with w_t = \gamma^t sg[A_t]; the value loss and entropy bonus where asked for."""
    pi = net.policy(b.obs, b.masks)
    log_pi_t = pi.log_prob(b.action)
    w_t = b.discounted(c.advantage(b.advantage))
    terms = {"policy": -b.scale * (w_t * log_pi_t).mean()}
    if c.entropy_coef:
        terms["entropy"] = entropy_bonus(b, net, pi, c)
    if c.critic == "v":
        terms["value"] = value_loss(b, net, c)
    return Losses(terms, log_ratio=log_pi_t - b.log_prob, pi=pi)


reinforce = algorithm(
    Algorithm(
        id="reinforce",
        title="REINFORCE",
        doc="The score-function policy gradient: whole episodes, each action weighted with what followed it.",
        ref="Williams 1992",
        controls=Reinforce,
        equation=EQUATION,
        collect=collect,
        losses=losses,
    )
)
