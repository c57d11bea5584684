"""SIGTERM of the server: runs are set aside on a checkpoint, and go on from it as if nothing had been."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest

from tests.faults.scenario import SMALL, Scenario
from tests.service import Service

UPDATES = 120
PACE = 100
"""Updates a second, so few that each has a row of its own."""
BY_THE_CLOCK = ("time/", "leak/", "graph/", "grad/var_trace", "grad/analytic", "grad/trunk_cosine")
"""Times, and what is probed twice a second, whichever update that falls on."""
BUDGET = {"env_steps": UPDATES * 2 * SMALL["n_steps"]}


@pytest.mark.parametrize("seed", [0])
def test_resumed_run_equals_an_uninterrupted_one(scenario: Scenario) -> None:
    service = scenario.service
    whole = scenario.launch(seed=3, budget=BUDGET, pace=PACE)
    service.until(whole, lambda record: record["state"] == "finished", "the end of the uninterrupted run")
    halved = scenario.launch(seed=3, budget=BUDGET, pace=30)
    scenario.reach(20, of=halved)
    service.kill(signal.SIGTERM)
    aside = stored(service, halved)
    assert (aside["state"], aside["reachable"], aside["epoch"]) == ("paused", False, 1)
    assert not service.processes().trainers
    assert not service.processes().agents
    service.start()
    service.ready()
    at = service.run(halved)
    assert (at["state"], at["reachable"], at["update"]) == ("paused", False, aside["update"])
    service.act(halved, "pace", updates_per_s=PACE)
    service.act(halved, "resume")
    ends = [service.until(run, lambda record: record["state"] == "finished", "the end") for run in scenario.runs]
    assert [(end["epoch"], end["update"]) for end in ends] == [(1, UPDATES)] * 2
    assert 20 <= aside["update"] < UPDATES
    first, second = measured(service, whole), measured(service, halved)
    assert {name for name in first if first[name] != second.get(name)} == set()
    assert not scenario.violations()


def stored(service: Service, run: str) -> dict[str, Any]:
    """Return a run as the command line reads it without a server."""
    page = json.loads(service.command("runs", "--json", "--limit", "200"))
    return next(dict(record) for record in page["runs"] if record["id"] == run)


def measured(service: Service, run: str) -> dict[str, list[Any]]:
    """Return every series of a run, point by point, but times and what is probed by the clock."""
    catalog = service.get("/api/catalog")["metrics"]
    names = [m["name"] for m in catalog if m["kind"] == "scalar" and not m["name"].startswith(BY_THE_CLOCK)]
    series: dict[str, Any] = {}
    for begin in range(0, len(names), 10):
        part = ",".join(names[begin : begin + 10])
        series |= service.get(f"/api/runs/{run}/series", names=part, x="update", points=2000)["series"]
    assert series["loss/total"]["x1"] == list(range(1, UPDATES + 1))
    return {name: [columns["x1"], columns["last"]] for name, columns in series.items() if columns["total"]}
