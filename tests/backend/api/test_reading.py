"""Series, histograms, events and files, with every number spelled out (F11)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from backend.api.routes import page
from backend.api.wire import encode
from backend.schema import TARGET, schema
from tests.backend.kit import CATALOG, FakeAgent, Running


def refuse(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


async def test_nan_is_spelled_out_in_every_answer(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run(controls={"gamma": 0.5})
    for value in (math.nan, math.inf, -math.inf, 0.5, None):
        await agent.rows(run, 1, value)
    trainer = agent.runs[run]
    trainer.event("alert", value=math.nan, list=[math.inf])
    trainer.event("checkpoint", path="p", update=5, bytes=3)
    await agent.ship(run)
    await server.until(run, lambda r: r["head"] == 8)
    texts = {}
    for path in (
        "",
        "/series?names=policy/entropy,ratio/max",
        "/distributions?name=advantage",
        "/events",
        "/checkpoints",
    ):
        answer = await server.client.get(f"/api/runs/{run}{path}")
        assert answer.status_code == 200, answer.text
        texts[path] = json.loads(answer.text, parse_constant=refuse)
    series = texts["/series?names=policy/entropy,ratio/max"]["series"]
    assert series["policy/entropy"]["last"][:4] == ["NaN", "Infinity", "-Infinity", 0.5]
    assert series["policy/entropy"]["unit"] == "nat"
    assert series["ratio/max"]["total"] == 0
    assert texts["/events"]["events"][1]["data"] == {"value": "NaN", "list": ["Infinity"]}
    assert texts["/checkpoints"]["checkpoints"] == [{"path": "p", "update": 5, "bytes": 3, "seq": 8, "wall": 0.5}]
    rows = texts["/distributions?name=advantage"]["rows"]
    assert all(len(row["counts"]) == 4 and sum(row["counts"]) + row["nonfinite"] == row["n"] for row in rows)


async def test_a_series_that_does_not_exist_is_refused_with_a_near_miss(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await agent.rows(run, 2)
    await server.until(run, lambda r: r["head"] == 3)
    for name, close in (("policy/entropi", ["policy/entropy"]), ("advantage", []), ("x" * 500, [])):
        answer = await server.client.get(f"/api/runs/{run}/series", params={"names": f"policy/entropy,{name}"})
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["field"]) == (422, "unknown_metric", "names")
        assert error["did_you_mean"] == close
    fine = await server.client.get(f"/api/runs/{run}/series", params={"names": "ratio/max,episode/return"})
    assert fine.json()["series"]["ratio/max"]["total"] == 0


def test_the_encoder_writes_what_json_lacks() -> None:
    assert encode({"a": [math.nan, math.inf, -math.inf, -0.0]}) == b'{"a":["NaN","Infinity","-Infinity",-0.0]}'


async def test_events_come_in_pages(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await agent.rows(run, 2)
    agent.runs[run].event("solved")
    await agent.ship(run)
    await server.until(run, lambda r: r["head"] == 4)
    first = (await server.client.get(f"/api/runs/{run}/events", params={"limit": 1})).json()
    assert [event["kind"] for event in first["events"]] == ["started"]
    following = (await server.client.get(f"/api/runs/{run}/events", params={"after": first["next"], "epoch": 1})).json()
    assert [event["seq"] for event in following["events"]] == [4]
    assert following["next"] == 4


async def test_the_log_is_text_and_the_catalog_is_the_agents(server: Running, agent: FakeAgent) -> None:
    run = await server.start_run()
    await server.until(run, lambda r: r["state"] == "running")
    log = await server.client.get(f"/api/runs/{run}/log")
    assert (log.text, log.headers["content-type"]) == ("hello\n", "text/plain; charset=utf-8")
    catalog = (await server.client.get("/api/catalog")).json()
    bounds = catalog["environments"][1]["actions"]
    assert (bounds["low"], bounds["high"]) == (["-Infinity"], ["Infinity"])
    assert catalog == json.loads(encode(CATALOG))
    await agent.disconnect()
    assert (await server.client.get("/api/catalog")).status_code == 200
    unknown = await server.client.get(f"/api/runs/{run}/distributions?name=advantag")
    assert unknown.json()["error"]["did_you_mean"] == ["advantage"]


async def test_the_page_is_served_for_its_own_addresses(
    server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static = tmp_path / "static"
    monkeypatch.setattr(page, "STATIC", static)
    missing = await server.client.get("/")
    assert (missing.status_code, "make run" in missing.text) == (503, True)
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<p>page</p>")
    (static / "assets" / "app-1a2b.js").write_text("1")
    (tmp_path / "secret.txt").write_text("no")
    for path in ("/", "/runs/abc", "/index.html"):
        answer = await server.client.get(path)
        assert (answer.text, answer.headers["cache-control"]) == ("<p>page</p>", "no-cache"), path
    assert "immutable" in (await server.client.get("/assets/app-1a2b.js")).headers["cache-control"]
    for path in ("/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/none.js"):
        assert (await server.client.get(path)).status_code == 404, path


async def test_the_interface_describes_itself(server: Running) -> None:
    document: dict[str, Any] = (await server.client.get("/openapi.json")).json()
    assert set(document["paths"]["/api/runs"]) == {"get", "post"}
    for methods in document["paths"].values():
        for operation in methods.values():
            content = [a.get("content") for code, a in operation["responses"].items() if code in ("200", "201", "202")]
            assert all(content), operation["operationId"]


def test_the_committed_schema_is_what_the_models_say() -> None:
    assert json.loads(TARGET.read_text()) == json.loads(json.dumps(schema()))
