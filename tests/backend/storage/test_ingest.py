"""Batches: whole or not at all, each seq once, the run's state in the same transaction, and exact replay."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.storage import BadRecord, ReplayGone, RunRecord, SeqGap, Store, UnknownRun, WrongEpoch, log
from backend.storage.payloads import cut, first_seq
from tests.backend.storage.telemetry import (
    Payload,
    batches,
    distribution,
    ended,
    event,
    frame,
    history,
    new_record,
    nothing,
    progress,
    same,
)

pytestmark = pytest.mark.usefixtures("small_segments")
ONE = {"a": {"last": [1.0]}}


async def replayed(store: Store, run: str, after: int, limit: int) -> list[Payload]:
    """Everything after a seq, asked for in pieces."""
    found: list[Payload] = []
    while piece := await store.replay(run, 1, after, limit):
        assert sum(p["seq"] - first_seq(p) + 1 for p in piece[:-1]) < limit, "a call is bounded"
        assert first_seq(piece[0]) == after + 1
        found += piece
        after = piece[-1]["seq"]
    return found


@settings(max_examples=12)
@given(seed=st.integers(0, 2**32), size=st.integers(1, 150), limit=st.integers(1, 300))
def test_replay_gives_the_payloads_back_as_they_were(shared: Store, seed: int, size: int, limit: int) -> None:
    async def go() -> None:
        rng = np.random.default_rng(seed)
        payloads = history(rng, size)
        run, _ = await shared.create_run(new_record())
        for batch in batches(rng, payloads):
            head = (await shared.ingest(run.id, 1, batch, nothing)).settled
            assert head == batch[-1]["seq"]
        assert same(await replayed(shared, run.id, 0, limit), payloads)
        after = int(rng.integers(payloads[-1]["seq"] + 1))
        rest = [cut(payload, after) for payload in payloads if payload["seq"] > after]
        assert same(await replayed(shared, run.id, after, limit), rest)
        stored, _ = await shared.events(run.id, 1, 0, 10_000)
        assert same(stored, [payload for payload in payloads if payload["type"] == "event"])

    asyncio.run(go())


def test_cutting_a_frame_leaves_what_a_viewer_has_not_seen() -> None:
    rng = np.random.default_rng(0)
    scalars = {"a": {"last": [1.0, None, 3.0], "min": [0.0, None, 2.0], "max": [2.0, None, 4.0]}}
    whole = frame(10, scalars, ended=[ended(1, 10), ended(2, 12)], distributions={"d": distribution(rng, 12)})
    rest = cut(whole, 11)
    assert (rest["first_seq"], rest["seq"]) == (12, 12)
    assert rest["rows"]["update"] == [12]
    assert rest["scalars"] == {"a": {"last": [3.0], "min": [2.0], "max": [4.0]}}
    assert [e["episode"] for e in rest["ended"]] == [2]
    assert rest["distributions"] == whole["distributions"]
    assert cut(whole, 9) is whole


async def test_the_run_follows_in_the_same_transaction(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    result = await store.ingest(run.id, 1, [frame(1, {"a": {"last": [1.0, 2.0]}}), event(3, "finished")], progress)
    assert (result.settled, len(result.fresh)) == (3, 2)
    assert (result.record.state, result.record.update, result.record.head) == ("finished", 2, 3)
    assert result.record.version == 2
    assert await store.get_run(run.id) == result.record


async def test_derive_sees_what_earlier_payloads_changed(store: Store) -> None:
    seen: list[tuple[int, int]] = []

    def derive(record: RunRecord, payload: Payload) -> dict[str, Any]:
        seen.append((record.head, record.update))
        return {"update": record.update + 1}

    run, _ = await store.create_run(new_record())
    await store.ingest(run.id, 1, [event(1), event(2), event(3)], derive)
    await store.ingest(run.id, 1, [event(2), event(3), event(4)], derive)
    assert seen == [(0, 0), (1, 1), (2, 2), (3, 3)]


async def test_an_error_in_derive_leaves_nothing_behind(store: Store) -> None:
    def broken(record: RunRecord, payload: Payload) -> dict[str, Any]:
        if payload["seq"] == 2:
            raise RuntimeError("broken")
        return {"state": "running"}

    run, _ = await store.create_run(new_record())
    with pytest.raises(RuntimeError, match="broken"):
        await store.ingest(run.id, 1, [event(1), event(2)], broken)
    assert await store.get_run(run.id) == run
    assert await store.replay(run.id, 1, 0) == []
    assert (await store.events(run.id, 1))[0] == []


async def test_seqs_already_stored_are_ignored_even_in_the_middle_of_a_frame(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    await store.ingest(run.id, 1, [frame(1, {"a": {"last": [1.0, 2.0]}})], nothing)
    again = await store.ingest(run.id, 1, [frame(1, {"a": {"last": [1.0, 2.0]}})], nothing)
    assert (again.fresh, again.settled) == ([], 2)
    await store.ingest(run.id, 1, [frame(1, {"a": {"last": [1.0, 2.0, 3.0]}})], nothing)
    assert (await store.series(run.id, ["a"]))["series"]["a"]["last"] == [1.0, 2.0, 3.0]
    assert [first_seq(p) for p in await store.replay(run.id, 1, 0)] == [1, 3]


async def test_a_gap_is_refused_with_what_was_expected(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    await store.ingest(run.id, 1, [event(1)], nothing)
    with pytest.raises(SeqGap, match="starts at 3, expected 2") as gap:
        await store.ingest(run.id, 1, [event(3)], nothing)
    assert gap.value.head == 1
    with pytest.raises(SeqGap, match="starts at 4, expected 3"):
        await store.ingest(run.id, 1, [event(2), event(4)], nothing)
    assert await store.replay(run.id, 1, 1) == [], "the batch with the gap left nothing"


async def test_foreign_epochs_and_runs_are_refused(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    with pytest.raises(WrongEpoch, match="epoch 1; records of epoch 2"):
        await store.ingest(run.id, 2, [event(1)], nothing)
    with pytest.raises(UnknownRun):
        await store.ingest("nobody", 1, [event(1)], nothing)


BAD: list[tuple[str, Payload]] = [
    ("2 values; expected 1", frame(1, ONE) | {"scalars": {"a": {"last": [1.0, 2.0]}}}),
    ("rows.wall has 0", frame(1, ONE) | {"rows": frame(1, ONE)["rows"] | {"wall": []}}),
    ("a.min has 2", frame(1, {"a": {"last": [1.0], "min": [1.0, 2.0]}})),
    ("shape", frame(1, ONE) | {"scalars": {"a": {"last": ["1"]}}}),
    ("shape", frame(1, ONE) | {"rows": {}}),
    ("shape", frame(1, ONE) | {"rows": frame(1, ONE)["rows"] | {"update": [2**60]}}),
    ("shape", frame(1, ONE) | {"distributions": {"d": {"update": 1}}}),
    ("shape", event(1) | {"kind": 3}),
    ("shape", event(1) | {"type": "frames"}),
    ("shape", {"type": "event"}),
    ("shape", {}),
]


@pytest.mark.parametrize(("message", "payload"), BAD)
async def test_a_record_that_contradicts_itself_is_refused(store: Store, message: str, payload: Payload) -> None:
    run, _ = await store.create_run(new_record())
    with pytest.raises(BadRecord, match=message):
        await store.ingest(run.id, 1, [payload], nothing)
    assert await store.get_run(run.id) == run


async def test_batches_of_many_runs_at_once_do_not_mix(store: Store) -> None:
    made = [await store.create_run(new_record()) for _ in range(5)]

    async def feed(number: int, run: str) -> None:
        for seq in range(1, 81):
            await store.ingest(run, 1, [frame(seq, {"a": {"last": [float(1000 * number + seq)]}})], progress)

    await asyncio.gather(*(feed(i, record.id) for i, (record, _) in enumerate(made)))
    for i, (record, _) in enumerate(made):
        answer = await store.series(record.id, ["a"])
        assert answer["series"]["a"]["last"] == [float(1000 * i + seq) for seq in range(1, 81)]


async def test_only_the_newest_records_are_kept_one_by_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "KEPT_BYTES", 20_000)
    rng = np.random.default_rng(0)
    run, _ = await store.create_run(new_record())
    for seq in range(1, 1501, 10):
        await store.ingest(run.id, 1, [frame(seq, {"a": {"last": rng.normal(size=10).tolist()}})], nothing)
    with pytest.raises(ReplayGone, match="no longer kept"):
        await store.replay(run.id, 1, 0)
    assert (await replayed(store, run.id, 1300, 100))[-1]["seq"] == 1500
    assert (await store.series(run.id, ["a"], points=10_000))["series"]["a"]["total"] == 1500


async def test_a_replay_from_a_place_that_never_was_says_so(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    await store.ingest(run.id, 1, [event(1)], nothing)
    assert await store.replay(run.id, 1, 1) == []
    for epoch, after in ((1, 2), (2, 0)):
        with pytest.raises(ReplayGone, match="subscribe again"):
            await store.replay(run.id, epoch, after)


async def test_events_come_in_pages(store: Store) -> None:
    run, _ = await store.create_run(new_record())
    await store.ingest(run.id, 1, [event(i, "alert" if i % 2 else "checkpoint") for i in range(1, 8)], nothing)
    first, after = await store.events(run.id, 1, 0, 5)
    assert ([e["seq"] for e in first], after) == ([1, 2, 3, 4, 5], 5)
    assert await store.events(run.id, 1, after, 5) == ([event(6), event(7, "alert")], 7)
    assert await store.events(run.id, 1, 7, 5) == ([], 7)
    assert [e["seq"] for e in (await store.events(run.id, 1, kinds=["alert"]))[0]] == [1, 3, 5, 7]
