"""The baselines that need scores: the variance-optimal constants, and what is remembered of them between batches."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from rl_core.data.batch import Batch
from rl_core.data.samples import Trajectories
from rl_core.estimators.optimal import Source, leave_one_out_constant, moments, optimal_constant
from rl_core.estimators.options import baselines
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.advantages import Advantages, Chosen
from rl_core.on_policy.at import At
from rl_core.on_policy.estimate import Values, estimate
from rl_core.on_policy.samples import samples_of
from rl_core.types import Spaces
from rl_core.updates.score import summed_scores


class WithOptimalBaseline(Advantages):
    """Advantages that may subtract b*; it remembers that of the last batch, which no sample of the next depends on."""

    def __init__(self, net: ActorCritic, spaces: Spaces) -> None:
        super().__init__(net, spaces)
        self.optimal = OptimalBaseline()

    def choose(self, b: Batch, values: Values | None, c: Any) -> Chosen:
        """b*, where the control `baseline` asks for it."""
        return self.optimal.find(b, values, self.net, c)

    def state(self) -> Any:
        """b* of the last batch."""
        return self.optimal.state()

    def restore(self, state: Any) -> None:
        """Go on from a checkpoint."""
        self.optimal.restore(state)


class OptimalBaseline:
    """b* of the last batch, so that the next can subtract a number that does not depend on its own samples."""

    def __init__(self) -> None:
        self._previous: Tensor | None = None  # [1] or [P]

    def find(self, b: Batch, values: Values | None, net: ActorCritic, c: Any) -> Chosen:
        """From the batch's own scores where the control `baseline` asks for it."""
        if "scores" not in baselines[c.baseline].facts:
            return Chosen()
        x, y, trajectories = _terms(b, values, net, c)
        cross, square = moments(x, y, c.baseline == "optimal_component")
        own = optimal_constant(cross, square)
        used = self._chosen(c.baseline_source, own, cross, square)
        self._previous = own
        if c.baseline == "optimal_component":
            return Chosen(control_variate=(used * y).mean(0))
        return Chosen(baseline_t=_spread(used.expand(len(x), 1)[:, 0], trajectories, b))

    def _chosen(self, source: Source, own: Tensor, cross: Tensor, square: Tensor) -> Tensor:
        if source == "leave_one_out":
            return leave_one_out_constant(cross, square)
        if source == "same_batch":
            return own
        fits = self._previous is not None and self._previous.shape == own.shape
        return self._previous if fits and self._previous is not None else torch.zeros_like(own)

    def state(self) -> Tensor | None:
        """For a checkpoint."""
        return self._previous

    def restore(self, state: Tensor | None) -> None:
        """Go on from a checkpoint."""
        self._previous = state


def _terms(b: Batch, values: Values | None, net: ActorCritic, c: Any) -> tuple[Tensor, Tensor, Trajectories]:
    """X_i and Y_i of every trajectory, [N, P] each."""
    bare = estimate(b, values, c.edited({"baseline": "none", "advantage_norm": "none"}))
    at = At(samples_of(b, bare, c), net, c)
    trajectories = at.b.trajectories
    assert trajectories is not None
    ones = torch.ones_like(at.b.advantage)
    x, y = summed_scores(net, at.b, trajectories, at.discounted(at.b.advantage), at.discounted(ones))
    return x, y, trajectories


def _spread(each: Tensor, trajectories: Trajectories, b: Batch) -> Tensor:
    """A number per trajectory [N] at each of its samples, [T, N]; 0 where there is none."""
    valid = torch.ones_like(b.end_t) if b.valid_t is None else b.valid_t
    return torch.zeros_like(b.reward_t).masked_scatter(valid, each[trajectories.index].to(b.reward_t))
