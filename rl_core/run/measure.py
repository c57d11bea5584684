"""Reads what every update has, whatever the algorithm: losses, gradients, parameters and time; training reads none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rl_core.run.learner import Learner
from rl_core.telemetry.metrics.optimisation import (
    FirstGradient,
    LossReading,
    ParameterReading,
    Pressures,
    RateReading,
    Spent,
    StepsReading,
)
from rl_core.telemetry.reading import Array, Readings, array
from rl_core.updates.update import Update


class Measurer:
    """Remembers the last gradient and parameters, to compare with the next."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._last_gradient: Array | None = None
        self._last_parameters = array(learner.flat.vector).copy()

    def read(self, u: Update, spent: Spent) -> Readings:
        """Everything that the update which has just ended left, and these numbers."""
        for instrument in self._learner.instruments:
            instrument.read(u)
        u.leave(spent)
        u.leave(Pressures(u.pressure))
        u.leave(RateReading(u.c.learning_rate))
        u.leave(LossReading(_means([x.losses.terms for x in u.steps[-u.steps_per_epoch :]])))
        clipped = [x.norm for x in u.steps if x.clipped]
        if clipped:
            u.leave(StepsReading(array(torch.stack(clipped)), u.c.max_grad_norm))
        u.leave(self._gradient(u))
        u.leave(self._parameters())
        return u.left

    def _gradient(self, u: Update) -> FirstGradient:
        gradients = {name: array(g) for name, g in u.first_gradient.items()}
        norms = {name: _norm(g) for name, g in gradients.items()}
        return FirstGradient(norms, self._cosine(np.concatenate(list(gradients.values()))))

    def _parameters(self) -> ParameterReading:
        parameters = array(self._learner.flat.vector).copy()
        moved, self._last_parameters = parameters - self._last_parameters, parameters
        return ParameterReading(_norm(parameters), _norm(moved))

    def _cosine(self, gradient: Array) -> float | None:
        before, self._last_gradient = self._last_gradient, gradient
        if before is None:
            return None
        lengths = _norm(gradient) * _norm(before)
        return float(gradient @ before) / lengths if lengths else float("nan")

    def state(self) -> dict[str, Any]:
        """What the next update is compared with, for a checkpoint."""
        gradient = None if self._last_gradient is None else torch.from_numpy(self._last_gradient)
        return {"gradient": gradient, "parameters": torch.from_numpy(self._last_parameters)}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on comparing from a checkpoint."""
        self._last_gradient = None if state["gradient"] is None else array(state["gradient"])
        self._last_parameters = array(state["parameters"])


def _norm(x: Array) -> float:
    return math.sqrt(float(x @ x))


def _means(terms: list[dict[str, Tensor]]) -> dict[str, float]:
    """The mean of each loss over the steps of an epoch, read in one go."""
    rows = array(torch.stack([value for row in terms for value in row.values()])).reshape(len(terms), -1)
    return dict(zip(terms[0], rows.mean(0).tolist(), strict=True))
