"""Starting, listing, renaming, acting and deleting, as api.md says."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.backend.kit import START, FakeAgent, Running, until

FIELDS = [
    "id", "name", "recipe", "algorithm", "environment", "seed", "budget", "state", "reachable", "reason", "version",
    "epoch", "head", "update", "env_steps", "episodes", "controls", "pace", "parent", "owner", "tags", "notes",
    "created", "started", "ended", "reproducible", "last_return", "best_return", "deleted",
]  # fmt: skip


async def test_a_start_answers_with_the_whole_run(server: Running, agent: FakeAgent) -> None:
    answer = await server.client.post("/api/runs", json=START)
    assert answer.status_code == 201
    run = answer.json()
    assert list(run) == FIELDS
    assert run["state"] == "queued"
    assert run["controls"] == {"version": 1, "values": {"gamma": 0.99, "advantage": "block"}, "pending": []}
    record = await server.until(run["id"], lambda r: r["state"] == "running")
    assert record["reachable"]
    assert record["started"]


async def test_twenty_clicks_start_one_run(server: Running, agent: FakeAgent) -> None:
    posts = [server.client.post("/api/runs", json=START, headers={"Idempotency-Key": "k"}) for _ in range(20)]
    answers = await asyncio.gather(*posts)
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    await server.until(answers[0].json()["id"], lambda r: r["state"] == "running")
    assert len(agent.starts) == 1
    other = await server.client.post("/api/runs", json={**START, "seed": 3}, headers={"Idempotency-Key": "k"})
    assert other.status_code == 409
    assert other.json()["error"]["code"] == "idempotency_conflict"


async def test_without_an_agent_the_answer_is_503_and_says_when_to_try_again(server: Running) -> None:
    answer = await server.client.post("/api/runs", json=START)
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "agent_unavailable"
    assert int(answer.headers["retry-after"]) > 0


async def test_validate_lists_what_is_wrong(server: Running, agent: FakeAgent) -> None:
    good = await server.client.post("/api/validate", json=START)
    assert good.json() == {"ok": True, "errors": []}
    for body, code, field in [
        ({"recipe": "cartpole-pp"}, "unknown_recipe", "recipe"),
        ({"recipe": 3}, "invalid_value", "recipe"),
        ({"rezipe": "x"}, "unknown_field", "rezipe"),
        ([], "invalid_value", None),
    ]:
        found = (await server.client.post("/api/validate", json=body)).json()
        assert not found["ok"]
        assert (found["errors"][0]["code"], found["errors"][0]["field"]) == (code, field)
        assert set(found["errors"][0]) == {"code", "message", "field", "did_you_mean", "current"}


async def test_the_list_goes_page_by_page(server: Running, agent: FakeAgent) -> None:
    ids = [await server.start_run(name=f"run {n}", tags=["x"] if n % 2 else []) for n in range(5)]
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = (
            await server.client.get("/api/runs", params={"limit": 2, "after": after} if after else {"limit": 2})
        ).json()
        seen += [run["id"] for run in page["runs"]]
        after = page["next"]
    assert seen == ids[::-1]
    tagged = (await server.client.get("/api/runs", params={"tag": "x", "sort": "created"})).json()["runs"]
    assert [run["id"] for run in tagged] == ids[1::2]
    for params in ({"after": "nonsense"}, {"sort": "colour"}, {"state": "asleep"}, {"limit": 0}):
        assert (await server.client.get("/api/runs", params=params)).status_code == 422


async def test_names_tags_and_notes_can_be_rewritten(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    patch = {"name": "Cafe\u0301", "tags": ["a"], "notes": "first\nsecond"}
    answer = await server.client.patch(f"/api/runs/{run}", json=patch)
    assert answer.json()["name"] == "Café"
    assert (await server.run(run))["notes"] == "first\nsecond"
    assert (await server.client.patch("/api/runs/nobody", json=patch)).status_code == 404
    again = await server.client.patch(f"/api/runs/{run}", json={"tags": ["b", "a", "b"]})
    assert again.json()["tags"] == ["b", "a"]
    assert again.json()["name"] == "Café"
    for body in ({"name": ""}, {"name": " \u2003"}, {"name": None}, {"tags": [""]}, {"tags": None}, {"notes": None}):
        answer = await server.client.patch(f"/api/runs/{run}", json=body)
        assert answer.status_code == 422, body
    assert (await server.run(run))["name"] == "Café"
    assert (await server.run(await server.start_run(name="", tags=["x", "x"])))["name"] == "cartpole-ppo"


async def test_a_key_is_looked_up_before_anything_else(server: Running, agent: FakeAgent) -> None:
    key = {"Idempotency-Key": "k"}
    first = await server.client.post("/api/runs", json=START, headers=key)
    for other in ({"recipe": "none"}, {**START, "seed": -1}, {**START, "controls": {"gamma": 2}}):
        answer = await server.client.post("/api/runs", json=other, headers=key)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "idempotency_conflict"), other
    await agent.disconnect()
    again = await server.client.post("/api/runs", json={**START, "seed": None}, headers=key)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])


async def test_the_budget_is_the_same_everywhere(server: Running, agent: FakeAgent) -> None:
    made = (await server.client.post("/api/runs", json=START)).json()
    assert made["budget"] == {"env_steps": 1000}
    async with server.live() as socket:
        await socket.send(json.dumps({"type": "subscribe", "id": 1, "run": made["id"]}))
        told = (await until(socket, lambda m: m["type"] == "subscribed"))[-1]["run"]
    listed = (await server.client.get("/api/runs")).json()["runs"][0]
    assert told["budget"] == listed["budget"] == made["budget"]


async def test_validate_lists_what_the_engine_refuses_beside_other_faults(server: Running, agent: FakeAgent) -> None:
    body = {"recipe": "cartpole-pp", "seed": -1, "budget": {"env_steps": 0, "updates": 3}, "sed": 1}
    found = (await server.client.post("/api/validate", json=body)).json()
    named = {(error["code"], error["field"]) for error in found["errors"]}
    assert named == {
        ("out_of_range", "seed"),
        ("out_of_range", "budget.env_steps"),
        ("unknown_field", "sed"),
        ("unknown_recipe", "recipe"),
    }


async def act(server: Running, run: str, **action: Any) -> tuple[int, Any]:
    answer = await server.client.post(f"/api/runs/{run}/actions", json=action)
    return answer.status_code, answer.json()


async def test_actions_follow_the_state(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await server.until(run, lambda r: r["state"] == "running")
    assert (await act(server, run, action="resume"))[1]["error"]["code"] == "wrong_state"
    status, paused = await act(server, run, action="pause")
    assert status == 202
    await server.until(run, lambda r: r["state"] == "paused")
    assert await act(server, run, action="pause") == (200, {"action_id": None})
    before = (await server.run(run))["update"]
    assert (await act(server, run, action="step", updates=3))[0] == 202
    assert (await server.until(run, lambda r: r["update"] > before))["update"] == before + 3
    assert (await act(server, run, action="pace", updates_per_s=5))[0] == 202
    assert (await server.until(run, lambda r: r["pace"] is not None))["pace"] == 5
    assert (await act(server, run, action="stop", checkpoint=True))[0] == 202
    ended = await server.until(run, lambda r: r["state"] == "stopped")
    assert ended["reason"] == "stopped by request"
    assert ended["ended"]
    assert (await act(server, run, action="pause"))[0] == 409
    events = (await server.client.get(f"/api/runs/{run}/events")).json()["events"]
    assert paused["action_id"] in [event["data"].get("action_id") for event in events]
    assert events[-1]["kind"] == "stopped"


BAD_ACTIONS: list[tuple[Any, str | None]] = [
    ({"action": "dance"}, "action"),
    ({"action": "step", "updates": 0}, "updates"),
    ({"action": "pace"}, "updates_per_s"),
    ({"action": "stop", "checkpoint": 7}, "checkpoint"),
    ({"action": "pause", "extra": 1}, "extra"),
    ({}, "action"),
    ([], None),
]


async def test_an_action_that_does_not_exist_is_422(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    for body, field in BAD_ACTIONS:
        answer = await server.client.post(f"/api/runs/{run}/actions", json=body)
        assert answer.status_code == 422
        assert answer.json()["error"]["field"] == field, body


async def test_only_an_ended_run_can_be_deleted(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await server.until(run, lambda r: r["state"] == "running")
    assert (await server.client.delete(f"/api/runs/{run}")).status_code == 409
    await act(server, run, action="stop")
    await server.until(run, lambda r: r["state"] == "stopped")
    assert (await server.client.delete(f"/api/runs/{run}")).status_code == 204
    assert (await server.client.get(f"/api/runs/{run}")).status_code == 404
    await asyncio.sleep(0.05)
    assert agent.forgotten == []


async def stopped_run(server: Running, **body: Any) -> str:
    """Start a run and stop it."""
    run = await server.start_run(**body)
    await server.until(run, lambda r: r["state"] == "running")
    await act(server, run, action="stop")
    await server.until(run, lambda r: r["state"] == "stopped")
    return run


async def test_a_deleted_run_comes_back_within_a_day(server: Running, agent: FakeAgent) -> None:
    run = await stopped_run(server)
    restore = f"/api/runs/{run}/restore"
    async with server.live() as socket:
        await server.client.delete(f"/api/runs/{run}")
        await until(socket, lambda m: m["type"] == "deleted")
        gone = (await server.client.get("/api/runs?deleted=true")).json()["runs"]
        assert [found["id"] for found in gone] == [run]
        assert gone[0]["deleted"].endswith("Z")
        assert (await server.client.get("/api/runs")).json()["runs"] == []
        back = await server.client.post(restore)
        assert (back.status_code, back.json()["deleted"]) == (200, None)
        assert (await until(socket, lambda m: m["type"] == "run"))[-1]["run"]["id"] == run
    assert (await server.client.get("/api/runs?deleted=true")).json()["runs"] == []
    assert (await server.client.post(restore)).status_code == 200
    assert (await server.client.post("/api/runs/x/restore")).status_code == 404


async def test_a_day_later_rows_and_files_are_gone(server: Running, agent: FakeAgent) -> None:
    run = await stopped_run(server)
    await server.client.delete(f"/api/runs/{run}")
    services = server.services
    await services.purge.round()
    assert agent.forgotten == []
    clock = services.store._clock
    services.store._clock = lambda: clock() + 24 * 3600 + 1
    agent.disk["journal"] = 5  # a trainer that lives on, or a disk that refuses
    await services.purge.round()
    assert agent.forgotten == [run]
    assert await services.store.get_run(run, deleted=True) is not None
    agent.disk["journal"] = 0
    await services.purge.round()
    assert await services.store.get_run(run, deleted=True) is None
    assert (await server.client.post(f"/api/runs/{run}/restore")).status_code == 404


async def test_storage_is_the_rows_and_what_the_agent_says(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await agent.rows(run, 5)
    await server.until(run, lambda r: r["update"] == 5)
    agent.disk = {"journal": 100, "checkpoints": 20, "episodes": 3, "log": 1}
    found = (await server.client.get(f"/api/runs/{run}/storage")).json()
    assert found["parts"]["series"] > 100
    assert found == {
        "total": found["parts"]["series"] + 124,
        "parts": {"series": found["parts"]["series"], **agent.disk},
    }
    await agent.disconnect()
    found = (await server.client.get(f"/api/runs/{run}/storage")).json()
    assert (found["total"], found["parts"]["log"]) == (found["parts"]["series"], None)


async def test_lists_sort_by_returns_and_filter_by_what_is_learned(server: Running, agent: FakeAgent) -> None:
    runs = [await server.start_run(seed=seed) for seed in (3, 1, 2)]
    await agent.rows(runs[0], 12)
    await agent.rows(runs[1], 3)
    await server.until(runs[0], lambda r: r["best_return"] == 7.0)
    await server.until(runs[1], lambda r: r["last_return"] == 7.0 and r["best_return"] is None)

    async def listed(query: str) -> list[str]:
        """Return the ids of a list, read one by one."""
        found, after = [], ""
        while after is not None:
            page = (await server.client.get(f"/api/runs?limit=1&{query}{after and '&after=' + after}")).json()
            found += [run["id"] for run in page["runs"]]
            after = page["next"]
        return found

    assert await listed("sort=seed") == [runs[1], runs[2], runs[0]]
    for sort in ("best_return", "-best_return"):
        assert (await listed(f"sort={sort}"))[0] == runs[0]
    for sort in ("last_return", "-last_return"):
        assert (await listed(f"sort={sort}"))[-1] == runs[2]
    assert len(await listed("sort=environment&algorithm=ppo&environment=CartPole-v1")) == 3
    assert await listed("algorithm=reinforce") == []
    assert await listed("environment=Acrobot-v1") == []


async def test_an_export_is_a_file_with_a_plain_name(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run(name='../"Hostile"; x=<b>')
    await agent.rows(run, 3)
    await server.until(run, lambda r: r["update"] == 3)
    kinds = {
        "csv": "text/csv",
        "json": "application/json",
        "parquet": "application/vnd.apache.parquet",
        "html": "text/html",
    }
    for kind, media in kinds.items():
        answer = await server.client.get(f"/api/runs/{run}/export?format={kind}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(media)
        name = f"policyscope-hostile-x-b-{run[:8]}.{kind}"
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert answer.content
    wrong = await server.client.get(f"/api/runs/{run}/export?format=pdf")
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (422, "format")
    assert (await server.client.get("/api/runs/x/export?format=csv")).status_code == 404
