"""The learner: an algorithm's parts for one run, and an update as the row of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rl_core.algorithms.algorithm import Algorithm
from rl_core.collect.source import Source
from rl_core.environments.lanes import Lanes
from rl_core.run_controls import RunControls
from rl_core.streams import Streams
from rl_core.types import Spaces
from rl_core.updates.flat import FlatParameters
from rl_core.updates.probing import GraphProbing
from rl_core.updates.update import Onlooker, Update


class Learner:
    """Networks, their flat parameters, and the estimate and rules of one run; `grad_steps` counts gradient steps."""

    def __init__(self, algorithm: Algorithm[Any], c: RunControls, spaces: Spaces, streams: Streams) -> None:
        self._algorithm, self._streams, self.spaces = algorithm, streams, spaces
        self.net = algorithm.networks(spaces, c, streams.initialisation()).to(c.device)
        self.flat = FlatParameters(self.net.groups())
        self.rules = [declared.make(self.flat, c) for declared in algorithm.rules]
        self.estimate = algorithm.estimate(self.net, spaces)
        self.instruments: list[Onlooker] = []
        self.grad_steps = 0
        self._terms = (c, algorithm.in_force(c))

    def watched_in(self, lanes: Lanes, watched: bool) -> None:
        """Look on with the algorithm's instruments; `watched` says whether anybody reads what they find."""
        made = [make(self.net, lanes, watched) for make in self._algorithm.instruments]
        self.instruments = [*(x for x in made if x is not None), GraphProbing()]

    def source(self, lanes: Lanes, c: RunControls, clock: Callable[[], float] = time.monotonic) -> Source:
        """Where the run's data come from, or those of somebody who plays its policy."""
        return self._algorithm.source(lanes, self.net, self._streams, c, clock)

    def update(self, batch: Any, c: RunControls, progress: float, probe_leaks: bool = False) -> Update:
        """Fit to one batch. `progress` in [0, 1] drives the schedules; probing changes nothing but its own result."""
        began, remembered = time.perf_counter(), dict[str, Any]()
        for rule in self.rules:
            remembered |= rule.in_force(c)
        u = Update(
            batch, c.at(progress, remembered), self.net, self.flat, self._streams, self.estimate, self._in_force(c),
            self._algorithm.see, self.instruments, probe_leaks,
        )  # fmt: skip
        u.samples = self.estimate(u)
        u.seconds["estimate"] = time.perf_counter() - began
        for rule in self.rules:
            self.grad_steps += rule(u)
        return u

    def _in_force(self, c: RunControls) -> tuple[Any, ...]:
        if self._terms[0] is not c:
            self._terms = (c, self._algorithm.in_force(c))
        return self._terms[1]

    def state(self) -> dict[str, Any]:
        """Everything a checkpoint needs to go on: the parameters, and what each part remembers."""
        parts = {
            "estimate": self.estimate.state(), "rules": [rule.state() for rule in self.rules],
            "instruments": [instrument.state() for instrument in self.instruments],
        }  # fmt: skip
        return {"parameters": self.flat.vector.clone(), "grad_steps": self.grad_steps} | parts

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint, in place: everything that shares the parameters' memory goes on seeing them."""
        self.flat.load(state["parameters"])
        self.grad_steps = state["grad_steps"]
        self.estimate.restore(state["estimate"])
        for rule, remembered in zip(self.rules, state["rules"], strict=True):
            rule.restore(remembered)
        for instrument, remembered in zip(self.instruments, state["instruments"], strict=True):
            instrument.restore(remembered)

    def edited(self) -> None:
        """The controls have changed."""
        for instrument in self.instruments:
            instrument.edited()
