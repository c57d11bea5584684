"""Joining and cutting frames loses no row, no extreme and no episode."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.live.channel import RING_ROWS, Channel, Shape
from backend.live.frames import ROWS_PER_MESSAGE, Item, join, tail, take, thin
from tests.backend.kit import frame


def rows_of(frames: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return every row as a tuple of its columns."""
    found = []
    for part in frames:
        last = part["scalars"]["policy/entropy"]["last"]
        found += list(zip(*part["rows"].values(), last, strict=True))
    return found


def stream(sizes: list[int]) -> list[dict[str, Any]]:
    """Return consecutive frames; 0 stands for an event."""
    found: list[dict[str, Any]] = []
    seq = update = 0
    for size in sizes:
        if size:
            found.append(frame(seq + 1, list(range(update + 1, update + size + 1)), value=float(seq)))
        else:
            found.append(
                {"type": "event", "seq": seq + 1, "kind": "solved", "at_update": update, "wall": 0.0, "data": {}}
            )
        seq, update = seq + max(size, 1), update + size
    return found


@given(st.lists(st.integers(1, 20), min_size=1, max_size=20))
def test_a_joined_frame_holds_every_row_once(sizes: list[int]) -> None:
    frames = stream(sizes)
    joined = join(frames)
    assert rows_of([joined]) == rows_of(frames)
    assert (joined["first_seq"], joined["seq"]) == (1, sum(sizes))
    assert joined["ended"] == [episode for part in frames for episode in part["ended"]]
    assert joined["distributions"] == frames[-1]["distributions"]


@given(st.integers(1, 30), st.data())
def test_a_cut_frame_is_the_rest_of_its_rows(size: int, data: st.DataObject) -> None:
    whole = stream([size])[0]
    cut = data.draw(st.integers(1, size))
    rest = tail(whole, cut)
    assert rows_of([rest]) == rows_of([whole])[cut - 1 :]
    assert [episode["update"] for episode in rest["ended"]] == rest["rows"]["update"]
    assert rest["seq"] - rest["first_seq"] + 1 == len(rest["rows"]["update"])


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.data())
def test_messages_tile_from_any_cursor(sizes: list[int], data: st.DataObject) -> None:
    items = [Item.of(payload) for payload in stream(sizes)]
    head = items[-1].last
    cursor = data.draw(st.integers(1, head + 1))
    ranges = []
    while (taken := take(items, cursor)) is not None:
        payload, after = taken
        ranges.append((payload.get("first_seq", payload["seq"]), payload["seq"]))
        assert ranges[-1] == (cursor, after - 1)
        cursor = after
    assert cursor == head + 1


def test_a_message_stays_small() -> None:
    items = [Item.of(payload) for payload in stream([100] * 20)]
    taken = take(items, 1)
    assert taken is not None
    assert len(taken[0]["rows"]["update"]) <= ROWS_PER_MESSAGE


def test_a_metric_that_a_frame_lacks_was_not_measured_there() -> None:
    first, second = stream([2, 1])
    first["scalars"]["loss"] = {"last": [1.0, 2.0], "min": [0.0, 1.0], "max": [3.0, 4.0]}
    assert join([first, second])["scalars"]["loss"] == {
        "last": [1.0, 2.0, None],
        "min": [0.0, 1.0, None],
        "max": [3.0, 4.0, None],
    }


def test_thinning_keeps_rows_and_results() -> None:
    whole = stream([3])[0]
    thinned = thin(whole, frozenset(), frozenset())
    assert (thinned["scalars"], thinned["distributions"]) == ({}, {})
    assert (thinned["rows"], thinned["ended"]) == (whole["rows"], whole["ended"])


def test_the_ring_is_bounded_and_keeps_the_newest() -> None:
    channel = Channel("r", 1, 0)
    for payload in stream([64] * 400):
        channel.publish(1, [payload])
    assert channel.rows <= RING_ROWS
    assert channel.head == 64 * 400
    assert sum(item.last - item.first + 1 for item in channel.items) == channel.rows
    assert all(a.last + 1 == b.first for a, b in itertools.pairwise(channel.items))


def test_one_text_serves_all_viewers_of_a_shape() -> None:
    channel = Channel("r", 1, 0)
    channel.publish(1, stream([1, 1]))
    everything = Shape()
    first, second = channel.next(1, everything), channel.next(1, everything)
    assert first is not None
    assert second is not None
    assert first[0] is second[0]
    assert channel.next(1, Shape(metrics=frozenset()))[0] != first[0]  # type: ignore[index]


def test_a_new_epoch_forgets_the_old_one() -> None:
    channel = Channel("r", 1, 0)
    channel.publish(1, stream([5]))
    channel.publish(2, stream([2]))
    assert (channel.epoch, channel.head, channel.start) == (2, 2, 1)
