"""The baselines that only whole episodes and one gradient step allow: variance-optimal ones, and of the action."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator
from torch import Tensor

from rl_core.controls import choice, inherited
from rl_core.data.samples import Minibatch
from rl_core.estimators.optimal import Source
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.on_policy.losses import squared_errors, value_loss
from rl_core.policies.family import Distribution
from rl_core.updates.score import score_norms

AnyBaseline = Literal[
    "none", "constant", "batch_mean", "leave_one_out", "time_mean", "learned_v", "optimal_scalar", "optimal_component",
    "optimal_state", "action_dependent", "action_dependent_corrected",
]  # fmt: skip
NEEDS_Q = ("action_dependent", "action_dependent_corrected")
FROM_SCORES = ("optimal_scalar", "optimal_component")
TERMS = {
    "none": "", "constant": r"-b_0", "batch_mean": r"-\bar R", "leave_one_out": r"-\bar R_{-i}",
    "time_mean": r"-\bar G_t", "learned_v": r"-V_\phi(s_t)", "optimal_scalar": r"-b^*",
    "optimal_component": r"-b^*_j\text{ per parameter}", "optimal_state": r"-b^*_\phi(s_t)",
    "action_dependent": r"-Q_\phi(s_t,a_t)", "action_dependent_corrected": r"-Q_\phi(s_t,a_t)",
}  # fmt: skip


class BaselineControls(OnPolicyControls):
    """All baselines, and from which samples the variance-optimal constants are made."""

    baseline: AnyBaseline = inherited(  # type: ignore[assignment]
        OnPolicyControls, "baseline", "none", terms=TERMS, ref="Greensmith, Bartlett and Baxter 2004",
        effect="A function of the state changes only the variance. One of the action biases: with Q nothing is left to "
        "learn, unless its known mean is added back.",
    )  # fmt: skip

    critic: Literal["v", "q", "none"] = inherited(  # type: ignore[assignment]
        OnPolicyControls, "critic", "none", effect="V for bootstrapping and as a baseline; Q only as a baseline."
    )

    baseline_source: Source = choice(
        r"b^*", "previous", title="Samples of the optimal baseline",
        effect="From the very samples it is subtracted from, the optimal constant makes the gradient biased.",
        ref="Greensmith, Bartlett and Baxter 2004",
    )  # fmt: skip
    """The last batch, all other trajectories of this one, or (biased) this batch: what b* is estimated from."""

    @model_validator(mode="after")
    def _baseline_fits(self) -> BaselineControls:
        if self.baseline in NEEDS_Q and self.critic != "q":
            self.refuse("baseline", f"baseline '{self.baseline}' is Q(s, a) and needs a critic with a value per "
                        f"action, but critic is '{self.critic}'. Use 'learned_v', or critic 'q'.")  # fmt: skip
        if self.baseline == "optimal_state" and self.critic != "v":
            self.refuse("baseline", "baseline 'optimal_state' is a function of the state that is fitted like V, but "
                        f"critic is '{self.critic}'. Start with critic 'v', or use 'optimal_scalar'.")  # fmt: skip
        if self.baseline == "optimal_state" and self.critic_target != "mc":
            self.refuse("critic_target", f"critic_target '{self.critic_target}' bootstraps with V, but with baseline "
                        "'optimal_state' the critic is fitted to weighted returns and is no V. Use 'mc'.")  # fmt: skip
        if self.critic == "q" and (self.return_kind not in ("full", "reward_to_go") or self.critic_target != "mc"):
            self.refuse("critic", "critic 'q' is fitted to returns and serves as a baseline only. Use return_kind "
                        "'full' or 'reward_to_go' and critic_target 'mc', or critic 'v' to bootstrap.")  # fmt: skip
        if self.baseline in FROM_SCORES and self.advantage_norm != "none":
            self.refuse("advantage_norm", f"baseline '{self.baseline}' is optimal for the returns as they are, but "
                        f"advantage_norm '{self.advantage_norm}' rescales them. Set it to 'none'.")  # fmt: skip
        return self


def critic_loss(b: Minibatch, net: ActorCritic, pi: Distribution, c: BaselineControls) -> Tensor:
    r"""The value loss; of Q(s_t, a_t) for a critic with a value per action, and weighted for an optimal baseline.

    The minimiser of E[\lVert S_t\rVert^2 (b(s) - G_t)^2] is b*(s) = E[\lVert S_t\rVert^2 G_t] / E[\lVert S_t\rVert^2].
    """
    if c.critic == "q":
        q_t = net.q(b.obs).gather(-1, b.action.unsqueeze(-1)).squeeze(-1)
        return c.value_coef * squared_errors(q_t, c.value_target(b.target)).mean()
    if c.baseline != "optimal_state":
        return value_loss(b, net, c)
    weight_t = score_norms(net, b, pi).square()
    errors = squared_errors(net.value(b.obs), c.value_target(b.target))
    return c.value_coef * (weight_t * errors).mean() / weight_t.mean().clamp(min=1e-12)
