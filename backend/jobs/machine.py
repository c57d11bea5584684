"""The life of a run as one pure function.

    queued → starting → running ⇄ paused → stopping → finished | stopped | failed

`reachable` says whether a live trainer can be spoken to. It stands beside the state and never decides it:
silence ends no run. Only the trainer's own last event, or one written in its name, does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, assert_never

State = Literal["queued", "starting", "running", "paused", "stopping", "finished", "stopped", "failed"]
ActionName = Literal["pause", "resume", "checkpoint", "step", "pace", "stop", "record"]
Verdict = Literal["accept", "already", "refuse"]

TERMINAL: frozenset[State] = frozenset({"finished", "stopped", "failed"})
BUSY: frozenset[State] = frozenset({"starting", "running", "stopping"})
"""The states that take one of the `max_running` places; a paused run gives its place away."""
STATES: tuple[State, ...] = ("queued", "starting", "running", "paused", "stopping", "finished", "stopped", "failed")


@dataclass(frozen=True)
class Status:
    """What the machine knows of a run."""

    state: State = "queued"
    reachable: bool = True
    reason: str | None = None
    stepping: bool = False
    """Whether a paused run still computes updates, because a step is not through."""

    @property
    def ended(self) -> bool:
        """Whether the run is in its terminal state."""
        return self.state in TERMINAL


@dataclass(frozen=True)
class Assigned:
    """The queue gave the run a place and sent it to an agent."""


@dataclass(frozen=True)
class StopAsked:
    """A person asked the run to end."""


@dataclass(frozen=True)
class Contact:
    """The agent came or went, or the trainer lived or died."""

    alive: bool


@dataclass(frozen=True)
class Happened:
    """An event of the run's own log."""

    kind: str
    reason: str | None = None
    suspended: bool = False


Fact = Assigned | StopAsked | Contact | Happened


def advance(status: Status, fact: Fact) -> Status:
    """Return the status after a fact; what cannot happen in a state changes nothing."""
    if status.ended:
        return status
    match fact:
        case Assigned():
            return replace(status, state="starting", reachable=False) if status.state == "queued" else status
        case StopAsked():
            return replace(status, state="stopping")
        case Contact(alive=alive):
            return status if status.state == "queued" else replace(status, reachable=alive)
        case Happened():
            return after_event(status, fact)
        case _:
            assert_never(fact)


def after_event(status: Status, event: Happened) -> Status:
    """Return the status after an event of the run's log; the log is the truth about its trainer."""
    if event.kind in TERMINAL:
        # A run that ended needs no trainer: there is nothing left that could be out of reach.
        return Status(state=event.kind, reachable=True, reason=event.reason)
    if status.state == "queued":
        return status
    if status.state == "stopping":
        return replace(status, reachable=not event.suspended)
    if event.kind in ("started", "resumed"):
        return replace(status, state="running", reachable=True)
    if event.kind == "paused":
        return replace(status, state="paused", reachable=not event.suspended)
    return status


def judge(status: Status, action: ActionName) -> Verdict:
    """Say whether a person's action fits the state: accept it, note that it is so already, or refuse it."""
    allowed: dict[ActionName, frozenset[State]] = {
        "pause": frozenset({"starting", "running"}),
        "resume": frozenset({"paused"}),
        "checkpoint": frozenset({"running", "paused"}),
        "step": frozenset({"starting", "running", "paused"}),
        "pace": frozenset({"starting", "running", "paused"}),
        "record": frozenset({"starting", "running", "paused"}),
        "stop": frozenset({"queued", "starting", "running", "paused"}),
    }
    if action == "pause" and status.state == "paused" and status.stepping:
        return "accept"
    already: dict[ActionName, State] = {"pause": "paused", "stop": "stopping"}
    if status.state in allowed[action]:
        return "accept"
    return "already" if already.get(action) == status.state else "refuse"
