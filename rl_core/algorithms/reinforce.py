r"""REINFORCE (Williams 1992): L = -(1/N) \sum_{i,t} sg[w_{i,t}] log \pi_\theta(a_{i,t}|s_{i,t})."""

from __future__ import annotations

from typing import ClassVar

from rl_core.algorithms.algorithm import Algorithm, algorithm
from rl_core.collect.on_lanes import WholeEpisodes
from rl_core.controls import inherited
from rl_core.estimators.reductions import Reduction
from rl_core.networks.actor_critic import actor_critic
from rl_core.on_policy.controls import CriticRateControls, CriticTarget, ReturnKind
from rl_core.on_policy.gradient import ascent_lines, score_gradient, score_probing
from rl_core.on_policy.losses import advantage, entropy_bonus, target
from rl_core.on_policy.reader import policy_reader
from rl_core.on_policy.reinforce_baselines import (
    BaselineControls,
    action_correction,
    component_variate,
    fitted_q,
    fitted_value,
    weighted_value,
)
from rl_core.on_policy.score_baselines import WithOptimalBaseline
from rl_core.on_policy.score_gradient import ScoreGradientAt, ScoreGradientControls, labelled_loss, sourced_loss
from rl_core.on_policy.truth import truth


class Reinforce(BaselineControls, ScoreGradientControls, CriticRateControls):
    """Controls of REINFORCE: `num_envs` whole episodes per update, one gradient step."""

    along_trajectories: ClassVar[bool] = True

    return_kind: ReturnKind = inherited(ScoreGradientControls, "return_kind", "reward_to_go")
    reduction: Reduction = inherited(ScoreGradientControls, "reduction", "traj_mean")
    critic_target: CriticTarget = inherited(ScoreGradientControls, "critic_target", "mc")


reinforce = algorithm(
    Algorithm(
        id="reinforce",
        title="REINFORCE",
        doc="The score-function policy gradient: whole episodes, each action weighted with what followed it.",
        ref="Williams 1992",
        controls=Reinforce,
        networks=actor_critic,
        source=WholeEpisodes,
        estimate=WithOptimalBaseline,
        see=ScoreGradientAt,
        terms=(
            sourced_loss, labelled_loss, entropy_bonus, fitted_value, weighted_value, fitted_q, action_correction,
            component_variate,
        ),
        rules=(score_gradient("actor", "critic", "trunk"),),
        where=(*advantage, target, *ascent_lines),
        instruments=(policy_reader, truth, score_probing),
    )
)  # fmt: skip
