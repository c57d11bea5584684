"""What moves parameters: a rule of its own for each set of groups, with a memory if it needs one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from rl_core.updates.flat import FlatParameters
from rl_core.updates.update import Forgetful, Update


class Rule(Protocol):
    """Moves the parameters of its `groups`, which no other rule of the algorithm moves."""

    groups: tuple[str, ...]

    def __call__(self, u: Update) -> int:
        """Act on one update; how many gradient steps it took."""

    def in_force(self, c: Any) -> Mapping[str, Any]:
        """Numbers that it remembers and that take a control's place in the next update."""

    def state(self) -> Any:
        """For a checkpoint."""

    def restore(self, state: Any) -> None:
        """Go on from a checkpoint."""


class PlainRule(Forgetful):
    """A rule that takes no control's place; it moves no group unless it says so."""

    groups: tuple[str, ...] = ()

    def in_force(self, c: Any) -> Mapping[str, Any]:
        """None."""
        return {}


class Declared:
    """A rule as an algorithm declares it: which groups it moves, and how it is made for a run."""

    __slots__ = ("groups", "make")

    def __init__(self, groups: tuple[str, ...], make: Callable[[FlatParameters, Any], Rule]) -> None:
        self.groups, self.make = groups, make
