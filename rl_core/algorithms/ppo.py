r"""PPO (Schulman et al. 2017): L = -(1/M) \sum_t min(\rho_t A_t, clip(\rho_t, 1 +- \epsilon) A_t) + c_v L_V - c_e H.

With a KL penalty + \beta KL is added to it; a wide clip range then leaves the penalty alone (section 4 of the paper).
"""

from __future__ import annotations

import torch
from pydantic import model_validator
from torch import Tensor

from rl_core.algorithms.algorithm import Algorithm, algorithm
from rl_core.collect.on_lanes import Segments
from rl_core.controls import flag, inherited
from rl_core.networks.actor_critic import actor_critic
from rl_core.on_policy.advantages import Advantages
from rl_core.on_policy.controls import CriticRateControls, Normalisation, SegmentControls
from rl_core.on_policy.kl_control import (
    KlAt,
    KlControls,
    adapt_beta,
    adaptive_kl_penalty,
    kl_lines,
    kl_penalty,
    too_far,
)
from rl_core.on_policy.losses import advantage, entropy_bonus, squared_errors, target, value_loss
from rl_core.on_policy.old_policy import CLIPPED, ClipControls, clipped, ratio
from rl_core.on_policy.reader import policy_reader
from rl_core.on_policy.truth import truth
from rl_core.updates.descend import Passes, descending
from rl_core.updates.term import only, term


class PPO(KlControls, CriticRateControls, SegmentControls, ClipControls):
    """Controls of PPO with a clipped ratio."""

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

    @property
    def compares_values(self) -> bool:
        """Where the value loss is clipped."""
        return self.clip_value

    @model_validator(mode="after")
    def _needs_critic(self) -> PPO:
        if self.critic == "none":
            self.refuse("critic", "PPO fits a value function beside the policy, so critic must be 'v'. "
                        "For a method without a critic choose the algorithm 'reinforce'.")  # fmt: skip
        return self


policy_loss = term("policy", CLIPPED, into="actor", estimates=True)(clipped)


@term(
    "value",
    r"\\ +\;@value_coef@\,\textstyle\frac1M\sum\max\!\big[(V_\phi(s_t)-@value_target@)^2,"
    r"(V_{\text{old}}+\operatorname{clip}(V_\phi-V_{\text{old}},\pm @clip@)-@value_target@)^2\big]",
    into="critic", when=("clip_value", "is", True),
)  # fmt: skip
def clipped_value_loss(at: KlAt) -> Tensor:
    r"""c_v (1/M) \sum_t max[(V - \hat R)^2, (V_old + clip(V - V_old, +-\epsilon) - \hat R)^2]."""
    epsilon, old_t = at.c.clip, at.b.value
    assert old_t is not None
    held_t = old_t + (at.v - old_t).clamp(-epsilon, epsilon)
    larger_t = torch.maximum(squared_errors(at.v, at.target), squared_errors(held_t, at.target))
    return at.c.value_coef * larger_t.mean()  # type: ignore[no-any-return]


ppo = algorithm(
    Algorithm(
        id="ppo",
        title="PPO",
        doc="A few epochs of gradient steps on each batch, held near the policy that made it by clipping the ratio.",
        ref="Schulman et al. 2017, eq. 7",
        controls=PPO,
        networks=actor_critic,
        source=Segments,
        estimate=Advantages,
        see=KlAt,
        terms=(
            policy_loss, only(value_loss, ("clip_value", "is", False)), clipped_value_loss, entropy_bonus, kl_penalty,
            adaptive_kl_penalty,
        ),
        rules=(
            descending("actor", "critic", "trunk", passes=Passes(
                epochs=lambda c: c.epochs, minibatches=lambda c, samples: c.parts(samples), stop=too_far,
                estimate_again=lambda c: c.recompute_advantage,
            )),
            adapt_beta,
        ),
        where=(*kl_lines, ratio, *advantage, target),
        instruments=(policy_reader, truth),
    )
)  # fmt: skip
