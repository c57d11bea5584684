r"""REINFORCE (Williams 1992): L = -(1/N) \sum_{i,t} sg[w_{i,t}] log \pi_\theta(a_{i,t}|s_{i,t})."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.algorithms.algorithm import Algorithm, Term, algorithm
from rl_core.collect.live import Keep
from rl_core.collect.rollout import Collector
from rl_core.controls import inherited
from rl_core.data.batch import Batch
from rl_core.data.samples import Losses, Minibatch, Score
from rl_core.estimators.reductions import Reduction
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.controls import CriticTarget, ReturnKind
from rl_core.on_policy.losses import entropy_bonus
from rl_core.on_policy.reinforce_baselines import BaselineControls, critic_loss
from rl_core.on_policy.score_gradient import ScoreGradientControls, policy_of
from rl_core.policies.family import Distribution
from rl_core.updates.score import policy_parameters

EQUATION = (
    Term(r"L=-@reduction@\;@gamma_t@@advantage@\,@logprob_source@@loss_form@@gradient@"),
    Term(r"\;-\;@reduction@\;@gamma_t@\textstyle\sum_a\pi_\theta(a\mid s_t)\,\operatorname{sg}[Q_\phi(s_t,a)]",
         ("baseline", "is", "action_dependent_corrected")),
    Term(r"\;+\;@value_coef@\,\textstyle\frac1M\sum\big(V_\phi(s_t)-@value_target@\big)^2", ("critic", "is", "v")),
    Term(r"\;+\;@value_coef@\,\textstyle\frac1M\sum\big(Q_\phi(s_t,a_t)-@value_target@\big)^2",
         ("critic", "is", "q")),
    Term(r"\;-\;@entropy_coef@\,\textstyle\frac1M\sum @entropy@", ("entropy_coef", "not", 0)),
    Term(r"\\ \hat A_t=@return_kind@@baseline@@advantage_norm@"),
    Term(r",\quad\hat R_t=@critic_target@", ("critic", "not", "none")),
)  # fmt: skip
KEEPS: dict[str, Keep] = {"keep_graph": "log_prob", "stored_logits": "outputs"}


class Reinforce(BaselineControls, ScoreGradientControls):
    """Controls of REINFORCE: `num_envs` whole episodes per update, one gradient step."""

    along_trajectories: ClassVar[bool] = True

    return_kind: ReturnKind = inherited(ScoreGradientControls, "return_kind", "reward_to_go")
    reduction: Reduction = inherited(ScoreGradientControls, "reduction", "traj_mean")
    critic_target: CriticTarget = inherited(ScoreGradientControls, "critic_target", "mc")


def collect(collector: Collector, c: Reinforce) -> Batch:
    """One whole episode from every lane."""
    return collector.whole_episodes(KEEPS.get(c.logprob_source))


def losses(b: Minibatch, net: ActorCritic, c: Reinforce) -> Losses:
    r"""-(scale) w_t log \pi(a_t|s_t), with w_t = \gamma^t sg[A_t]; value loss, entropy bonus, control variate."""
    pi, log_pi_t = policy_of(b, net, c)
    w_t = b.discounted(c.advantage(b.advantage))
    score = Score(b.scale / len(w_t) * w_t, log_pi_t)
    terms = {"policy": score.loss()}
    if c.entropy_coef:
        terms["entropy"] = entropy_bonus(b, net, pi, c)
    if c.critic != "none":
        terms["value"] = critic_loss(b, net, pi, c)
    if (variate := control_variate(b, net, pi, c)) is not None:
        terms["control_variate"] = variate
    return Losses(terms, log_ratio=log_pi_t - b.log_prob, pi=pi, score=score)


def control_variate(b: Minibatch, net: ActorCritic, pi: Distribution, c: Reinforce) -> Tensor | None:
    r"""What adds \sum_a \nabla\pi(a|s) b(s, a) back, or subtracts one constant per parameter, b_j \bar Y_j."""
    if c.baseline == "action_dependent_corrected":
        mean_t = (pi.params.exp() * constant(net.q(b.obs))).sum(-1)
        return -b.scale * b.discounted(mean_t).mean()
    if b.control_variate is None or b.trajectories is None:
        return None
    theta = torch.cat([p.reshape(-1) for p in policy_parameters(net)])
    return b.scale * b.trajectories.count / len(b.advantage) * (b.control_variate @ theta)


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
