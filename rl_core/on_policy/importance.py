"""How data of an older policy are weighted: the control, what it refuses, and the weight beside each advantage."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import model_validator
from torch import Tensor

from rl_core.ad.gate import Gate, constant
from rl_core.controls import acting_when, boundary, choice, flag, inherited, number
from rl_core.estimators.options import weights
from rl_core.estimators.weights import clamped, per_decision, self_normalised, step_normalised
from rl_core.on_policy.old_policy import ClipControls, RatioAt, RatioControls
from rl_core.updates.term import term, where

if TYPE_CHECKING:  # the values are those of the options that are declared
    Importance = str
else:
    Importance = weights.literal()


class ImportanceControls(RatioControls):
    """Controls of importance weights."""

    importance: Importance = choice(
        r"w_t", "trajectory", title="Importance weights", ref="Precup, Sutton and Singh 2000",
        effect="Trajectory and per decision are unbiased and explode with the length; per time step is biased twice: "
        "old states, old returns.",
        terms=weights.latex(),
    )  # fmt: skip
    """Which product of ratios corrects for the policy that made the data."""

    importance_weight: Gate = boundary(
        r"\operatorname{sg}[w_t]", passed=r"w_t",
        when=[("importance", "in", ("trajectory", "per_decision", "timestep"))],
        title="Weight gradient", spec="B-13", edges=(("policy", "actor"),),
        effect="Ratio and log-probability both attached: each sample counts (1 + log pi) times, rare actions with the "
        "opposite sign.",
    )  # fmt: skip
    """Treat the weight as a number where it multiplies the log-probability."""

    self_normalised: bool = flag(
        r"w/\bar w", False,
        when=[("importance", "in", ("trajectory", "per_decision", "timestep"))],
        title="Self-normalised", effect="Bounded weights with a bias that falls with the batch.",
        terms={"true": r"\,/\,\overline{w}", "false": ""}, ref="Owen 2013, section 9.2",
    )  # fmt: skip
    """Divide the weights by their mean."""

    weight_clamp: float = number(
        r"\log w_{\max}", 0.0,
        when=[("importance", "in", ("trajectory", "per_decision", "timestep"))],
        title="Clamp of log weights", ge=0, le=100, unit="nat",
        effect="Caps what a single trajectory can weigh, for a bias; 0 clamps nothing.",
    )  # fmt: skip
    """Largest |log weight|."""

    clip: float = inherited(
        ClipControls, "clip", 0.2, schedule="", **acting_when(("importance", "is", "clip")),
        effect="Beyond 1 +- epsilon a helpful change earns no more gradient; used by importance 'clip' only.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _weights_fit(self) -> ImportanceControls:
        if self.importance == "per_decision" and (self.return_kind != "reward_to_go" or self.advantage_norm != "none"):
            self.refuse("importance", "importance 'per_decision' weights each reward of a return-to-go by itself, but "
                        f"return_kind is '{self.return_kind}' and advantage_norm '{self.advantage_norm}'. Use "
                        "'reward_to_go' and 'none', or another importance.")  # fmt: skip
        if self.importance not in weights.names("weight") and self.self_normalised:
            self.refuse("self_normalised", f"self_normalised divides weights by their mean, but importance "
                        f"'{self.importance}' has none. Use 'trajectory', 'per_decision' or 'timestep'.")  # fmt: skip
        if self.importance not in weights.names("weight") and self.importance_weight.passes:
            self.refuse("importance_weight", "importance_weight 'pass' lets gradient through a weight, but importance "
                        f"'{self.importance}' multiplies log pi with none. Use another, or block.")  # fmt: skip
        return self


class WeightAt(RatioAt):
    """Samples with an importance weight beside each."""

    @cached_property
    def weighting(self) -> tuple[Tensor, Tensor]:
        r"""log w before it is normalised ([N] for whole trajectories, else [B]), and w_t [B]."""
        along = self.b.trajectories
        if along is None:
            raise ValueError(
                "Weights are products along trajectories, but this minibatch is a part of a shuffled batch."
            )
        option = weights[self.c.importance]
        log_w = clamped(option.function(self.log_rho, along), self.c.weight_clamp)
        if "per reward" in option.facts:
            return constant(log_w), step_normalised(log_w, along) if self.c.self_normalised else log_w.exp()
        w = self_normalised(log_w) if self.c.self_normalised else log_w.exp()
        return constant(log_w), w[along.index] if "per trajectory" in option.facts else w

    @cached_property
    def weight(self) -> Tensor:
        r"""sg[w_t] [B]: the weight behind its gate."""
        weight: Tensor = self.c.importance_weight(self.weighting[1])
        return weight

    @property
    def clip_range(self) -> float | None:
        """Where the ratio is clipped instead of weighting."""
        return self.c.clip if "clipped" in weights[self.c.importance].facts else None

    @property
    def log_weight(self) -> Tensor:
        """The log of the weights, as numbers."""
        return self.log_rho if "clipped" in weights[self.c.importance].facts else self.weighting[0]


WEIGHTED = r"L=-@reduction@\;@gamma_t@@importance_weight@\,@advantage@\,\log\pi_\theta(a_t\mid s_t)"
PER_DECISION = (
    r"L=-@reduction@\;@gamma_t@\Big(\textstyle\sum_{k\ge t}\gamma^{k-t}\bar w_k\,(G_k-\gamma G_{k+1})"
    r"-\bar w_t\,(G_t-@advantage@)\Big)\log\pi_\theta(a_t\mid s_t)"
)


@term("policy", WEIGHTED, "actor", ("importance", "in", ("none", "trajectory", "timestep")), estimates=True)
def weighted_loss(at: WeightAt) -> Tensor:
    r"""-(scale) \sum_t \gamma^t sg[w_t] sg[A_t] log \pi(a_t|s_t)."""
    return -at.mean(at.discounted(at.weight * at.advantage * at.log_pi))


@term("policy", PER_DECISION, "actor", ("importance", "is", "per_decision"), estimates=True)
def per_decision_loss(at: WeightAt) -> Tensor:
    r"""The same with a weight on each reward (`estimators.weights.per_decision`) in place of one on each return."""
    assert at.b.trajectories is not None
    gain_t = per_decision(at.advantage, at.weight, at.b.trajectories, at.c.gamma)
    return -at.mean(at.discounted(gain_t * at.log_pi))


@where(r"\\ \bar w_t=@importance_weight@", ("importance", "is", "per_decision"))
def weight_of_reward(at: WeightAt) -> Tensor:
    """The weights of the rewards."""
    return at.weight


def _weight(at: WeightAt) -> Tensor:
    """The importance weights."""
    return at.weighting[1]


AS_IT_IS = r"\\ w_t=@importance@@self_normalised@"
CLAMPED = r"\\ w_t=\exp\operatorname{clip}\big(\log@importance@,\pm @weight_clamp@\big)@self_normalised@"
weight = (
    where(AS_IT_IS, ("weight_clamp", "is", 0))(_weight),
    where(AS_IT_IS, (("weight_clamp", "not", 0), ("importance", "is", "clip")))(lambda at: at.log_rho.exp()),
    where(CLAMPED, (("weight_clamp", "not", 0), ("importance", "not", "clip")))(_weight),
)
