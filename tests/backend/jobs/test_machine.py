"""The state machine against a model of server, agent and trainer (reliability 3.2)."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from backend.jobs.machine import (
    STATES,
    TERMINAL,
    ActionName,
    Assigned,
    Contact,
    Happened,
    State,
    Status,
    StopAsked,
    advance,
    judge,
)

DRAWN = {
    "queued": {"starting", "stopping", *TERMINAL},
    "starting": {"running", "paused", "stopping", *TERMINAL},
    "running": {"paused", "stopping", *TERMINAL},
    "paused": {"running", "stopping", *TERMINAL},
    "stopping": set(TERMINAL),
}
FACTS = [
    Assigned(),
    StopAsked(),
    Contact(True),
    Contact(False),
    *(Happened(kind) for kind in ("started", "resumed", "paused", "solved", "checkpoint", *sorted(TERMINAL))),
    Happened("paused", suspended=True),
]


@pytest.mark.parametrize(("state", "fact"), list(product(STATES, FACTS)), ids=str)
def test_only_drawn_transitions_happen(state: State, fact: Assigned | StopAsked | Contact | Happened) -> None:
    after = advance(Status(state), fact)
    assert after.state == state or after.state in DRAWN[state]
    if state in TERMINAL:
        assert after == Status(state)


@pytest.mark.parametrize("state", STATES)
def test_every_action_has_a_verdict(state: State) -> None:
    verdicts = {
        action: judge(Status(state), action)
        for action in ("pause", "resume", "checkpoint", "step", "pace", "stop", "record")
    }
    if state in TERMINAL:
        assert set(verdicts.values()) == {"refuse"}
    if state == "paused":
        assert verdicts["pause"] == "already"
    if state == "running":
        assert verdicts["resume"] == "refuse"


def test_a_run_that_steps_can_be_paused() -> None:
    assert judge(Status("paused", stepping=True), "pause") == "accept"
    assert judge(Status("paused"), "pause") == "already"


class World(RuleBasedStateMachine):
    """A run with its trainer, its agent and a server that may crash; the model keeps what is really so."""

    def __init__(self) -> None:
        super().__init__()
        self.status = Status()
        self.given = self.alive = self.connected = self.paused = False
        self.journal: list[Happened] = []
        self.shipped = 0
        self.ends: list[State] = []

    def learn(self, fact: Assigned | StopAsked | Contact | Happened) -> None:
        before = self.status
        self.status = advance(before, fact)
        if self.status.ended and not before.ended:
            self.ends.append(self.status.state)

    def ship(self) -> None:
        if self.connected:
            for event in self.journal[self.shipped :]:
                self.learn(event)
            self.shipped = len(self.journal)
            self.learn(Contact(self.alive))

    def log(self, event: Happened) -> None:
        self.journal.append(event)
        self.ship()

    @precondition(lambda self: self.connected and self.status.state == "queued")
    @rule()
    def start(self) -> None:
        self.learn(Assigned())
        self.given = self.alive = True
        self.ship()

    @precondition(lambda self: self.alive and not self.journal)
    @rule()
    def ready(self) -> None:
        self.log(Happened("started"))

    @precondition(lambda self: self.alive and self.journal and not self.paused)
    @rule()
    def pause(self) -> None:
        self.paused = True
        self.log(Happened("paused"))

    @precondition(lambda self: self.alive and self.paused)
    @rule()
    def resume(self) -> None:
        self.paused = False
        self.log(Happened("resumed"))

    @precondition(lambda self: self.alive and self.journal)
    @rule(kind=st.sampled_from(sorted(TERMINAL)))
    def exit(self, kind: str) -> None:
        self.alive = False
        self.log(Happened(kind, reason="r"))

    @precondition(lambda self: self.alive)
    @rule()
    def kill(self) -> None:
        self.alive = False
        self.log(Happened("failed", reason="killed by signal 9"))

    @precondition(lambda self: self.alive and self.journal)
    @rule()
    def suspend(self) -> None:
        self.alive, self.paused = False, True
        self.log(Happened("paused", suspended=True))

    @precondition(lambda self: self.given and not self.alive and self.paused and self.journal[-1].suspended)
    @rule()
    def wake(self) -> None:
        self.alive = True
        self.ship()

    @precondition(lambda self: not self.status.ended and judge(self.status, "stop") == "accept")
    @rule()
    def stop(self) -> None:
        self.learn(StopAsked())
        if not self.given:
            self.learn(Happened("stopped", reason="before it started"))

    @rule()
    def partition(self) -> None:
        self.connected = False
        self.learn(Contact(False))

    @rule()
    def heal(self) -> None:
        self.connected = True
        self.ship()

    @rule()
    def server_crash(self) -> None:
        self.connected = False
        self.status = Status(self.status.state, self.status.reachable, self.status.reason)
        self.learn(Contact(False))

    @invariant()
    def ends_at_most_once(self) -> None:
        assert len(self.ends) <= 1
        assert not self.status.ended or self.status.state == self.ends[0]

    @invariant()
    def silence_ends_nothing(self) -> None:
        told = [event for event in self.journal[: self.shipped] if event.kind in TERMINAL]
        assert not self.status.ended or told or not self.given

    @invariant()
    def agrees_with_the_world_while_connected(self) -> None:
        if not (self.connected and self.given) or self.status.ended:
            return
        assert self.status.reachable == self.alive
        if self.status.state not in ("starting", "stopping"):
            assert (self.status.state == "paused") == self.paused


World.TestCase.settings = settings(
    max_examples=500, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
TestWorld = World.TestCase


def test_action_names_are_those_of_the_machine() -> None:
    assert set(ActionName.__args__) == {"pause", "resume", "checkpoint", "step", "pace", "stop", "record"}  # type: ignore[attr-defined]
