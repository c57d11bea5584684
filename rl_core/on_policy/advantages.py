"""The estimate as a stage of an update: from a batch to samples, and from samples to what a step sees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from rl_core.data.batch import Batch
from rl_core.data.samples import Estimates, Samples
from rl_core.estimators.advantages import normalise
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.estimate import Values, estimate
from rl_core.on_policy.samples import estimated, flat, samples_of
from rl_core.on_policy.valuation import Valuation
from rl_core.telemetry.reading import Reading
from rl_core.types import Box, Spaces
from rl_core.updates.update import Forgetful, Update


@dataclass(frozen=True, slots=True)
class Estimated(Reading):
    """What the estimators made of the batch, before any step."""

    estimates: Estimates


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is subtracted beside the options of `baseline`: a number per sample [T, N], or a gradient [P]."""

    baseline_t: Tensor | None = None
    control_variate: Tensor | None = None


class Advantages(Forgetful):
    """Advantages and targets, estimated once for each batch, and again where a gate on them passes."""

    def __init__(self, net: ActorCritic, spaces: Spaces) -> None:
        self.net, self.actions = net, spaces.actions
        self.values = Valuation(net, spaces.actions)

    def __call__(self, u: Update) -> Samples:
        """The valid samples of the batch with their estimates."""
        b, values = u.batch, self.values(u.batch)
        chosen = self.choose(b, values, u.c)
        estimates = estimate(b, values, u.c, chosen.baseline_t)
        u.leave(Estimated(estimates))
        samples = samples_of(b, estimates, u.c)
        if chosen.control_variate is None:
            return samples
        return replace(samples, control_variate=chosen.control_variate)

    def choose(self, b: Batch, values: Values | None, c: Any) -> Chosen:
        """What is made of more than returns and values; nothing here."""
        return Chosen()

    def again(self, u: Update, samples: Samples) -> Samples:
        """The same samples, estimated with the critic of now."""
        return estimated(samples, u.batch, estimate(u.batch, self.values(u.batch), u.c))

    def prepared(self, u: Update, m: Samples, index: Tensor) -> Samples:
        """Estimates under the graph where a gate on them passes; another mask, action or normalisation where chosen."""
        b, c, changed = u.batch, u.c, dict[str, Any]()
        if c.advantage.passes or c.value_target.passes:
            live = estimate(b, self.values.with_graph(b), c)
            changed["advantage"] = flat(live.advantage_t, b)[index]
            changed["target"] = flat(live.target_t, b)[index]
        if m.masks and c.dropout_mask != "stored":
            changed["masks"] = () if c.dropout_mask == "off" else tuple(_redrawn(mask, u) for mask in m.masks)
        if c.stored_action == "clipped" and isinstance(self.actions, Box):
            low, high = (m.action.new_tensor(bound) for bound in (self.actions.low, self.actions.high))
            changed["action"] = m.action.clamp(low, high)
        if c.norm_at_update == "updated" and b.renormalised_t is not None:
            changed["obs"] = flat(b.renormalised_t, b)[index]
        if c.advantage_norm == "minibatch":
            changed["advantage"] = normalise(changed.get("advantage", m.advantage), None, c.norm_ddof)
        return replace(m, **changed) if changed else m

    def judged(self, b: Batch, c: Any) -> Estimates:
        """What an update would make of a batch that somebody played."""
        return estimate(b, self.values(b), c)

    def value(self, b: Batch) -> float | None:
        """V of the one state of a batch of one step; None without a critic."""
        values = self.values(b)
        return None if values is None else float(values.v_t)


def _redrawn(mask: Tensor, u: Update) -> Tensor:
    keep = 1.0 - u.c.dropout
    draw = torch.from_numpy(u.streams["dropout"].random(tuple(mask.shape), dtype="float32"))
    redrawn: Tensor = ((draw < keep) / keep).to(mask)
    return redrawn
