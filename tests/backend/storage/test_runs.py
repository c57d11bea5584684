"""Run records: idempotent creation, compare-and-set, hiding, and pages against a brute-force list."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import math
import random
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.storage import (
    BadCursor,
    BadSort,
    IdempotencyConflict,
    RunRecord,
    Stale,
    Store,
    StoreError,
    UnknownRun,
    runs,
)
from tests.backend.storage.telemetry import event, frame, new_record, nothing


async def test_a_record_comes_back_as_it_was_given(store: Store) -> None:
    record = new_record(
        name="Ünï © 名前 🎉 \u202e<b>'; DROP TABLE runs",
        recipe="cartpole-ppo",
        environment={"id": "CartPole-v1", "num_envs": 8, "kwargs": {"x": [1, {"y": None}]}},
        seed=2**40,
        budget={"env_steps": 10**12},
        controls={"version": 1, "values": {"gamma": 0.99, "clip": math.inf, "advantage": "block"}, "pending": []},
        pace=5.0,
        parent={"run": "x", "update": 3},
        tags=["b", "a"],
        config={"nested": [1.5, True, None]},
        memo={"attempts": 2},
    )
    made, created = await store.create_run(record)
    assert created
    assert made == record
    assert await store.get_run(record.id) == record
    assert "config" not in record.to_json()
    assert list(record.to_json())[:4] == ["id", "name", "recipe", "algorithm"]


async def test_twenty_starts_with_one_key_make_one_run(store: Store) -> None:
    answers = await asyncio.gather(*(store.create_run(new_record(), "key", "hash", "ann") for _ in range(20)))
    assert sum(created for _, created in answers) == 1
    assert len({record.id for record, _ in answers}) == 1
    assert len((await store.list_runs())[0]) == 1


async def test_a_key_with_another_body_is_a_conflict_and_belongs_to_its_owner(store: Store) -> None:
    first, _ = await store.create_run(new_record(), "key", "hash", "ann")
    with pytest.raises(IdempotencyConflict, match="another start"):
        await store.create_run(new_record(), "key", "other", "ann")
    second, created = await store.create_run(new_record(), "key", "other", "bob")
    assert created
    assert second.id != first.id


async def test_a_key_survives_its_run_being_deleted(store: Store) -> None:
    first, _ = await store.create_run(new_record(), "key", "hash")
    await store.delete_run(first.id)
    again, created = await store.create_run(new_record(), "key", "hash")
    assert (again.id, created) == (first.id, False)


async def test_the_loser_of_a_compare_and_set_learns_what_is_current(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    changed = await store.update_run(run.id, 1, state="starting", agent="a1")
    assert (changed.version, changed.state) == (2, "starting")
    with pytest.raises(Stale) as lost:
        await store.update_run(run.id, 1, state="failed")
    assert lost.value.current == changed
    assert await store.get_run(run.id) == changed


async def test_of_many_compare_and_sets_exactly_one_wins(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    tries = [store.update_run(run.id, 1, state=f"s{i}") for i in range(20)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(answer, RunRecord) for answer in answers) == 1
    assert sum(isinstance(answer, Stale) for answer in answers) == 19


async def test_changes_decided_in_the_writer_are_never_lost(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    await asyncio.gather(*(store.change_run(run.id, lambda r: {"notes": r.notes + "x"}) for _ in range(20)))
    record = await store.get_run(run.id)
    assert record is not None
    assert (record.notes, record.version) == ("x" * 20, 21)
    assert await store.change_run(run.id, lambda _: None) == record


async def test_progress_alone_does_not_raise_the_version(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    assert (await store.update_run(run.id, 1, update=5, env_steps=50, episodes=1)).version == 1
    assert (await store.update_run(run.id, 1, name="b")).version == 2
    assert (await store.update_run(run.id, None, name="b")).version == 2, "nothing changed"


async def test_identity_and_unknown_fields_cannot_be_changed(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    for changes in ({"id": "x"}, {"version": 9}, {"created": "x"}, {"colour": "red"}):
        with pytest.raises(StoreError, match=next(iter(changes))):
            await store.update_run(run.id, None, **changes)
    with pytest.raises(UnknownRun):
        await store.update_run("nobody", None, name="b")


async def test_a_deleted_run_is_hidden_and_comes_back_whole(store: Store) -> None:
    run, _ = await store.create_run(new_record(tags=["x"]))
    await store.ingest(run.id, 1, [event(1)], nothing)
    await store.delete_run(run.id)
    assert await store.get_run(run.id) is None
    assert (await store.list_runs())[0] == []
    with pytest.raises(UnknownRun):
        await store.update_run(run.id, None, name="b")
    hidden = await store.get_run(run.id, deleted=True)
    assert hidden is not None
    assert hidden.deleted is not None
    assert await store.undelete_run(run.id) == msgspec.structs.replace(hidden, deleted=None)
    assert (await store.events(run.id, 1))[0] == [event(1)]


async def test_a_new_epoch_starts_at_seq_zero_and_keeps_the_old_one(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    await store.ingest(run.id, 1, [frame(1, {"a": {"last": [1.0, 2.0]}})], nothing)
    changed = await store.update_run(run.id, 1, epoch=2)
    assert (changed.epoch, changed.head, changed.version) == (2, 0, 2)
    await store.ingest(run.id, 2, [frame(1, {"a": {"last": [9.0]}})], nothing)
    assert (await store.series(run.id, ["a"]))["series"]["a"]["last"] == [9.0]
    assert (await store.replay(run.id, 1, 0))[0]["scalars"]["a"]["last"] == [1.0, 2.0]


NAMES = ["alpha", "Beta", "BETA 100%", "ger_t", "Straße", "ÉCOLE", "", "x" * 200]
SORTS = ["created", "started", "ended", "name", "state", "algorithm", "update", "env_steps", "episodes"]


async def seeded(store: Store, count: int) -> list[RunRecord]:
    """Many runs with many ties in every field."""
    choose = random.Random(0)
    records = [
        new_record(
            name=choose.choice(NAMES),
            algorithm=choose.choice(["ppo", "reinforce"]),
            environment={"id": choose.choice(["CartPole-v1", "Pendulum-v1"])},
            state=choose.choice(["running", "finished", "failed"]),
            created=f"2026-01-{choose.randint(1, 28):02}T00:00:00.000000Z",
            started=choose.choice([None, "2026-02-01T00:00:00.000000Z"]),
            tags=choose.sample(["a", "b", "a b"], choose.randint(0, 3)),
            update=choose.randint(0, 9),
            env_steps=choose.randint(0, 10**12),
        )
        for _ in range(count)
    ]
    await store._threads.write(lambda conn: [runs.create(conn, record, None, None, "x") for record in records])
    return records


def expected(records: list[RunRecord], filters: dict[str, Any], sort: str) -> list[str]:
    """The ids that a page-by-page walk must give."""
    state, tag, q = (filters.get(name) for name in ("state", "tag", "q"))
    key = sort.lstrip("-+")

    def searched(r: RunRecord) -> list[str]:
        return [text.casefold() for text in (r.name, r.id, r.algorithm, r.environment["id"])]

    def place(r: RunRecord) -> tuple[Any, str]:
        value = getattr(r, key)
        return (value.casefold() if key == "name" else "" if value is None else value, r.id)

    kept = [
        r
        for r in records
        if (not state or r.state in ([state] if isinstance(state, str) else state))
        and (not tag or tag in r.tags)
        and (not q or any(q.casefold() in text for text in searched(r)))
    ]
    return [r.id for r in sorted(kept, key=place, reverse=sort.startswith("-"))]


async def walked(store: Store, limit: int, sort: str, filters: dict[str, Any]) -> list[str]:
    """The ids of all pages."""
    found: list[str] = []
    cursor = None
    for _ in itertools.count():
        page, cursor = await store.list_runs(limit, cursor, sort=sort, **filters)
        assert len(page) <= limit
        found += [record.id for record in page]
        if cursor is None:
            return found
    raise AssertionError


async def test_pages_over_two_thousand_runs_equal_a_sorted_list(store: Store) -> None:
    records = await seeded(store, 2000)
    cases: list[tuple[dict[str, Any], str]] = [({}, f"{'-' if i % 2 else ''}{key}") for i, key in enumerate(SORTS)]
    cases += [
        ({"state": "failed"}, "-created"),
        ({"tag": "b"}, "-name"),
        ({"state": ["failed", "running"], "tag": "a"}, "name"),
        ({"tag": "a b"}, "-update"),
        ({"q": "STRASSE"}, "+name"),
        ({"q": "100%"}, "-created"),
        ({"q": "r_t"}, "-created"),
        ({"q": "école"}, "state"),
        ({"q": "pendulum", "state": "finished", "tag": "b"}, "-env_steps"),
        ({"q": records[7].id[4:20]}, "-created"),
        ({"q": "no such run"}, "-created"),
    ]
    for filters, sort in cases:
        assert await walked(store, 450, sort, filters) == expected(records, filters, sort), (filters, sort)


async def test_a_walk_shows_each_run_once_while_runs_come_and_go(store: Store) -> None:
    records = await seeded(store, 60)
    before = {record.id for record in records}
    page, cursor = await store.list_runs(20, sort="name")
    await store.delete_run(page[0].id)
    await store.create_run(new_record(name="aaa"))
    rest, _ = await store.list_runs(200, cursor, sort="name")
    shown = [record.id for record in (*page, *rest)]
    assert len(shown) == len(set(shown))
    assert before <= set(shown)


async def test_foreign_cursors_and_unknown_sorts_are_refused(store: Store) -> None:
    await seeded(store, 5)
    _, cursor = await store.list_runs(2, sort="name")
    assert cursor is not None
    with pytest.raises(BadCursor, match="sort=name"):
        await store.list_runs(2, cursor, sort="-name")
    for bad in ("", "x", "é", "////", cursor[:-3], "gA"):
        with pytest.raises(BadCursor):
            await store.list_runs(2, bad, sort="name")
    with pytest.raises(BadSort, match="colour"):
        await store.list_runs(2, sort="-colour")


def dump(path: Path) -> str:
    """Everything in the database, as one hash."""
    connection = sqlite3.connect(path)
    text = "\n".join(connection.iterdump())
    connection.close()
    return hashlib.sha256(text.encode()).hexdigest()


async def test_reading_writes_nothing(store: Store, tmp_path: Path) -> None:
    run, _ = await store.create_run(new_record(tags=["a"]))
    await store.ingest(run.id, 1, [event(1), frame(2, {"a": {"last": [1.0] * 2000}})], nothing)
    await store.add_edit(run.id, None, "e", {"gamma": 0.5}, "ann")
    session, token = (await store.add_session("viewer"))[0], (await store.add_token("viewer"))[0]
    before = dump(tmp_path / "store.db")
    await store.get_run(run.id)
    await store.list_runs(1, state="queued", tag="a", q="c", sort="name")
    await store.replay(run.id, 1, 0)
    await store.events(run.id, 1)
    await store.series(run.id, ["a", "b", "episode/return"], points=3)
    await store.distributions(run.id, "advantage")
    await store.pending(run.id)
    await store.edit(run.id, "e")
    assert await store.session(session)
    assert await store.token(token)
    await store.sessions()
    await store.tokens()
    assert dump(tmp_path / "store.db") == before
