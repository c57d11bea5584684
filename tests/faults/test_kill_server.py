"""`kill -9` of the server: agent and trainers go on; started again, it takes up every run where its store ends."""

from __future__ import annotations

import contextlib
import threading
import time
from uuid import uuid4

import httpx

from tests.faults import checker
from tests.faults.scenario import MOMENTS, Scenario, body
from tests.service import eventually


def test_killed_server_takes_up_where_its_store_ends(scenario: Scenario, seed: int) -> None:
    scenario.launch_two()
    first = scenario.runs[0]
    moment = MOMENTS[seed % len(MOMENTS)]
    request = scenario.get_to(moment, first)
    scenario.service.kill()
    time.sleep(scenario.random.uniform(0, 0.5))
    scenario.service.start()
    if request:
        request.join(20)
    for run in scenario.runs:
        if not (moment == "stop" and run == first):
            scenario.reach(5, of=run)
    scenario.finish()
    assert [scenario.service.run(run)["state"] for run in scenario.runs] == ["stopped", "stopped"]
    assert not scenario.violations()


def test_server_killed_between_a_start_and_its_process(scenario: Scenario, seed: int) -> None:
    """Whatever of the start was done, a repeat with its key ends with one run and one process."""
    service, key = scenario.service, str(uuid4())
    request = body(pace=20)

    def post() -> httpx.Response | None:
        answer = service.client.post("/api/runs", json=request, headers={"Idempotency-Key": key})
        return None if answer.status_code == 503 else answer

    def first_try() -> None:
        with contextlib.suppress(httpx.TransportError):
            post()

    before = {run["id"] for run in service.get("/api/runs", limit=200)["runs"]}
    client = threading.Thread(target=first_try)
    client.start()
    if seed % 2:
        client.join(20)  # the run is stored; its trainer is on the way
        time.sleep(scenario.random.uniform(0, 0.004))
    else:
        time.sleep(scenario.random.uniform(0, 0.02))
    service.kill()
    client.join(20)
    service.start()
    run = eventually(post, "an answer to the repeated start", 60).json()["id"]
    scenario.runs.append(run)
    scenario.asked[run] = []
    for viewer in scenario.viewers:
        viewer.follow(run)
    service.until(run, lambda record: record["state"] == "running", "a run that is not stuck", 30)
    after = {one["id"] for one in service.get("/api/runs", limit=200)["runs"]}
    assert after - before == {run}
    assert len(service.processes().trainers[run]) == 1
    scenario.finish()
    assert not scenario.violations()
    assert not checker.lives(service, [service.run(run)])
