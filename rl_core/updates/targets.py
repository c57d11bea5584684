"""Parameters that follow others instead of descending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from rl_core.telemetry.metric import scalar
from rl_core.telemetry.reading import Reading
from rl_core.updates.flat import FlatParameters
from rl_core.updates.rule import Declared, PlainRule
from rl_core.updates.update import Update


@dataclass(frozen=True, slots=True)
class TargetDrift(Reading):
    """How far a copy is from what it follows, after the update."""

    norm: Tensor


@scalar("q/target_drift", title="Target drift", unit="1", latex=r"\lVert\phi-\bar\phi\rVert", colour="grey")
def target_drift(u: TargetDrift) -> float:
    """L2 distance between the parameters of Q and of its target network."""
    return float(u.norm)


class Follow(PlainRule):
    r"""\bar\phi <- \tau \phi + (1 - \tau) \bar\phi after every update, or \bar\phi <- \phi after every K-th."""

    def __init__(self, flat: FlatParameters, target: str, source: str) -> None:
        self.groups = (target,)
        self._target, self._source = flat.values(target), flat.values(source)
        self._updates = 0

    def __call__(self, u: Update) -> int:
        """Follow, as the control `target_network` says."""
        self._updates += 1
        if u.c.target_network == "polyak":
            self._target.lerp_(self._source, u.c.tau)
        elif u.c.target_network == "hard" and self._updates % u.c.target_every == 0:
            self._target.copy_(self._source)
        u.leave(TargetDrift((self._source - self._target).norm()))
        return 0

    def state(self) -> Any:
        """Updates so far."""
        return self._updates

    def restore(self, state: Any) -> None:
        """Go on counting."""
        self._updates = state


def following(target: str, source: str) -> Declared:
    """Declare that one group follows another."""
    return Declared((target,), lambda flat, c: Follow(flat, target, source))
