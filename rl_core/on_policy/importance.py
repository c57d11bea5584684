"""How data of an older policy are weighted: the control, what it refuses, and the weight beside each advantage."""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import model_validator
from torch import Tensor

from rl_core.ad.gate import Gate, constant
from rl_core.controls import boundary, choice, flag, number
from rl_core.data.samples import Minibatch
from rl_core.estimators.weights import clamped, per_decision, self_normalised, step_normalised, trajectory_log_weight
from rl_core.on_policy.old_policy import RatioControls

Importance = Literal["none", "trajectory", "per_decision", "timestep", "clip"]


class ImportanceControls(RatioControls):
    """Controls of importance weights."""

    importance: Importance = choice(
        r"w_t", "trajectory", title="Importance weights", ref="Precup, Sutton and Singh 2000",
        effect="Trajectory and per decision are unbiased and explode with the length; per time step is biased twice: "
        "old states, old returns.",
        terms={
            "none": "1", "trajectory": r"\textstyle\prod_k\rho_k", "per_decision": r"\rho_{0:t}", "timestep": r"\rho_t",
            "clip": r"\rho_t",
        },
    )  # fmt: skip
    """Which product of ratios corrects for the policy that made the data."""

    importance_weight: Gate = boundary(
        r"\operatorname{sg}[w_t]", passed=r"w_t", title="Weight gradient", spec="B-13", edges=(("policy", "actor"),),
        effect="Ratio and log-probability both attached: each sample counts (1 + log pi) times, rare actions with the "
        "opposite sign.",
    )  # fmt: skip
    """Treat the weight as a number where it multiplies the log-probability."""

    self_normalised: bool = flag(
        r"w/\bar w", False, title="Self-normalised", effect="Bounded weights with a bias that falls with the batch.",
        terms={"true": r"\,/\,\overline{w}", "false": ""}, ref="Owen 2013, section 9.2",
    )  # fmt: skip
    """Divide the weights by their mean."""

    weight_clamp: float = number(
        r"\log w_{\max}", 0.0, title="Clamp of log weights", ge=0, le=100, unit="nat",
        effect="Caps what a single trajectory can weigh, for a bias; 0 clamps nothing.",
    )  # fmt: skip
    """Largest |log weight|."""

    clip: float = number(
        r"\epsilon", 0.2, title="Clip range", ge=0, le=10,
        effect="Beyond 1 +- epsilon a helpful change earns no more gradient; used by importance 'clip' only.",
    )  # fmt: skip
    """Half-width of the region in which the ratio is trusted."""

    @model_validator(mode="after")
    def _weights_fit(self) -> ImportanceControls:
        if self.importance == "per_decision" and (self.return_kind != "reward_to_go" or self.advantage_norm != "none"):
            self.refuse("importance", "importance 'per_decision' weights each reward of a return-to-go by itself, but "
                        f"return_kind is '{self.return_kind}' and advantage_norm '{self.advantage_norm}'. Use "
                        "'reward_to_go' and 'none', or another importance.")  # fmt: skip
        if self.importance in ("none", "clip") and self.self_normalised:
            self.refuse("self_normalised", f"self_normalised divides weights by their mean, but importance "
                        f"'{self.importance}' has none. Use 'trajectory', 'per_decision' or 'timestep'.")  # fmt: skip
        if self.importance in ("none", "clip") and self.importance_weight.passes:
            self.refuse("importance_weight", "importance_weight 'pass' lets gradient through a weight, but importance "
                        f"'{self.importance}' multiplies log pi with none. Use another, or block.")  # fmt: skip
        return self


def advantage_in_place(b: Minibatch, log_rho_t: Tensor, c: ImportanceControls) -> tuple[Tensor, Tensor]:
    r"""log w ([N] for whole trajectories, else [B]), and sg[w_t] sg[A_t] [B]: what log \pi is multiplied with."""
    along, advantage_t = b.trajectories, c.advantage(b.advantage)
    if along is None:
        raise ValueError("Weights are products along trajectories, but this minibatch is a part of a shuffled batch.")
    if c.importance == "trajectory":
        log_w = clamped(trajectory_log_weight(log_rho_t, along), c.weight_clamp)
        w = self_normalised(log_w) if c.self_normalised else log_w.exp()
        return constant(log_w), c.importance_weight(w[along.index]) * advantage_t
    if c.importance == "per_decision":
        log_w = clamped(along.running(log_rho_t), c.weight_clamp)
        w = step_normalised(log_w, along) if c.self_normalised else log_w.exp()
        return constant(log_w), per_decision(advantage_t, c.importance_weight(w), along, c.gamma)
    log_w = clamped(log_rho_t, c.weight_clamp) if c.importance == "timestep" else torch.zeros_like(log_rho_t)
    w = self_normalised(log_w) if c.self_normalised else log_w.exp()
    return constant(log_w), c.importance_weight(w) * advantage_t
