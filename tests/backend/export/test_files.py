"""CSV, JSON and Parquet hold exactly what was stored, over segments and the open tail."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from backend.export import parquet
from backend.export.formats import FORMATS, Format, written
from backend.export.source import Source
from backend.storage import Store, seal, segments
from tests.backend.storage.telemetry import batches, history, new_record, progress

WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
AXES = ("update", "n", "grad_steps", "env_steps", "episodes", "wall")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, list[dict[str, Any]]]]:
    """A store with one run of several segments and a tail, and the payloads that went in."""
    monkeypatch.setattr(seal, "TAIL_SEQS", 60)
    monkeypatch.setattr(segments, "MERGED", 3)
    monkeypatch.setattr(segments, "FULL", 400)
    payloads = history(np.random.default_rng(5), 160)
    store = Store.open(tmp_path / "store.db")

    async def fill() -> None:
        record, _ = await store.create_run(new_record(id="r" * 32, name='Hostile/../Ünïcode "name"'))
        for batch in batches(np.random.default_rng(6), payloads):
            await store.ingest(record.id, 1, batch, progress)

    asyncio.run(fill())
    yield store, payloads
    asyncio.run(store.close())


def exported(store: Store, kind: Format) -> bytes:
    """Return a file."""

    async def read() -> bytes:
        record = await store.get_run("r" * 32)
        assert record is not None
        source = await Source.of(store, record, {"metrics": [{"name": "dense", "unit": "nat"}]})
        return b"".join([piece async for piece in written(source, kind)])

    return asyncio.run(read())


def expected(payloads: list[dict[str, Any]], name: str, part: str = "last") -> list[float | None]:
    """Return a metric at every row, straight from the payloads."""
    found: list[float | None] = []
    for payload in payloads:
        if payload["type"] == "frame":
            nothing = {"last": [None] * len(payload["rows"]["update"])}
            scalar = payload["scalars"].get(name, nothing)
            found += scalar.get(part, scalar["last"])
    return found


def axis(payloads: list[dict[str, Any]], name: str) -> list[Any]:
    """Return an axis at every row."""
    return [x for payload in payloads if payload["type"] == "frame" for x in payload["rows"][name]]


def episodes(payloads: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return the results of the episodes."""
    ended = [e for payload in payloads if payload["type"] == "frame" for e in payload["ended"]]
    return sorted((e["episode"], e["update"], e["env_steps"], e["wall"], e["return"], e["length"]) for e in ended)


def plain(value: Any) -> Any:
    """Return a number for what a text says."""
    return WORDS.get(value, value)


def equal(found: list[Any], wanted: list[Any]) -> bool:
    """Whether two columns agree, NaN with NaN."""
    return len(found) == len(wanted) and all(
        a is b is None or (a is not None and b is not None and (a == b or (a != a and b != b)))
        for a, b in zip(found, wanted, strict=True)
    )


def test_csv_holds_every_row_and_spells_what_is_not_finite(kept: tuple[Store, list[dict[str, Any]]]) -> None:
    store, payloads = kept
    text = exported(store, "csv").decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == [*AXES, "dense", "rare", "sparse", "spread", "spread.min", "spread.max"]
    for name in AXES:
        assert equal([float(row[name]) for row in rows], axis(payloads, name)), name
    for name, part in (("dense", "last"), ("sparse", "last"), ("rare", "last"), ("spread", "last"), ("spread", "min")):
        column = name if part == "last" else f"{name}.{part}"
        found = [None if row[column] == "" else float(plain(row[column])) for row in rows]
        assert equal(found, expected(payloads, name, part)), column
    assert {row["dense"] for row in rows} >= set(WORDS)
    assert "nan" not in text
    assert "inf" not in text


def test_json_holds_the_record_the_events_the_series_and_the_episodes(kept: tuple[Store, list[dict[str, Any]]]) -> None:
    store, payloads = kept
    document = json.loads(exported(store, "json"))
    assert document["run"]["name"] == 'Hostile/../Ünïcode "name"'
    assert len(document["events"]) == sum(payload["type"] == "event" for payload in payloads)
    assert document["rows"] == {name: axis(payloads, name) for name in AXES}
    assert document["series"]["dense"]["unit"] == "nat"
    for name in ("dense", "sparse", "rare", "spread"):
        found = [plain(x) for x in document["series"][name]["last"]]
        assert equal(found, expected(payloads, name)), name
    assert ("min" in document["series"]["dense"], "min" in document["series"]["spread"]) == (False, True)
    columns = ("episode", "update", "env_steps", "wall", "return", "length")
    assert sorted(zip(*(document["episodes"][name] for name in columns), strict=True)) == episodes(payloads)


def test_parquet_read_back_equals_the_series(kept: tuple[Store, list[dict[str, Any]]]) -> None:
    store, payloads = kept
    table = pq.read_table(io.BytesIO(exported(store, "parquet")))
    assert json.loads(table.schema.metadata[parquet.RUN])["id"] == "r" * 32
    assert [str(table.schema.field(name).type) for name in ("update", "wall", "dense")] == ["int64", "double", "double"]
    for name in AXES:
        assert table[name].to_pylist() == axis(payloads, name)
    for name in ("dense", "sparse", "rare", "spread"):
        assert equal(table[name].to_pylist(), expected(payloads, name)), name
    ended = [
        (update, e)
        for update, row in zip(table["update"].to_pylist(), table["ended"].to_pylist(), strict=True)
        for e in row
    ]
    assert all(e["update"] == update for update, e in ended)
    assert sorted(tuple(e.values()) for _, e in ended) == episodes(payloads)


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "html"])
def test_a_run_without_a_row_is_a_file_without_a_row(tmp_path: Path, kind: Format) -> None:
    store = Store.open(tmp_path / "store.db")
    asyncio.run(store.create_run(new_record(id="r" * 32)))
    found = exported(store, kind)
    asyncio.run(store.close())
    if kind == "csv":
        assert found.decode() == ",".join(AXES) + "\n"
    elif kind == "json":
        assert json.loads(found)["rows"]["update"] == []
    else:
        assert pq.read_table(io.BytesIO(found)).num_rows == 0


def test_what_comes_while_a_file_is_written_is_left_out(kept: tuple[Store, list[dict[str, Any]]]) -> None:
    store, payloads = kept

    async def read() -> bytes:
        record = await store.get_run("r" * 32)
        assert record is not None
        source = await Source.of(store, record, None)
        more = history(np.random.default_rng(7), 60)
        head, update = record.head, record.update
        pieces = []
        async for piece in written(source, "csv"):
            pieces.append(piece)
            if more:
                batch = [moved(payload, head, update) for payload in more]
                more = []
                await store.ingest(record.id, 1, batch, progress)
        return b"".join(pieces)

    rows = list(csv.DictReader(io.StringIO(asyncio.run(read()).decode())))
    assert [int(row["update"]) for row in rows] == axis(payloads, "update")


def moved(payload: dict[str, Any], seqs: int, updates: int) -> dict[str, Any]:
    """Return a payload further on in the run."""
    found = {**payload, "seq": payload["seq"] + seqs}
    if payload["type"] == "frame":
        rows = {name: [x + updates for x in column] for name, column in payload["rows"].items()}
        found |= {"first_seq": payload["first_seq"] + seqs, "rows": rows, "ended": [], "distributions": {}}
    return found
