"""The queue, and what a broken connection to the agent may not lose."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from starlette.websockets import WebSocketDisconnect
from websockets.asyncio.client import connect

from backend.jobs.link import AgentLink
from backend.jobs.session import AgentSession
from backend.live import outlet
from tests.backend.kit import FakeAgent, Running, running


async def test_runs_beyond_the_places_wait_in_order(tmp_path: Path) -> None:
    async with running(tmp_path, max_running=2) as server:
        agent = FakeAgent(server)
        await agent.connect()
        ids = [await server.start_run(name=str(n)) for n in range(5)]
        await server.until(ids[1], lambda r: r["state"] == "running")
        assert [(await server.run(run))["state"] for run in ids[2:]] == ["queued"] * 3
        assert (await server.client.get("/api/queue")).json() == {"places": 2, "busy": 2}
        waiting = (await server.client.get("/api/runs", params={"state": "queued", "sort": "created"})).json()["runs"]
        assert [run["id"] for run in waiting] == ids[2:]
        for done, following in zip(ids, ids[2:], strict=False):
            agent.runs[done].event("finished", reason="budget used up")
            await agent.ship(done)
            await server.until(following, lambda r: r["state"] == "running")
        assert agent.starts == ids
        await agent.disconnect()


async def test_a_paused_run_gives_its_place_away(tmp_path: Path) -> None:
    async with running(tmp_path, max_running=1) as server:
        agent = FakeAgent(server)
        await agent.connect()
        first, second = await server.start_run(), await server.start_run()
        await server.until(first, lambda r: r["state"] == "running")
        await server.client.post(f"/api/runs/{first}/actions", json={"action": "pause"})
        await server.until(second, lambda r: r["state"] == "running")
        await agent.disconnect()


async def test_a_queued_run_can_be_stopped_without_any_agent(tmp_path: Path) -> None:
    async with running(tmp_path, max_running=1) as server:
        agent = FakeAgent(server)
        await agent.connect()
        first, second = await server.start_run(), await server.start_run()
        await server.until(first, lambda r: r["state"] == "running")
        await agent.disconnect()
        answer = await server.client.post(f"/api/runs/{second}/actions", json={"action": "stop"})
        assert answer.status_code == 202
        assert (await server.run(second))["state"] == "stopped"
        events = (await server.client.get(f"/api/runs/{second}/events")).json()["events"]
        assert [event["kind"] for event in events] == ["action_done", "stopped"]
        assert events[0]["data"] == {"action_id": answer.json()["action_id"], "action": "stop", "update": 0}
        other = await server.client.post(f"/api/runs/{first}/actions", json={"action": "stop"})
        assert other.status_code == 503


async def test_an_edit_of_a_queued_run_is_answered_when_that_is_stopped(tmp_path: Path) -> None:
    async with running(tmp_path, max_running=1) as server:
        agent = FakeAgent(server)
        await agent.connect()
        first, second = await server.start_run(), await server.start_run()
        await server.until(first, lambda r: r["state"] == "running")
        body = {"values": {"gamma": 0.5}, "edit_id": "e"}
        assert (await server.client.patch(f"/api/runs/{second}/controls", json=body)).status_code == 202
        await server.client.post(f"/api/runs/{second}/actions", json={"action": "stop"})
        record = await server.run(second)
        assert (record["state"], record["controls"]["pending"]) == ("stopped", [])
        events = (await server.client.get(f"/api/runs/{second}/events")).json()["events"]
        assert [event["kind"] for event in events] == ["control_refused", "action_done", "stopped"]
        assert events[0]["data"]["edit_id"] == "e"
        assert events[0]["data"]["error"]["code"] == "run_ended"
        await agent.disconnect()


async def test_a_stepping_run_can_be_paused_and_holds_its_place(tmp_path: Path) -> None:
    async with running(tmp_path, max_running=1) as server:
        agent = FakeAgent(server)
        await agent.connect()
        run = await server.start_run()
        await server.until(run, lambda r: r["state"] == "running")
        actions = f"/api/runs/{run}/actions"
        await server.client.post(actions, json={"action": "pause"})
        await server.until(run, lambda r: r["state"] == "paused")
        trainer = agent.runs.pop(run)  # a trainer that computes the steps and has not answered yet
        step = (await server.client.post(actions, json={"action": "step", "updates": 1_000_000})).json()["action_id"]
        waiting = await server.start_run()
        pause = await server.client.post(actions, json={"action": "pause"})
        assert pause.status_code == 202
        assert [command["op"] for command in agent.commands] == ["pause", "step", "pause"]
        assert (await server.run(waiting))["state"] == "queued"
        agent.runs[run] = trainer
        for action_id, name in ((step, "step"), (pause.json()["action_id"], "pause")):
            trainer.event("action_done", action_id=action_id, action=name, update=7)
        await agent.ship(run)
        await server.until(waiting, lambda r: r["state"] == "running")
        assert (await server.client.post(actions, json={"action": "pause"})).status_code == 200
        await agent.disconnect()


async def test_reachable_follows_the_connection_and_the_state_does_not(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await server.until(run, lambda r: r["state"] == "running")
    await agent.disconnect()
    record = await server.until(run, lambda r: not r["reachable"])
    assert record["state"] == "running"
    agent.runs[run].rows(5)
    await agent.connect()
    record = await server.until(run, lambda r: r["head"] == 6)
    assert record["reachable"]
    assert record["state"] == "running"


async def test_a_busy_server_has_a_minute_to_hear_a_pong(server: Running, agent: FakeAgent) -> None:
    assert server.services.link.raw_send is not None
    socket = server.services.link.raw_send.__self__  # type: ignore[attr-defined]
    assert outlet.outlet_of(socket.scope).ping_timeout == outlet.PONG_S >= 60


async def test_a_connection_that_a_send_found_closed_has_ended(server: Running) -> None:
    class Closed:
        async def receive_bytes(self) -> bytes:
            raise RuntimeError("WebSocket is not connected.")

        send_bytes = None

    session = AgentSession(Closed(), server.services.ledger, server.services.link)  # type: ignore[arg-type]
    with pytest.raises(WebSocketDisconnect):
        await session.receive()


async def test_what_was_accepted_reaches_the_trainer_after_a_cut(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await server.until(run, lambda r: r["state"] == "running")
    trainer = agent.runs.pop(run)  # commands fall on the floor, as when the agent dies with them in its hands
    edit = await server.client.patch(f"/api/runs/{run}/controls", json={"values": {"gamma": 0.5}, "edit_id": "e"})
    assert edit.json() == {"edit_id": "e", "version": 2, "state": "pending"}
    action = (await server.client.post(f"/api/runs/{run}/actions", json={"action": "checkpoint"})).json()["action_id"]
    assert [e["edit_id"] for e in (await server.run(run))["controls"]["pending"]] == ["e"]
    await agent.disconnect()
    agent.runs[run] = trainer
    await agent.connect()
    record = await server.until(run, lambda r: action in trainer.applied and r["head"] == trainer.head)
    assert record["controls"]["pending"] == []
    assert record["controls"]["values"]["gamma"] == 0.5
    events = (await server.client.get(f"/api/runs/{run}/events")).json()["events"]
    assert [event["data"]["action_id"] for event in events if event["kind"] == "action_done"] == [action]
    await agent.disconnect()
    await agent.connect()
    assert trainer.applied.count(action) == 1


async def test_a_start_the_agent_never_heard_of_is_repeated(server: Running, agent: FakeAgent) -> None:
    agent.ready = False
    run = await server.start_run()
    await server.until(run, lambda r: r["state"] == "starting" and r["reachable"])
    await agent.disconnect()
    agent.runs.clear()
    agent.ready = True
    await agent.connect()
    await server.until(run, lambda r: r["state"] == "running")
    assert agent.starts == [run, run]


async def test_a_run_whose_folder_is_gone_has_failed(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await agent.rows(run, 2)
    await server.until(run, lambda r: r["head"] == 3)
    await agent.disconnect()
    agent.runs.clear()
    await agent.connect()
    record = await server.until(run, lambda r: r["state"] == "failed")
    assert "folder" in record["reason"]


async def test_a_clean_stop_leaves_runs_paused_and_resume_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        agent = FakeAgent(server)
        await agent.connect()
        run = await server.start_run()
        await agent.rows(run, 3)
        await server.until(run, lambda r: r["update"] == 3)
        await server.services.supervisor.leave()
        record = await server.run(run)
        assert (record["state"], record["reachable"]) == ("paused", False)
    async with running(tmp_path) as server:
        agent.server = server
        await agent.connect()
        assert (await server.run(run))["state"] == "paused"
        answer = await server.client.post(f"/api/runs/{run}/actions", json={"action": "resume"})
        assert answer.status_code == 202
        record = await server.until(run, lambda r: r["state"] == "running")
        assert record["reachable"]
        assert record["epoch"] == 1
        await agent.disconnect()


async def test_an_agent_may_write_only_what_it_was_given(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await server.until(run, lambda r: r["state"] == "running")
    await agent.disconnect()
    event = {"type": "event", "seq": 2, "kind": "finished", "at_update": 0, "wall": 0.0, "data": {"reason": "lie"}}
    agent.runs.clear()
    token = (server.settings.data_dir / "agent.token").read_text()
    url = server.settings.url.replace("http", "ws") + "/api/agent"
    async with connect(url, additional_headers={"Authorization": f"Bearer {token}"}, proxy=None) as socket:
        hello = {"t": "hello", "protocol": 1, "agent": "other", "boot_id": "b", "catalog": {}, "runs": []}
        await socket.send(msgspec.msgpack.encode(hello))
        await socket.recv()
        records = {"t": "records", "run": run, "epoch": 1, "records": [event]}
        await socket.send(msgspec.msgpack.encode(records))
        await asyncio.sleep(0.1)
        assert (await server.run(run))["state"] == "running"


@pytest.mark.parametrize("first", [b"\xc1", msgspec.msgpack.encode({"t": "hello", "protocol": 9}), b"\x80"])
async def test_a_wrong_hello_ends_the_connection(server: Running, first: bytes) -> None:
    token = (server.settings.data_dir / "agent.token").read_text()
    url = server.settings.url.replace("http", "ws") + "/api/agent"
    async with connect(url, additional_headers={"Authorization": f"Bearer {token}"}, proxy=None) as socket:
        await socket.send(first)
        await asyncio.wait_for(socket.wait_closed(), 2)
        assert socket.close_code == 1002


async def test_a_question_without_an_answer_ends_in_503() -> None:
    link = AgentLink(grace_s=0.01)

    async def swallow(_: bytes) -> None:
        return

    link.attach("a", {}, swallow)
    link.ready()
    with pytest.raises(Exception, match="agent") as refusal:
        await link.call("resolve", timeout_s=0.01, body={})
    assert refusal.value.status_code == 503  # type: ignore[attr-defined]
    assert not link.calls
