"""What stands in the denominator of a ratio."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.controls import choice
from rl_core.data.samples import Minibatch
from rl_core.on_policy.controls import OnPolicyControls


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


def old_log_prob(b: Minibatch, log_pi_t: Tensor, c: RatioControls) -> Tensor:
    r"""log \pi_old(a_t|s_t) as chosen; only `stored` is the policy that made the data (B-5)."""
    if c.old_log_prob == "stored":
        return b.log_prob
    return log_pi_t if c.old_log_prob == "recomputed_attached" else constant(log_pi_t)
