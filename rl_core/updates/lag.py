"""Descent along gradients of parameters as they were a while ago: what asynchronous workers do, without the chance."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from rl_core.telemetry.metric import scalar
from rl_core.telemetry.reading import Reading
from rl_core.updates.descend import Descend, Passes
from rl_core.updates.flat import FlatParameters
from rl_core.updates.rule import Declared
from rl_core.updates.update import Update


@dataclass(frozen=True, slots=True)
class LagReading(Reading):
    """How old the parameters were that the gradient was taken at."""

    updates: int
    distance: Tensor  # from the present ones


@scalar("lag/updates", title="Lag of the gradient", unit="updates", latex=r"\ell", colour="orange")
def lag_updates(u: LagReading) -> float:
    """Updates since the parameters that the gradient was taken at; fewer than asked for while the run is young."""
    return float(u.updates)


@scalar("lag/distance", title="Distance of the gradient", unit="1", colour="orange",
        latex=r"\lVert\theta_t-\theta_{t-\ell}\rVert")  # fmt: skip
def lag_distance(u: LagReading) -> float:
    """L2 distance between the parameters that are moved and those that the gradient was taken at."""
    return float(u.distance)


class LaggedDescend(Descend):
    r"""\theta_{t+1} = \theta_t - \alpha g(\theta_{t-\ell}): the optimiser moves what is by the gradient at what was."""

    def __init__(self, flat: FlatParameters, c: Any, groups: tuple[str, ...], passes: Passes) -> None:
        super().__init__(flat, c, groups, passes)
        self._past: deque[Tensor] = deque()
        self._present = flat.vector

    def __call__(self, u: Update) -> int:
        """One update; with a lag of 0 exactly a plain one."""
        self._past.append(u.flat.vector.clone())
        while len(self._past) > u.c.lag + 1:
            self._past.popleft()
        u.leave(LagReading(len(self._past) - 1, (u.flat.vector - self._past[0]).norm()))
        return super().__call__(u)

    def _step(self, u: Update, m: Any, mine: frozenset[str]) -> bool:
        if len(self._past) == 1:
            return super()._step(u, m, mine)
        self._present = u.flat.vector.clone()
        u.flat.load(self._past[0])
        return super()._step(u, m, mine)

    def descend(self, u: Update) -> Tensor:
        """Put the present parameters back, then move them."""
        if len(self._past) > 1:
            u.flat.load(self._present)
        return super().descend(u)

    def state(self) -> Any:
        """Moments, and the parameters that later gradients are taken at."""
        past = torch.stack(list(self._past)) if self._past else None
        return {"optimiser": super().state(), "past": past}

    def restore(self, state: Any) -> None:
        """Go on with them."""
        super().restore(state["optimiser"])
        self._past = deque() if state["past"] is None else deque(state["past"].unbind())


def lagging(*groups: str) -> Declared:
    """Declare descent along the gradient of `lag` updates ago."""
    return Declared(groups, lambda flat, c: LaggedDescend(flat, c, groups, Passes()))
