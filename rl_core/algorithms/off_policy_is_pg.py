r"""Importance-weighted policy gradient: L = -(1/N) \sum_{i,t} sg[w_{i,t}] sg[A_{i,t}] log \pi_\theta, K epochs."""

from __future__ import annotations

from typing import ClassVar

from rl_core.algorithms.algorithm import Algorithm, algorithm
from rl_core.collect.on_lanes import WholeEpisodes
from rl_core.controls import inherited
from rl_core.estimators.reductions import Reduction
from rl_core.networks.actor_critic import actor_critic
from rl_core.on_policy.advantages import Advantages
from rl_core.on_policy.controls import Critic, CriticRateControls, CriticTarget, EpochControls, ReturnKind
from rl_core.on_policy.importance import (
    ImportanceControls,
    WeightAt,
    per_decision_loss,
    weight,
    weight_of_reward,
    weighted_loss,
)
from rl_core.on_policy.losses import advantage, entropy_bonus, target, value_loss
from rl_core.on_policy.old_policy import CLIPPED, clipped, ratio
from rl_core.on_policy.reader import policy_reader
from rl_core.on_policy.truth import truth
from rl_core.updates.descend import Passes, descending
from rl_core.updates.term import only, term


class OffPolicyPG(ImportanceControls, CriticRateControls, EpochControls):
    """Controls of policy gradient on data of an older policy: `num_envs` whole episodes, K gradient steps on them."""

    along_trajectories: ClassVar[bool] = True

    epochs: int = inherited(
        EpochControls, "epochs", 4,
        effect="Each is one more step on the same episodes, further from the policy that made them.",
    )  # fmt: skip
    """Gradient steps on each batch, every one on all of it: a product of ratios needs whole trajectories."""

    return_kind: ReturnKind = inherited(ImportanceControls, "return_kind", "reward_to_go")
    reduction: Reduction = inherited(ImportanceControls, "reduction", "traj_mean")
    critic: Critic = inherited(ImportanceControls, "critic", "none")
    critic_target: CriticTarget = inherited(ImportanceControls, "critic_target", "mc")


clipped_loss = term("policy", CLIPPED, "actor", ("importance", "is", "clip"), estimates=True)(clipped)

off_policy_is_pg = algorithm(
    Algorithm(
        id="off_policy_is_pg",
        title="Importance-weighted policy gradient",
        doc="Several gradient steps on the same episodes, each sample weighted with how likely it has become since.",
        ref="Precup, Sutton and Singh 2000",
        controls=OffPolicyPG,
        networks=actor_critic,
        source=WholeEpisodes,
        estimate=Advantages,
        see=WeightAt,
        terms=(
            weighted_loss, per_decision_loss, clipped_loss, entropy_bonus, only(value_loss, ("critic", "is", "v")),
        ),
        rules=(descending("actor", "critic", "trunk", passes=Passes(epochs=lambda c: c.epochs)),),
        where=(*weight, ratio, weight_of_reward, *advantage, target),
        instruments=(policy_reader, truth),
    )
)  # fmt: skip
