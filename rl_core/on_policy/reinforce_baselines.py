"""The baselines that only whole episodes and one gradient step allow: variance-optimal ones, and of the action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch
from pydantic import model_validator
from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.controls import choice, inherited
from rl_core.estimators.optimal import Source
from rl_core.estimators.options import baselines
from rl_core.on_policy.at import At
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.on_policy.losses import squared_errors, value_loss
from rl_core.updates.score import policy_parameters, score_norms
from rl_core.updates.term import term

if TYPE_CHECKING:  # the values are those of the options that are declared
    AnyBaseline = str
else:
    AnyBaseline = baselines.literal()


class BaselineControls(OnPolicyControls):
    """All baselines, and from which samples the variance-optimal constants are made."""

    baseline: AnyBaseline = inherited(
        OnPolicyControls, "baseline", "none", terms=baselines.latex(), ref="Greensmith, Bartlett and Baxter 2004",
        effect="A function of the state changes only the variance. One of the action biases: with Q nothing is left to "
        "learn, unless its known mean is added back.",
    )  # fmt: skip

    critic: Literal["v", "q", "none"] = inherited(  # type: ignore[assignment]
        OnPolicyControls, "critic", "none", effect="V for bootstrapping and as a baseline; Q only as a baseline."
    )

    baseline_source: Source = choice(
        r"b^*", "previous",
        when=[("baseline", "in", ("optimal_scalar", "optimal_component"))],
        title="Samples of the optimal baseline",
        effect="From the very samples it is subtracted from, the optimal constant makes the gradient biased.",
        ref="Greensmith, Bartlett and Baxter 2004",
    )  # fmt: skip
    """The last batch, all other trajectories of this one, or (biased) this batch: what b* is estimated from."""

    @model_validator(mode="after")
    def _baseline_fits(self) -> BaselineControls:
        if "q" in baselines[self.baseline].facts and self.critic != "q":
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
        if "scores" in baselines[self.baseline].facts and self.advantage_norm != "none":
            self.refuse("advantage_norm", f"baseline '{self.baseline}' is optimal for the returns as they are, but "
                        f"advantage_norm '{self.advantage_norm}' rescales them. Set it to 'none'.")  # fmt: skip
        return self


@term(
    "value",
    r"\;+\;@value_coef@\,\textstyle\frac1M\sum\big(V_\phi(s_t)-@value_target@\big)^2",
    "critic",
    (("critic", "is", "v"), ("baseline", "not", "optimal_state")),
)
def fitted_value(at: At) -> Tensor:
    r"""c_v (1/M) \sum_t (V_\phi(s_t) - sg[\hat R_t])^2."""
    return value_loss.value(at)


@term(
    "value",
    r"\;+\;@value_coef@\,\frac{\sum\lVert S_t\rVert^2\big(V_\phi(s_t)-@value_target@\big)^2}"
    r"{\sum\lVert S_t\rVert^2}",
    "critic",
    ("baseline", "is", "optimal_state"),
)
def weighted_value(at: At) -> Tensor:
    r"""The value loss weighted with squared scores S_t, for the baseline that is optimal in each state.

    The minimiser of E[\lVert S_t\rVert^2 (b(s) - G_t)^2] is b*(s) = E[\lVert S_t\rVert^2 G_t] / E[\lVert S_t\rVert^2].
    """
    weight_t = score_norms(at.net, at.b, at.pi).square()
    errors = squared_errors(at.v, at.target)
    return at.c.value_coef * (weight_t * errors).mean() / weight_t.mean().clamp(min=1e-12)  # type: ignore[no-any-return]


@term(
    "value", r"\;+\;@value_coef@\,\textstyle\frac1M\sum\big(Q_\phi(s_t,a_t)-@value_target@\big)^2", "critic",
    ("critic", "is", "q"),
)  # fmt: skip
def fitted_q(at: At) -> Tensor:
    r"""c_v (1/M) \sum_t (Q_\phi(s_t, a_t) - sg[\hat R_t])^2."""
    q_t = at.net.q_of(at.features).gather(-1, at.b.action.unsqueeze(-1)).squeeze(-1)
    return at.c.value_coef * squared_errors(q_t, at.target).mean()  # type: ignore[no-any-return]


@term(
    "control_variate", r"\;-\;@reduction@\;@gamma_t@\textstyle\sum_a\pi_\theta(a\mid s_t)\,"
    r"\operatorname{sg}[Q_\phi(s_t,a)]",
    "actor", ("baseline", "is", "action_dependent_corrected"), estimates=True,
)  # fmt: skip
def action_correction(at: At) -> Tensor:
    r"""Adds \sum_a \nabla\pi(a|s) b(s, a) back."""
    mean_t = (at.pi.params.exp() * constant(at.net.q_of(at.features))).sum(-1)
    return -at.mean(at.discounted(mean_t))


@term(
    "control_variate", r"\;+\;@reduction@\;@gamma_t@\,\theta^\top\big(@baseline_source@\odot"
    r"\operatorname{sg}[\nabla_\theta\log\pi_\theta(a_t\mid s_t)]\big)", "actor",
    ("baseline", "is", "optimal_component"), estimates=True,
)  # fmt: skip
def component_variate(at: At) -> Tensor:
    r"""Subtracts one constant per parameter from the gradient, b_j \bar Y_j."""
    b = at.b
    if b.control_variate is None or b.trajectories is None:
        return at.log_pi.new_zeros(())
    theta = torch.cat([p.reshape(-1) for p in policy_parameters(at.net)])
    return at.scale * b.trajectories.count / len(b.advantage) * (b.control_variate @ theta)
