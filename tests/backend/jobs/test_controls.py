"""Controls as a versioned register that several people turn at once (F13, I7)."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from tests.backend.kit import FakeAgent, Running


@pytest.fixture
async def run(server: Running, agent: FakeAgent) -> str:
    made = await server.start_run()
    await server.until(made, lambda r: r["state"] == "running")
    return made


async def edit(server: Running, run: str, wait: float | None = None, **body: Any) -> Any:
    params = {} if wait is None else {"wait": wait}
    return await server.client.patch(f"/api/runs/{run}/controls", json=body, params=params)


async def test_an_edit_is_pending_then_an_event(server: Running, run: str) -> None:
    accepted = await edit(server, run, values={"advantage": "pass"}, expect_version=1, edit_id="u1")
    assert accepted.status_code == 202
    assert accepted.json() == {"edit_id": "u1", "version": 2, "state": "pending"}
    waited = await edit(server, run, wait=5, values={"gamma": 0.5}, edit_id="u2")
    assert waited.status_code == 200
    event = waited.json()
    assert (event["kind"], event["run"], event["epoch"]) == ("control_changed", run, 1)
    assert event["data"]["version"] == 3
    again = await edit(server, run, wait=5, values={"gamma": 0.5}, edit_id="u2")
    assert again.json() == event
    record = await server.run(run)
    assert record["controls"]["version"] == 3
    assert record["controls"]["values"] == {"advantage": "pass", "gamma": 0.5}


async def test_a_stale_edit_learns_what_it_lost_against(server: Running, run: str) -> None:
    await edit(server, run, wait=5, values={"gamma": 0.5})
    late = await edit(server, run, values={"gamma": 0.7}, expect_version=1)
    assert late.status_code == 409
    error = late.json()["error"]
    assert error["code"] == "stale"
    assert error["current"] == {"version": 2, "values": {"gamma": 0.5, "advantage": "block"}, "by": "local"}


async def test_what_is_refused_changes_nothing(server: Running, run: str, agent: FakeAgent) -> None:
    refused = await edit(server, run, values={"gamma": 1.4})
    assert refused.status_code == 422
    assert refused.json()["error"]["field"] == "controls.gamma"
    other = await edit(server, run, values={"gamma": 0.1}, edit_id="same")
    assert other.status_code == 202
    clash = await edit(server, run, values={"gamma": 0.2}, edit_id="same")
    assert clash.json()["error"]["code"] == "edit_conflict"
    for body in ({}, {"values": {}}, {"values": {"gamma": 0.1}, "expect_version": 0}, {"values": [1]}):
        assert (await server.client.patch(f"/api/runs/{run}/controls", json=body)).status_code == 422
    await server.client.post(f"/api/runs/{run}/actions", json={"action": "stop"})
    await server.until(run, lambda r: r["state"] == "stopped")
    assert (await edit(server, run, values={"gamma": 0.3})).json()["error"]["code"] == "wrong_state"


async def test_a_repeated_edit_gives_its_result_also_after_the_end(server: Running, run: str, agent: FakeAgent) -> None:
    first = await edit(server, run, wait=5, values={"gamma": 0.5}, edit_id="u")
    await server.client.post(f"/api/runs/{run}/actions", json={"action": "stop"})
    await server.until(run, lambda r: r["state"] == "stopped")
    await agent.disconnect()
    again = await edit(server, run, wait=5, values={"gamma": 0.5}, edit_id="u")
    assert (again.status_code, again.json()) == (200, first.json())
    clash = await edit(server, run, values={"gamma": 0.6}, edit_id="u")
    assert clash.json()["error"]["code"] == "edit_conflict"
    fresh = await edit(server, run, values={"gamma": 0.6}, edit_id="v", expect_version=1)
    assert fresh.json()["error"]["code"] == "wrong_state"


async def test_an_edit_that_no_trainer_took_is_resolved_at_the_end(server: Running, run: str, agent: FakeAgent) -> None:
    trainer = agent.runs.pop(run)  # commands fall on the floor
    assert (await edit(server, run, values={"gamma": 0.5}, edit_id="lost")).status_code == 202
    agent.runs[run] = trainer
    trainer.event("failed", reason="killed by signal 9")
    await agent.ship(run)
    record = await server.until(run, lambda r: r["state"] == "failed")
    assert record["controls"]["pending"] == []
    again = await edit(server, run, wait=1, values={"gamma": 0.5}, edit_id="lost")
    assert (again.status_code, again.json()["state"]) == (202, "refused")


async def test_the_register_is_linearizable(server: Running, run: str, agent: FakeAgent) -> None:
    """Four people set random values with random expectations while the agent comes and goes."""
    luck = random.Random(7)
    won: dict[int, float] = {}

    async def person(number: int) -> None:
        for turn in range(12):
            seen = (await server.run(run))["controls"]["version"]
            value = round(luck.random(), 6)
            expect = luck.choice([seen, seen, seen - 1 or None, None])
            answer = await edit(server, run, values={"gamma": value}, expect_version=expect, edit_id=f"{number}-{turn}")
            if answer.status_code == 202:
                assert answer.json()["version"] not in won
                won[answer.json()["version"]] = value
                if expect:
                    assert answer.json()["version"] == expect + 1
            else:
                assert answer.status_code in (409, 503)

    async def cuts() -> None:
        for _ in range(3):
            await asyncio.sleep(0.05)
            await agent.disconnect()
            await agent.connect()

    await asyncio.gather(*(person(n) for n in range(4)), cuts())
    record = await server.until(run, lambda r: not r["controls"]["pending"])
    assert sorted(won) == list(range(2, len(won) + 2))
    assert record["controls"]["version"] == max(won)
    assert record["controls"]["values"]["gamma"] == won[max(won)] == agent.runs[run].values["gamma"]
    events = (await server.client.get(f"/api/runs/{run}/events")).json()["events"]
    versions = [event["data"]["version"] for event in events if event["kind"] == "control_changed"]
    assert sorted(versions) == sorted(won)
