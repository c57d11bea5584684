"""Where a KL is measured from, and which way."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.controls import choice
from rl_core.estimators.kl import KlDirection, exact
from rl_core.on_policy.at import At
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.policies.family import Distribution


class ReferenceControls(OnPolicyControls):
    """Controls of a KL between the policy and the one that made the data."""

    kl_direction: KlDirection = choice(
        r"\Vert", "old||new", title="KL direction", group="policy",
        terms={"old||new": r"\bar\pi\,\Vert\,\pi_\theta", "new||old": r"\pi_\theta\,\Vert\,\bar\pi"},
        effect="old||new dislikes giving up actions that were taken, new||old taking up new ones; near 0 they agree.",
    )  # fmt: skip
    """Which policy the expectation is under; samples of the old one are weighted with the ratio for the other."""

    kl_reference: Literal["saved", "recomputed", "recomputed_attached"] = choice(
        r"\bar\pi", "saved", title="KL reference", spec="B-12", group="policy",
        terms={
            "saved": r"\pi_{\text{old}}", "recomputed": r"\operatorname{sg}[\pi_\theta]",
            "recomputed_attached": r"\pi_\theta",
        },
        effect="Measured from the policy of this moment the KL is always 0: nothing pulls back, nothing stops.",
    )  # fmt: skip
    """The policy that the KL is measured from; only `saved` is the one that made the data."""


def exact_kl(at: At) -> Tensor:
    r"""(1/M) \sum_t of the KL between \pi_\theta and its reference, by the sum over all actions (nats)."""
    old, _ = reference(at)
    pair = (old, at.pi) if at.c.kl_direction == "old||new" else (at.pi, old)
    return exact(*pair).mean()


def reference(at: At) -> tuple[Distribution, Tensor]:
    """The reference and its log-probability of the taken actions (B-12)."""
    if at.c.kl_reference == "saved":
        return at.net.distribution(at.b.behaviour), at.b.log_prob
    if at.c.kl_reference == "recomputed_attached":
        return at.pi, at.log_pi
    return at.net.distribution(constant(at.pi.params)), constant(at.log_pi)
