"""`POST /api/lab`: asked of the agent once, remembered, refused with reasons, ended when nobody waits."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.backend.kit import FakeAgent, Running

BODY: dict[str, Any] = {
    "environment": {"id": "Grid-v0"},
    "estimators": [{"name": "plain", "settings": {"gamma_t": True, "baseline": "none"}}],
}
RESULT = {"result": {"estimators": [], "truth": {"J": math.nan}}}


async def until(ready: Callable[[], Any]) -> None:
    async with asyncio.timeout(5):
        while not ready():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_the_agent_is_asked_with_every_default_filled_in_and_its_answer_passed_on(
    server: Running, agent: FakeAgent
) -> None:
    agent.lab = RESULT
    answer = await server.client.post("/api/lab", json=BODY)
    assert (answer.status_code, answer.json()["truth"]["J"]) == (200, "NaN")
    asked = agent.studies[0]["body"]
    assert asked["environment"] == {"id": "Grid-v0", "kwargs": {}}
    assert (asked["batch"], asked["batches"], asked["behaviour"]) == (16, 500, None)


async def test_an_identical_request_is_answered_from_memory_and_another_is_not(
    server: Running, agent: FakeAgent
) -> None:
    agent.lab = RESULT
    first, again = [await server.client.post("/api/lab", json=BODY) for _ in range(2)]
    assert first.text == again.text
    assert len(agent.studies) == 1
    await server.client.post("/api/lab", json=BODY | {"seed": 1})
    assert len(agent.studies) == 2


async def test_identical_requests_at_once_are_done_once(server: Running, agent: FakeAgent) -> None:
    both = [asyncio.create_task(server.client.post("/api/lab", json=BODY)) for _ in range(2)]
    await until(lambda: agent.studies)
    await asyncio.sleep(0.05)
    await agent.reply(agent.studies[0], RESULT)
    assert [answer.status_code for answer in await asyncio.gather(*both)] == [200, 200]
    assert len(agent.studies) == 1


async def test_another_request_waits_its_turn_and_everything_else_does_not(server: Running, agent: FakeAgent) -> None:
    both = [asyncio.create_task(server.client.post("/api/lab", json=BODY | {"seed": k})) for k in range(2)]
    await until(lambda: agent.studies)
    assert (await server.client.post("/api/validate", json={"recipe": "cartpole-ppo"})).json()["ok"]
    assert len(agent.studies) == 1
    await agent.reply(agent.studies[0], RESULT)
    await until(lambda: len(agent.studies) == 2)
    await agent.reply(agent.studies[1], RESULT)
    assert [answer.status_code for answer in await asyncio.gather(*both)] == [200, 200]


async def test_too_many_at_once_are_told_to_wait(server: Running, agent: FakeAgent) -> None:
    asked = [asyncio.create_task(server.client.post("/api/lab", json=BODY | {"seed": k})) for k in range(9)]
    done, rest = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    refused = done.pop().result()
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_requests")
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


async def test_who_hangs_up_ends_the_experiment(server: Running, agent: FakeAgent) -> None:
    async with httpx.AsyncClient(base_url=server.settings.url, headers=server.bearer, trust_env=False) as impatient:
        with pytest.raises(httpx.ReadTimeout):
            await impatient.post("/api/lab", json=BODY, timeout=0.5)
    await until(lambda: agent.given_up)
    assert agent.given_up == [agent.studies[0]["id"]]
    agent.lab = RESULT
    assert (await server.client.post("/api/lab", json=BODY)).status_code == 200


async def test_a_refusal_of_the_engine_names_its_field(server: Running, agent: FakeAgent) -> None:
    wrong = {"code": "out_of_range", "message": "gae_lambda is 2; allowed 0 to 1.",
             "field": "estimators.0.settings.gae_lambda", "did_you_mean": []}  # fmt: skip
    agent.lab = {"errors": [wrong]}
    for _ in range(2):  # a refusal is not remembered
        answer = await server.client.post("/api/lab", json=BODY)
        assert answer.status_code == 422
        assert answer.json()["error"]["field"] == "estimators.0.settings.gae_lambda"
    assert len(agent.studies) == 2


async def test_an_experiment_whose_process_died_is_said_so(server: Running, agent: FakeAgent) -> None:
    asked = asyncio.create_task(server.client.post("/api/lab", json=BODY))
    await until(lambda: agent.studies)
    died = {"code": "lab_failed", "message": "The experiment's process died (signal 9 (SIGKILL))."}
    await agent.send("reply", id=agent.studies[0]["id"], error=died)
    answer = await asked
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "lab_failed")


async def test_without_an_agent_there_is_no_laboratory(server: Running) -> None:
    answer = await server.client.post("/api/lab", json=BODY)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "agent_unavailable")


async def test_an_agent_that_goes_fails_what_it_was_asked(server: Running, agent: FakeAgent) -> None:
    asked = asyncio.create_task(server.client.post("/api/lab", json=BODY))
    await until(lambda: agent.studies)
    await agent.disconnect()
    assert (await asked).status_code == 503


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"batches": 3}, "batches"),
        ({"gamma": "a"}, "gamma"),
        ({"estimators": []}, "estimators"),
        ({"environmnt": {}}, "environmnt"),
        ({"policy": 3}, "policy"),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused_before_the_agent_is_asked(
    server: Running, agent: FakeAgent, change: dict[str, Any], field: str
) -> None:
    answer = await server.client.post("/api/lab", json=BODY | change)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert agent.studies == []
