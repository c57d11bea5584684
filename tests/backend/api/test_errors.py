"""Everything that is refused or breaks is one error object (F15)."""

from __future__ import annotations

import logging
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.api import text
from tests.backend.kit import START, FakeAgent, Running

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
