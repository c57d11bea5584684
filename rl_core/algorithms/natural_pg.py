r"""Natural policy gradient (Kakade 2001): \Delta\theta = \sqrt{2 \delta / g^T F^{-1} g} F^{-1} g."""

from __future__ import annotations

from rl_core.algorithms.algorithm import Algorithm, algorithm
from rl_core.collect.on_lanes import Segments
from rl_core.networks.actor_critic import actor_critic
from rl_core.on_policy.advantages import Advantages
from rl_core.on_policy.at import ScoreAt
from rl_core.on_policy.gradient import score_probing
from rl_core.on_policy.kl_reference import exact_kl
from rl_core.on_policy.losses import advantage, entropy_bonus, score_loss, target, value_loss
from rl_core.on_policy.reader import policy_reader
from rl_core.on_policy.trust_region import whole_step
from rl_core.on_policy.trust_region_controls import EPOCHS_OF_CRITIC, TrustRegionControls
from rl_core.on_policy.truth import truth
from rl_core.updates.descend import descending
from rl_core.updates.trust_region import natural_step


class NaturalPG(TrustRegionControls):
    """Controls of the natural policy gradient: one step of fixed length in KL along F^{-1} g."""


natural_pg = algorithm(
    Algorithm(
        id="natural_pg",
        title="Natural policy gradient",
        doc="One step per batch whose length is measured in the policy, not in the parameters.",
        ref="Kakade 2001",
        controls=NaturalPG,
        networks=actor_critic,
        source=Segments,
        estimate=Advantages,
        see=ScoreAt,
        terms=(score_loss, value_loss, entropy_bonus),
        rules=(natural_step("actor", exact_kl), descending("critic", passes=EPOCHS_OF_CRITIC)),
        where=(*advantage, target, *whole_step),
        instruments=(policy_reader, truth, score_probing),
    )
)
