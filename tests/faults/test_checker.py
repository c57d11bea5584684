"""The checker finds what it is there to find: a check that cannot fail checks nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults import checker
from tests.faults.items import Items, items
from tests.faults.viewer import Viewer

FRAME: dict[str, Any] = {
    "type": "frame", "run": "r", "epoch": 1, "first_seq": 2, "seq": 4,
    "rows": {
        "update": [1, 2, 3], "n": [1, 1, 1], "grad_steps": [4, 8, 12], "env_steps": [32, 64, 96], "episodes": [0, 1, 1],
        "wall": [0.1, 0.2, 0.3],
    },
    "scalars": {"loss/total": {"last": [0.5, float("nan"), None]}},
}  # fmt: skip
STARTED = {"type": "event", "run": "r", "epoch": 1, "seq": 1, "kind": "started", "at_update": 0, "data": {"seed": 0}}
STOPPED = {
    "type": "event",
    "run": "r",
    "epoch": 1,
    "seq": 5,
    "kind": "stopped",
    "at_update": 3,
    "data": {"reason": "x"},
}
RECORD = {"id": "r", "state": "stopped", "reason": "x", "head": 5}


def whole() -> Items:
    """Return what a run of three updates consists of."""
    return items(STARTED) | items(FRAME) | items(STOPPED)


def test_a_sound_run_has_no_violations() -> None:
    assert not checker.tiling([(1, 1), (2, 4), (5, 5)], 5)
    assert not checker.compared(whole(), whole())
    assert not checker.counted(whole())
    assert not checker.ended(whole(), RECORD)


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([(1, 1), (3, 5)], "gap: 2..2"),
        ([(1, 4), (4, 5)], "duplicate"),
        ([(1, 1), (5, 5), (2, 4)], "out of order: 2..4"),
        ([(1, 4)], "ends at 4"),
        ([], "ends at 0"),
        ([(1, 3), (5, 4), (4, 5)], "no range"),
    ],
)
def test_ranges_that_do_not_tile_are_found(spans: list[tuple[int, int]], said: str) -> None:
    assert said in "; ".join(checker.tiling(spans, 5))


def test_lost_phantom_and_changed_records_are_found() -> None:
    less, other = whole(), whole()
    del less[3]
    other[3] = (*other[3][:-1], {"loss/total": 0.25})
    assert "lost: 1 acknowledged records, seq [3]" in checker.compared(whole(), less)[0]
    assert "phantom" in checker.compared(less, whole())[0]
    assert "changed: seq 3" in checker.compared(whole(), other)[0]


def test_updates_that_repeat_or_leave_out_are_found() -> None:
    twice, hole = whole(), whole()
    twice[4] = twice[3]
    del hole[3]
    assert "update 2 of 1 updates follows update 2" in checker.counted(twice)[0]
    assert "update 3 of 1 updates follows update 1" in checker.counted(hole)[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "running"}, "an end at seq 5 in the log of a run that is running"),
        ({"state": "failed"}, "the log ends with stopped"),
        ({"head": 6}, "the head is 6"),
        ({"reason": None}, "no reason"),
    ],
)
def test_ends_that_do_not_agree_are_found(change: dict[str, Any], said: str) -> None:
    assert said in "; ".join(checker.ended(whole(), RECORD | change))


def test_two_ends_are_found() -> None:
    stored = whole()
    stored[4] = stored[5]
    assert "2 terminal events" in checker.ended(stored, RECORD)[0]


def test_answers_that_are_missing_or_given_twice_are_found() -> None:
    done = {"type": "event", "kind": "action_done", "at_update": 3, "data": {"action_id": "a"}}
    stored = whole() | items(done | {"seq": 6}) | items(done | {"seq": 7})
    assert checker.answered(stored, RECORD, ["a", "b"]) == [
        "a was accepted and has 2 answers",
        "b was accepted and has 0 answers",
    ]


def test_a_viewer_that_drops_one_frame_is_found() -> None:
    viewer = Viewer("http://127.0.0.1:1", {})
    viewer.follow("r")
    for message in (STARTED, STOPPED):
        viewer.take(message)
    assert "gap: 2..4" in checker.followed(viewer, RECORD)[0]
