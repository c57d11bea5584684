"""Frames under a clock of our own: seqs that tile, rows that share a bucket, NaN that survives."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np

from rl_core.run.log import Discard, Log
from rl_core.telemetry.frames import ROW_AXES, Frames
from rl_core.telemetry.metric import scalars
from rl_core.types import Episode
from tests.rl_core.telemetry.records import record


class Clock:
    """Time that passes only when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Bench:
    """Frames and what they sent; `update` adds one update after `seconds`."""

    def __init__(self) -> None:
        self.clock, self.sent = Clock(), list[dict[str, Any]]()
        self.log = Log(Discard(self.sent.append))
        self.frames = Frames(self.log.frame, self.clock)
        self.updates = 0

    def update(self, seconds: float, ended: int = 0, **changed: Any) -> None:
        self.clock.now += seconds
        self.updates += 1
        axes = {name: float(self.updates * (k + 1)) for k, name in enumerate(ROW_AXES) if name != "n"}
        episodes = tuple(Episode(self.updates * 10 + k, 5, 3.0, 2, 0.1) for k in range(ended))
        self.frames.add(axes | {"update": self.updates}, record(**changed).readings, episodes)

    def column(self, name: str, kind: str = "last") -> list[Any]:
        return [x for frame in self.sent for x in frame["scalars"][name][kind]]

    def rows(self, name: str) -> list[Any]:
        return [x for frame in self.sent for x in frame["rows"][name]]


def test_at_most_fifty_frames_a_second_and_no_update_is_missing() -> None:
    b = Bench()
    for _ in range(500):
        b.update(0.002)
    b.frames.flush()
    assert b.rows("update") == list(range(1, 501))
    assert 40 <= len(b.sent) <= 51


def test_slow_updates_are_sent_one_by_one() -> None:
    b = Bench()
    for _ in range(3):
        b.update(0.1)
    assert [frame["rows"]["update"] for frame in b.sent] == [[1], [2], [3]]


def test_seqs_tile_across_frames_and_events() -> None:
    b = Bench()
    for k in range(60):
        b.update(0.004)
        if k % 17 == 0:
            b.frames.flush()
            b.log.event("paused", k, 0.0, {})
    b.frames.flush()
    seq = 0
    for payload in b.sent:
        assert payload.get("first_seq", payload["seq"]) == seq + 1
        seq = payload["seq"]
        if payload["type"] == "frame":
            assert payload["seq"] - payload["first_seq"] + 1 == len(payload["rows"]["update"])
    assert {payload["type"] for payload in b.sent} == {"frame", "event"}


def test_nothing_to_send_takes_no_seq() -> None:
    b = Bench()
    b.frames.flush()
    assert b.sent == []


def test_rows_have_one_value_per_axis_and_scalar() -> None:
    b = Bench()
    b.update(0.1)
    b.update(0.005)
    b.update(0.005)
    b.frames.flush()
    for frame in b.sent:
        k = len(frame["rows"]["update"])
        assert {name: len(column) for name, column in frame["rows"].items()} == dict.fromkeys(ROW_AXES, k)
        assert all(len(column["last"]) == k for column in frame["scalars"].values())
        assert all(set(column) == {"last"} for column in frame["scalars"].values())  # nothing was merged
    assert b.rows("n") == [1, 1, 1]


# --- above 1,000 updates a second -------------------------------------------------------------------------------------


def test_fast_updates_share_a_row_with_their_least_and_greatest() -> None:
    b = Bench()
    b.update(1.0)
    for loss in (3.0, -8.0, 5.0):
        b.update(0.0003, losses={"policy": loss})
    b.update(0.005, losses={"policy": 1.0})
    b.frames.flush()
    assert b.rows("n") == [1, 3, 1]
    assert b.rows("update") == [1, 4, 5]
    merged = b.sent[1]["scalars"]["loss/policy"]
    assert merged == {"last": [5.0, 1.0], "min": [-8.0, 1.0], "max": [5.0, 1.0]}
    assert "min" not in b.sent[0]["scalars"]["loss/policy"]


def test_merged_rows_stay_below_a_thousand_a_second_and_account_for_every_update() -> None:
    b = Bench()
    for _ in range(1500):
        b.update(0.0001)
    b.frames.flush()
    assert sum(b.rows("n")) == 1500
    assert b.rows("update")[-1] == 1500
    assert np.cumsum(b.rows("n")).tolist() == b.rows("update")
    assert len(b.rows("n")) <= 151


def test_axes_of_a_merged_row_are_those_of_its_last_update() -> None:
    b = Bench()
    b.update(1.0)
    b.update(0.0002)
    b.update(0.0002)
    b.frames.flush()
    for k, name in enumerate(ROW_AXES):
        if name not in ("n", "update"):
            assert b.rows(name)[-1] == 3.0 * (k + 1)


def test_scalar_that_only_one_of_the_merged_updates_measured_is_kept() -> None:
    b = Bench()
    b.update(1.0)
    b.update(0.0002, leaks={("value", "critic"): 2.5})
    b.update(0.0002, leaks={})
    b.frames.flush()
    assert b.sent[1]["scalars"]["leak/value/critic"] == {"last": [2.5], "min": [2.5], "max": [2.5]}


def test_value_that_one_row_lacks_is_null_there() -> None:
    b = Bench()
    b.update(1.0)
    b.update(0.003, grad_cosine=None)
    b.update(0.003, grad_cosine=0.5)
    b.frames.flush()
    assert b.sent[1]["scalars"]["grad/cosine"]["last"] == [None, 0.5]


# --- what is not a number ---------------------------------------------------------------------------------------------


def test_nan_survives_as_the_last_value_and_spoils_no_bounds() -> None:
    b = Bench()
    b.update(1.0, losses={"policy": float("nan")})
    b.update(0.005, losses={"policy": 2.0})
    b.update(0.0002, losses={"policy": float("-inf")})
    b.update(0.0002, losses={"policy": float("nan")})
    b.frames.flush()
    assert math.isnan(b.sent[0]["scalars"]["loss/policy"]["last"][0])
    merged = b.sent[1]["scalars"]["loss/policy"]
    assert math.isnan(merged["last"][0])
    assert (merged["min"], merged["max"]) == ([2.0], [2.0])


def test_infinity_survives() -> None:
    b = Bench()
    b.update(1.0, update_norm=math.inf)
    assert b.column("param/update_ratio") == [math.inf]


# --- distributions, episodes, what is measured ------------------------------------------------------------------------


def test_histograms_come_ten_times_a_second_each_with_its_update() -> None:
    b = Bench()
    for _ in range(100):
        b.update(0.01)
    b.frames.flush()
    updates = [f["distributions"]["advantage"]["update"] for f in b.sent if f["distributions"]]
    assert updates[0] == 1
    assert 9 <= len(updates) <= 11
    for frame in b.sent:
        for row in frame["distributions"].values():
            assert sum(n for _, n in row["counts"]) + row["nonfinite"] == row["n"]
            assert row["update"] in frame["rows"]["update"]


def test_every_episode_is_sent_once_with_its_update() -> None:
    b = Bench()
    for k in range(30):
        b.update(0.0004, ended=k % 3)
    b.frames.flush()
    ended = [episode for frame in b.sent for episode in frame["ended"]]
    assert [e["episode"] for e in ended] == [u * 10 + k for u in range(1, 31) for k in range((u - 1) % 3)]
    assert all(e["episode"] // 10 == e["update"] for e in ended)
    assert set(ended[0]) == {"episode", "update", "env_steps", "wall", "return", "length", "kind"}
    assert ended[0]["kind"] == "train"


def test_scalars_are_those_declared_and_the_probes() -> None:
    b = Bench()
    b.update(1.0)
    probes = {"gate/advantage", "leak/policy/actor", "leak/policy/critic"}
    of_gaussians = {"policy/log_sigma", "policy/saturation"}
    assert set(b.sent[0]["scalars"]) == set(scalars) - of_gaussians | probes
    assert b.column("gate/advantage") == [0.7]
    assert b.column("leak/policy/critic") == [0.0]


def test_record_is_left_as_it_was() -> None:
    b, u = Bench(), record()
    before = record()
    b.frames.add(dict.fromkeys(ROW_AXES, 1.0), u.readings, ())
    for name in ("advantage", "log_ratio", "action", "target", "entropy"):
        assert bool((getattr(u, name) == getattr(before, name)).all())
    assert u.losses == before.losses


def test_a_frame_that_was_sent_is_never_changed_afterwards() -> None:
    b = Bench()
    b.update(1.0, ended=1)
    before = copy.deepcopy(b.sent[0])
    b.update(0.0001, ended=1)
    b.update(1.0, ended=1)
    assert b.sent[0] == before


def test_a_merged_row_keeps_the_extremes_of_its_first_update() -> None:
    b = Bench()
    b.update(1.0)
    for value in (9.0, 1.0, 2.0):
        b.update(0.0001, losses={"policy": value})
    b.frames.flush()
    merged = b.sent[-1]["scalars"]["loss/policy"]
    assert (merged["min"][-1], merged["max"][-1], merged["last"][-1]) == (1.0, 9.0, 2.0)
