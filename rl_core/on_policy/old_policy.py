"""What stands in the denominator of a ratio, and how far a ratio is trusted."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.controls import choice, number
from rl_core.estimators.ratios import clipped_surrogate
from rl_core.on_policy.at import At
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.schedules import Schedule
from rl_core.updates.term import where


class RatioControls(OnPolicyControls):
    """Controls of an importance ratio."""

    old_log_prob: Literal["stored", "recomputed", "recomputed_attached"] = choice(
        r"\pi_{\text{old}}", "stored", title="Old log-probability", spec="B-5",
        effect="Recomputed, the ratio is always 1: clipping never acts, and attached the gradient is exactly 0.",
        terms={
            "stored": r"\pi_{\text{old}}", "recomputed": r"\operatorname{sg}[\pi_\theta]",
            "recomputed_attached": r"\pi_\theta",
        },
    )  # fmt: skip
    """Which log-probability stands in the denominator of the ratio."""


class ClipControls(RatioControls):
    """Controls of a region in which a ratio is trusted."""

    clip: float = number(
        r"\epsilon", 0.2, title="Clip range", ge=0, le=10, schedule="clip_schedule",
        effect="Beyond 1 +- epsilon a helpful change earns no more gradient.",
    )  # fmt: skip
    """Half-width of the region in which the ratio is trusted."""

    clip_schedule: Schedule = choice(
        r"\epsilon(n)", "constant", title="Clip schedule", group="schedule",
        effect="A shrinking region, with the budget.",
    )  # fmt: skip
    """How the clip range falls with the fraction of the budget used."""


class RatioAt(At):
    """Samples whose ratio has the chosen denominator."""

    @property
    def old_log_prob(self) -> Tensor:
        r"""log \pi_old(a_t|s_t) as chosen; only `stored` is the policy that made the data (B-5)."""
        if self.c.old_log_prob == "stored":
            return self.b.log_prob
        return self.log_pi if self.c.old_log_prob == "recomputed_attached" else constant(self.log_pi)


@where(r"\\ \rho_t=\pi_\theta(a_t\mid s_t)\,/\,@old_log_prob@(a_t\mid s_t)")
def ratio(at: At) -> Tensor:
    """How much likelier each action has become."""
    return at.log_rho.exp()


CLIPPED = (
    r"L=-@reduction@\;@gamma_t@\min\!\big(\rho_t\,@advantage@,\;"
    r"\operatorname{clip}(\rho_t,1\pm @clip@)\,@advantage@\big)"
)


def clipped(at: At) -> Tensor:
    r"""-(scale) \sum_t \gamma^t min(\rho_t sg[A_t], clip(\rho_t, 1 +- \epsilon) sg[A_t])."""
    return -at.mean(at.discounted(clipped_surrogate(at.log_rho.exp(), at.advantage, at.c.clip)))
