"""Recorded episodes over HTTP: the list from events, documents and pictures from the agent."""

from __future__ import annotations

from typing import Any

from backend.api.models.episodes import Episode
from tests.backend.kit import FakeAgent, Running

STEPS = {
    "reward": [1.0, float("nan")],
    "value": [None, 2.0],
    "advantage": [0.1, 0.2],
    "log_prob": [-0.1, -0.2],
    "action": [0, 1],
    "action_probs": [[0.5, 0.5], [0.4, 0.6]],
    "action_mean": [],
    "action_std": [],
}
EPISODE = {
    "n": 3, "kind": "eval", "update": 1, "seed": 5, "return": 2.0, "length": 2, "reason": "schedule",
    "terminated": True, "truncated": False, "steps": STEPS,
}  # fmt: skip


def told(n: int) -> dict[str, Any]:
    """Return what the event of an episode says."""
    about = {"n": n, "kind": "eval", "update": 1, "seed": 5, "return": 2.0, "length": 2}
    return about | {"reason": "schedule", "view": "state"}


async def with_episodes(server: Running, agent: FakeAgent, count: int) -> str:
    """Start a run and record episodes."""
    run = await server.start_run()
    await agent.rows(run, 1)
    for n in range(1, count + 1):
        agent.runs[run].event("episode", **told(n))
        agent.runs[run].event("checkpoint", path="x", update=1, bytes=1)
    await agent.ship(run)
    await server.until(run, lambda r: r["head"] == 2 + 2 * count)
    return run


async def test_the_list_is_newest_first_page_by_page(server: Running, agent: FakeAgent) -> None:
    run = await with_episodes(server, agent, 5)
    pages, after = [], ""
    while after is not None:
        page = (await server.client.get(f"/api/runs/{run}/episodes?limit=2{after and '&after=' + after}")).json()
        pages.append([episode["n"] for episode in page["episodes"]])
        after = page["next"]
    assert pages == [[5, 4], [3, 2], [1]]
    assert page["episodes"][0] == {**told(1), "wall": 0.1}
    for bad in ("x", "-1", "٣", "9" * 30):
        answer = await server.client.get(f"/api/runs/{run}/episodes", params={"after": bad})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_cursor")


async def test_an_episode_is_the_agents_document_with_addresses_of_its_pictures(
    server: Running, agent: FakeAgent
) -> None:
    run = await with_episodes(server, agent, 1)
    agent.episodes = {
        3: {**EPISODE, "view": {"kind": "state", "renderer": "cartpole", "states": [[0.0]] * 3}},
        4: {**EPISODE, "n": 4, "view": {"kind": "images", "frames": 3}},
    }
    first = (await server.client.get(f"/api/runs/{run}/episodes/3")).json()
    assert first["steps"] == {**STEPS, "reward": [1.0, "NaN"]}
    assert first["view"]["states"] == [[0.0]] * 3
    Episode.model_validate({**first, "steps": {**STEPS, "reward": [1.0, 0.0]}})
    second = (await server.client.get(f"/api/runs/{run}/episodes/4")).json()
    assert second["view"]["urls"] == [f"/api/runs/{run}/episodes/4/frames/{k}.jpg" for k in range(3)]
    agent.pictures = {(4, 2): b"\xff\xd8jpeg"}
    picture = await server.client.get(second["view"]["urls"][2])
    assert picture.content == b"\xff\xd8jpeg"
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in picture.headers["cache-control"]
    assert "private" in picture.headers["cache-control"]


async def test_what_is_not_recorded_is_404_and_without_agent_503(server: Running, agent: FakeAgent) -> None:
    run = await with_episodes(server, agent, 1)
    for path in (f"{run}/episodes/9", f"{run}/episodes/9/frames/0.jpg", "x/episodes", "x/episodes/1"):
        answer = await server.client.get(f"/api/runs/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found"), path
    assert (await server.client.get(f"/api/runs/{run}/episodes/-1")).status_code == 422
    await agent.disconnect()
    assert (await server.client.get(f"/api/runs/{run}/episodes")).status_code == 200
    for path in ("episodes/1", "episodes/1/frames/0.jpg"):
        answer = await server.client.get(f"/api/runs/{run}/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "agent_unavailable")


async def test_recording_is_an_action_of_a_run_with_a_policy(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await server.until(run, lambda r: r["state"] == "running")
    actions = f"/api/runs/{run}/actions"
    answer = await server.client.post(actions, json={"action": "record", "episodes": 2, "seed": 5})
    assert answer.status_code == 202
    done = {"action_id": answer.json()["action_id"]}
    command = next(command for command in agent.commands if command["op"] == "record")
    assert command == {"id": done["action_id"], "op": "record", "by": "local", "episodes": 2, "seed": 5}
    for wrong in ({"episodes": 0}, {"episodes": 21}, {"seed": -1}, {"seed": "x"}):
        refused = await server.client.post(actions, json={"action": "record", **wrong})
        assert (refused.status_code, refused.json()["error"]["field"]) == (422, next(iter(wrong)))
    await server.client.post(actions, json={"action": "stop"})
    await server.until(run, lambda r: r["state"] == "stopped")
    refused = await server.client.post(actions, json={"action": "record"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "wrong_state")
