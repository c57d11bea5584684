r"""The exact J and \nabla J of a policy network in a finite MDP, beside every update's estimate or in its place."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.ad.products import flat_gradient
from rl_core.environments.finite.lanes import TabularLanes
from rl_core.environments.lanes import Lanes
from rl_core.estimators.reductions import reduction_scale
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.deviation import Deviation
from rl_core.on_policy.samples import flat
from rl_core.tabular.dynamic_programming import LARGEST_SWEEP, exact_of, optimum, softmax
from rl_core.tabular.mdp import Float64, TabularMDP
from rl_core.telemetry.reading import Reading, array
from rl_core.updates.score import policy_parameters
from rl_core.updates.term import Losses
from rl_core.updates.update import Onlooker, Update


@dataclass(frozen=True, slots=True)
class Known(Reading):
    """What is true of a policy at the beginning of an update, and what the update's first step estimated."""

    J: float
    ascent: Tensor  # dJ / d theta [P], in the order of `policy_parameters`
    optimum: float  # the largest J of any policy
    estimate: Tensor | None  # [P], ascent, as the loss is reduced; None where the exact gradient is taken itself
    seconds: float  # that J and its gradient took


class Truth(Onlooker):
    """Knows the MDP of a run; built from its lanes, where they are those of a finite MDP.

    Its policy is the network at the features of all states, so it holds for any network, but not for one that drops
    units at random or sees normalised observations. `watched` says whether anybody reads what it finds.
    """

    def __init__(self, mdp: TabularMDP, features: Float64, watched: bool = True) -> None:
        self._mdp, self._features = mdp, torch.from_numpy(features)
        self._watched = watched and mdp.sweep <= LARGEST_SWEEP
        self._deviation = Deviation()
        self._optimum: tuple[float, float] = (-1.0, 0.0)  # gamma, and the value for it

    def first(self, u: Update, losses: Losses) -> None:
        """Leave the truth at these losses' parameters and their own estimate of it, where somebody needs it."""
        taken, c = u.c.takes_exact_gradient, u.c
        if not taken and (not self._watched or c.dropout or c.normalise_obs != "off"):
            return
        began = time.perf_counter()
        j, ascent = self.gradient(u.net, c.gamma)
        seconds = time.perf_counter() - began
        parts = [losses.terms[term.name] for term in losses.declared if term.estimates]
        estimate = None if taken else -flat_gradient(torch.stack(parts).sum(), policy_parameters(u.net))
        u.leave(Known(j, ascent, self.optimum(c.gamma), estimate, seconds))
        u.forget_probes()

    def read(self, u: Update) -> None:
        """The reading beside this update's estimate, rescaled from its reduction to a mean over episodes."""
        known = u.find(Known)
        if known is None:
            return
        exact, b = array(known.ascent), u.batch
        if known.estimate is None:
            u.leave(self._deviation.read(known.J, known.optimum, exact, exact, 1.0))
            return
        ended = int(flat(b.terminated_t | b.truncated_t, b).sum())
        scale = len(u.samples) / (ended * reduction_scale(u.c.reduction, *u.samples.sizes)) if ended else None
        u.leave(self._deviation.read(known.J, known.optimum, exact, array(known.estimate), scale))

    def edited(self) -> None:
        """Earlier estimates were those of another estimator."""
        self._deviation.forget()

    def state(self) -> Any:
        """The errors that a bias is read from."""
        return self._deviation.state()

    def restore(self, state: Any) -> None:
        """Go on from a checkpoint."""
        self._deviation.restore(state)

    def gradient(self, net: ActorCritic, gamma: float) -> tuple[float, Tensor]:
        r"""J and dJ/d\theta [P]: dJ/dz of the logits z [S, A], pulled back through the network in one backward pass.

        Log-probabilities are logits of the same policy; what normalises them drops out, as dJ/dz sums to 0 over A.
        """
        log_pi = net.policy(self._features.to(next(net.parameters()))).params
        found = exact_of(self._mdp.discounted(gamma), softmax(_numbers(log_pi)))
        slope = torch.as_tensor(found.grad).to(log_pi)
        return found.J, flat_gradient((log_pi * slope).sum(), policy_parameters(net))

    def optimum(self, gamma: float) -> float:
        """The largest J that any policy reaches, computed once per discount."""
        if self._optimum[0] != gamma:
            self._optimum = (gamma, optimum(self._mdp.discounted(gamma)))
        return self._optimum[1]


def _numbers(x: Tensor) -> Float64:
    numbers: Float64 = constant(x).cpu().numpy().astype(np.float64)
    return numbers


def truth(net: ActorCritic, lanes: Lanes, watched: bool) -> Truth | None:
    """The instrument of the on-policy family: of the MDP behind these lanes, if there is one."""
    return Truth(lanes.finite.mdp, lanes.finite.features, watched) if isinstance(lanes, TabularLanes) else None
