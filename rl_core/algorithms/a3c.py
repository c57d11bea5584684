r"""A3C (Mnih et al. 2016) with a chosen lag: \theta_{t+1} = \theta_t - \alpha g(\theta_{t-\ell}), g of A2C's loss."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from rl_core.algorithms.a2c import A2C, a2c
from rl_core.algorithms.algorithm import algorithm
from rl_core.controls import number
from rl_core.updates.lag import lagging
from rl_core.updates.term import deed
from rl_core.updates.update import Update


class A3C(A2C):
    """Controls of A3C: A2C's, and how old the parameters are that a gradient is taken at."""

    lag: int = number(
        r"\ell", 4, title="Lag of the gradient", ge=0, le=200, unit="updates", group="optimiser",
        effect="0 is A2C; a worker that has been away for long pulls towards where the policy no longer is.",
    )  # fmt: skip
    """Updates between the parameters that a gradient is taken at and those that it moves, as if by a worker."""


@deed(r"\\ g=\nabla_\theta L(\theta_{t-@lag@})")
def stale_gradient(u: Update) -> Tensor:
    """The gradient [P] that the optimiser moves the actor with, that of the old parameters."""
    return u.first_gradient["actor"]


a3c = algorithm(
    replace(
        a2c,
        id="a3c",
        title="A3C, with a chosen lag",
        doc="A2C's gradient as an asynchronous worker brings it: taken at the parameters of some updates ago.",
        ref="Mnih et al. 2016",
        controls=A3C,
        rules=(lagging("actor", "critic", "trunk"),),
        where=(*a2c.where, stale_gradient),
    )
)
