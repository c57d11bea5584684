"""Everything that is refused or breaks is one error object (F15)."""

from __future__ import annotations

import logging
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.api import text
from tests.backend.kit import START, FakeAgent, Running, until

KEYS = {"code", "message", "field", "did_you_mean", "current"}
JSON = {"Content-Type": "application/json"}

BODIES: list[tuple[bytes, int, str | None]] = [
    (b"", 422, None),
    (b"{", 400, None),
    (b"\xff\xfe", 400, None),
    (b"[]", 422, None),
    (b"3", 422, None),
    (b'"x"', 422, None),
    (b"null", 422, None),
    (b'{"recipe": 3}', 422, "recipe"),
    (b'{"rezipe": "x"}', 422, "rezipe"),
    (b'{"\\ud800": "x"}', 422, None),
    (b'{"recipe": "none"}', 422, "recipe"),
    (b'{"recipe": "cartpole-ppo", "seed": -1}', 422, "seed"),
    (b'{"recipe": "cartpole-ppo", "seed": 1.5}', 422, "seed"),
    (b'{"recipe": "cartpole-ppo", "seed": 99999999999999999999}', 422, "seed"),
    (b'{"recipe": "cartpole-ppo", "budget": {"env_steps": 0}}', 422, "budget.env_steps"),
    (b'{"recipe": "cartpole-ppo", "budget": {"env_steps": 1e400}}', 422, "budget.env_steps"),
    (b'{"recipe": "cartpole-ppo", "environment": {"num_envs": 0}}', 422, "environment.num_envs"),
    (b'{"recipe": "cartpole-ppo", "environment": {"nun_envs": 8}}', 422, "environment.nun_envs"),
    (b'{"recipe": "cartpole-ppo", "pace": 0}', 422, "pace"),
    (b'{"recipe": "cartpole-ppo", "pace": NaN}', 422, "pace"),
    (b'{"recipe": "cartpole-ppo", "name": "a\\u0000b"}', 422, "name"),
    (b'{"recipe": "cartpole-ppo", "name": "a\\nb"}', 422, "name"),
    (b'{"recipe": "cartpole-ppo", "name": "\\ud83d"}', 422, "name"),
    (b'{"recipe": "cartpole-ppo", "tags": ["a", "b\\u0007"]}', 422, "tags.1"),
    (b'{"recipe": "cartpole-ppo", "name": "' + b"x" * 201 + b'"}', 422, "name"),
    (b'{"recipe": "cartpole-ppo", "name": "' + b"x" * 100_000 + b'"}', 422, "name"),
    (b'{"a": ' + b"[" * 100_000, 400, None),
    (b'{"seed": ' + b"1" * 5000 + b"}", 400, None),
    (b'{"recipe": "cartpole-ppo", "seed": "5"}', 422, "seed"),
    (b'{"recipe": "cartpole-ppo", "seed": true}', 422, "seed"),
    (b'{"recipe": "cartpole-ppo", "environment": {"num_envs": "8"}}', 422, "environment.num_envs"),
    (b'{"recipe": "cartpole-ppo", "budget": {"updates": "3"}}', 422, "budget.updates"),
    (b'{"recipe": "cartpole-ppo", "pace": "5"}', 422, "pace"),
    (b'{"recipe": "cartpole-ppo", "tags": ["a", " "]}', 422, "tags.1"),
    (b'{"recipe": "cartpole-ppo", "recipe": "\\ud800"}', 422, "recipe"),
    (b" " * (1 << 20) + b"{}", 413, None),
]


def checked(answer: Any, status: int) -> dict[str, Any]:
    """Return the error of an answer that must be one."""
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error"}
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) == KEYS
    assert error["message"]
    assert "Traceback" not in answer.text
    return error


async def test_a_bad_start_is_refused_with_the_field_that_is_wrong(server: Running, agent: FakeAgent) -> None:
    for body, status, field in BODIES:
        answer = await server.client.post("/api/runs", content=body, headers=JSON)
        assert checked(answer, status)["field"] == field, body[:80]
    assert (await server.client.get("/api/runs")).json()["runs"] == []


HUGE = b"1" + b"0" * 30
DEEP = b"[" * 20 + b"]" * 20
UNFIT = [
    (HUGE, "out_of_range"),
    (b"1" * 400, "out_of_range"),
    (b"-" + HUGE, "out_of_range"),
    (b"1e400", "out_of_range"),
    (b"NaN", "out_of_range"),
    (b"[[" + HUGE + b"]]", "out_of_range"),
    (b'"\\ud800"', "invalid_value"),
    (b'{"\\udfff": 1}', "invalid_value"),
    (b'"' + b"x" * 30_000 + b'"', "invalid_value"),
    (DEEP, "invalid_value"),
]


@pytest.mark.parametrize(("value", "code"), UNFIT)
async def test_what_nobody_could_hold_is_refused_at_the_door(
    server: Running, agent: FakeAgent, value: bytes, code: str
) -> None:
    run = await server.start_run()
    places = {
        "controls.gamma": b'"controls": {"gamma": %s}',
        "environment.kwargs.x": b'"environment": {"kwargs": {"x": %s}}',
        "budget.env_steps": b'"budget": {"env_steps": %s}',
        "seed": b'"seed": %s',
        "pace": b'"pace": %s',
    }
    for path in ("/api/runs", "/api/validate"):
        for field, place in places.items():
            body = b'{"recipe": "cartpole-ppo", ' + place % value + b"}"
            error = checked(await server.client.post(path, content=body, headers=JSON), 422)
            assert error["field"].startswith(field), (field, error)
            assert error["code"] == code
            assert len(error["message"]) < 300
    body = b'{"values": {"gamma": %s}}' % value
    error = checked(await server.client.patch(f"/api/runs/{run}/controls", content=body, headers=JSON), 422)
    assert (error["code"], error["field"]) == (code, "controls.gamma")
    async with server.live() as socket:
        await socket.send(b'{"type": "set_controls", "id": 1, "run": "%s", ' % run.encode() + body[1:], text=True)
        answer = (await until(socket, lambda m: m["type"] == "error"))[-1]
        assert (answer["id"], answer["error"]["code"], answer["error"]["field"]) == (1, code, "controls.gamma")


SENTENCES: list[tuple[dict[str, Any], str, str, list[str]]] = [
    ({"budget": {"env_steps": 0}}, "out_of_range", "env_steps is 0; allowed at least 1.", []),
    ({"environment": {"num_envs": 0}}, "out_of_range", "num_envs is 0; allowed at least 1.", []),
    ({"seed": -1}, "out_of_range", "seed is -1; allowed at least 0.", []),
    ({"pace": 0}, "out_of_range", "pace is 0; allowed more than 0.", []),
    ({"sed": 1}, "unknown_field", "There is no sed. Did you mean seed?", ["seed"]),
    (
        {"environment": {"nun_envs": 8}},
        "unknown_field",
        "There is no environment.nun_envs. Did you mean num_envs?",
        ["num_envs"],
    ),
]


@pytest.mark.parametrize(("body", "code", "message", "meant"), SENTENCES)
async def test_a_refusal_says_found_and_allowed(
    server: Running, agent: FakeAgent, body: dict[str, Any], code: str, message: str, meant: list[str]
) -> None:
    error = checked(await server.client.post("/api/runs", json={**START, **body}), 422)
    assert (error["code"], error["message"], error["did_you_mean"]) == (code, message, meant)


async def test_a_misspelt_action_has_a_near_miss(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    for body, field, meant in (
        ({"action": "puase"}, "action", "pause"),
        ({"action": "step", "update": 1}, "update", "updates"),
    ):
        error = checked(await server.client.post(f"/api/runs/{run}/actions", json=body), 422)
        assert error["field"] == field
        assert meant in error["did_you_mean"]


async def test_what_is_no_json_is_bad_json_everywhere(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    for body in (b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 5000, b'"\xff"'):
        for method, path in (
            ("POST", "/api/runs"),
            ("POST", "/api/validate"),
            ("POST", f"/api/runs/{run}/actions"),
            ("PATCH", f"/api/runs/{run}/controls"),
            ("PATCH", f"/api/runs/{run}"),
        ):
            answer = await server.client.request(method, path, content=body, headers=JSON)
            assert checked(answer, 400)["code"] == "bad_json"
    for headers in ({}, {"Content-Type": "text/plain"}):
        answer = await server.client.post("/api/runs", content=b'{"recipe": "cartpole-ppo"}', headers=headers)
        assert checked(answer, 400)["code"] == "bad_json"


async def test_an_over_long_run_id_is_no_run(server: Running) -> None:
    error = checked(await server.client.get("/api/runs/" + "x" * 5000), 404)
    assert len(error["message"]) < 200


async def test_unknown_things_have_names_too(server: Running) -> None:
    assert checked(await server.client.get("/api/none"), 404)["code"] == "not_found"
    assert checked(await server.client.get("/api/runs/none"), 404)["code"] == "not_found"
    wrong = await server.client.put("/api/runs")
    assert checked(wrong, 405)["code"] == "method_not_allowed"
    assert wrong.headers["allow"] == "GET, POST"
    assert checked(await server.client.get("/assets/none.js"), 404)["code"] == "not_found"
    for path in ("log", "events", "checkpoints", "series?names=a", "distributions?name=a"):
        checked(await server.client.get(f"/api/runs/none/{path}"), 404)


@pytest.mark.parametrize(
    "query",
    ["", "names=", "names=a&x=time", "names=a&points=0", "names=a&points=9999", "names=a&from=NaN", "names=a&from=x"],
)
async def test_a_bad_query_is_refused(server: Running, agent: FakeAgent, query: str) -> None:
    run = await server.start_run()
    assert checked(await server.client.get(f"/api/runs/{run}/series?{query}"), 422)["field"]


async def test_a_fault_of_ours_is_logged_and_says_nothing(
    server: Running, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("the secret cause")

    monkeypatch.setattr(server.services.store, "list_runs", broken)
    answer = await server.client.get("/api/runs")
    assert checked(answer, 500)["code"] == "internal_error"
    assert "secret" not in answer.text
    assert [record for record in caplog.records if record.exc_info and "secret" in str(record.exc_info[1])]
    assert caplog.records[-1].levelno == logging.ERROR


async def test_names_are_kept_as_typed(server: Running, agent: FakeAgent) -> None:
    names = [
        "🤖 run",
        "<script>alert(1)</script>",
        "'; DROP TABLE runs; --",
        "שלום",
        "a\u202eb",
        "=1+1",
        "%s {0}",
        "../x",
    ]
    for name in names:
        answer = await server.client.post("/api/runs", json={**START, "name": name})
        assert answer.status_code == 201
        found = (await server.client.get("/api/runs", params={"q": name})).json()["runs"]
        assert [run["name"] for run in found] == [name]


@given(st.text())
def test_a_name_is_normalised_or_refused(typed: str) -> None:
    refused = any(unicodedata.category(character) in ("Cc", "Cs") for character in typed)
    try:
        stored = text.name(typed)
    except ValueError:
        assert refused or len(unicodedata.normalize("NFC", typed)) > text.NAME_LENGTH
        return
    assert not refused
    assert stored == unicodedata.normalize("NFC", typed)
    assert text.name(stored) == stored
    stored.encode()


@given(st.text(st.characters(categories=["Cc", "Cs"]), min_size=1))
def test_control_characters_never_pass(typed: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        text.name(typed)
