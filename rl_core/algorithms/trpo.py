r"""TRPO (Schulman et al. 2015): max (1/M) \sum_t \rho_t sg[A_t] within a mean KL of \delta, back along F^{-1} g."""

from __future__ import annotations

from torch import Tensor

from rl_core.algorithms.algorithm import Algorithm, algorithm
from rl_core.collect.on_lanes import Segments
from rl_core.controls import number
from rl_core.networks.actor_critic import actor_critic
from rl_core.on_policy.advantages import Advantages
from rl_core.on_policy.kl_reference import exact_kl
from rl_core.on_policy.losses import advantage, entropy_bonus, target, value_loss
from rl_core.on_policy.old_policy import RatioAt, RatioControls, ratio
from rl_core.on_policy.reader import policy_reader
from rl_core.on_policy.trust_region import searched
from rl_core.on_policy.trust_region_controls import EPOCHS_OF_CRITIC, TrustRegionControls
from rl_core.on_policy.truth import truth
from rl_core.updates.descend import descending
from rl_core.updates.term import term
from rl_core.updates.trust_region import searched_step


class TRPO(TrustRegionControls, RatioControls):
    """Controls of TRPO: the natural step, shortened until the surrogate improves and the measured KL allows it."""

    backtracks: int = number(
        r"j_{\max}", 10, title="Backtracks", ge=0, le=50, group="policy",
        effect="None at all: the whole step or no step.",
    )  # fmt: skip
    """How often the step is shortened to 0.8 of itself before it is given up."""


@term("policy", r"L=-@reduction@\;@gamma_t@\rho_t\,@advantage@", into="actor", estimates=True)
def ratio_loss(at: RatioAt) -> Tensor:
    r"""-(scale) \sum_t \gamma^t \rho_t sg[A_t]."""
    return -at.mean(at.discounted(at.log_rho.exp() * at.advantage))


trpo = algorithm(
    Algorithm(
        id="trpo",
        title="TRPO",
        doc="The natural gradient's step, shortened until the surrogate improves inside the trust region.",
        ref="Schulman et al. 2015",
        controls=TRPO,
        networks=actor_critic,
        source=Segments,
        estimate=Advantages,
        see=RatioAt,
        terms=(ratio_loss, value_loss, entropy_bonus),
        rules=(searched_step("actor", exact_kl), descending("critic", passes=EPOCHS_OF_CRITIC)),
        where=(ratio, *advantage, target, *searched),
        instruments=(policy_reader, truth),
    )
)
