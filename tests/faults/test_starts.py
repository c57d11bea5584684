"""A double click, twenty times over: one key is one run and one process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx

from tests.faults import checker
from tests.faults.scenario import body
from tests.service import Service, checked

AT_ONCE = 20


def test_concurrent_identical_starts_make_one_run(service: Service) -> None:
    key, request = str(uuid4()), body(pace=20)

    def post(_: int) -> httpx.Response:
        return service.client.post("/api/runs", json=request, headers={"Idempotency-Key": key})

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(post, range(AT_ONCE)))
    assert sorted(answer.status_code for answer in answers) == [200] * (AT_ONCE - 1) + [201]
    [run] = {checked(answer)["id"] for answer in answers}
    assert [one["id"] for one in service.get("/api/runs")["runs"]] == [run]
    record = service.until(run, lambda record: record["state"] == "running", "a running run")
    assert {run: 1} == {one: len(pids) for one, pids in service.processes().trainers.items()}
    assert not checker.lives(service, [record])
    other = service.client.post("/api/runs", json=request | {"seed": 7}, headers={"Idempotency-Key": key})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")
    service.act(run, "stop", checkpoint=False)
    service.until(run, lambda record: record["state"] == "stopped", "the end of the run")
