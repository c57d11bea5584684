"""After a fault: what was acknowledged, what is stored, what viewers were told and who lives, compared.

Every function returns sentences, one per violation; an empty list is the only good answer. It reads files, HTTP and
sockets, and nothing of the server's own code.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from tests.faults.items import Items
from tests.faults.viewer import Recorder, Span, Viewer
from tests.service import Service, eventually

TERMINAL = ("finished", "stopped", "failed")


def tiling(spans: Sequence[Span], head: int) -> list[str]:
    """Say where ranges fail to tile 1..head in order: gaps, repetitions, steps back."""
    found = [f"covers {first}..{last}, which is no range" for first, last in spans if last < first]
    for (_, before), (first, last) in pairwise([(0, 0), *spans]):
        if first > before + 1:
            found.append(f"gap: {before + 1}..{first - 1}")
        elif first <= before:
            found.append(f"duplicate or out of order: {first}..{last} after {before}")
    reached = spans[-1][1] if spans else 0
    return found if reached == head else [*found, f"ends at {reached}, but the run's head is {head}"]


def compared(acknowledged: Items, stored: Items) -> list[str]:
    """Say what the trainer was told is safe and the store lacks or tells differently, and what nobody wrote."""
    lost = sorted(acknowledged.keys() - stored.keys())
    phantom = sorted(stored.keys() - acknowledged.keys())
    changed = [seq for seq in acknowledged.keys() & stored.keys() if acknowledged[seq] != stored[seq]]
    return [
        *([f"lost: {len(lost)} acknowledged records, seq {lost[:5]}"] if lost else []),
        *([f"phantom: {len(phantom)} stored records that no journal held, seq {phantom[:5]}"] if phantom else []),
        *(f"changed: seq {seq} was {acknowledged[seq]}, is stored as {stored[seq]}" for seq in sorted(changed)[:3]),
    ]


def counted(stored: Items) -> list[str]:
    """Say where the updates of the rows do not count 1, 2, 3 … (a bucket of n rows takes n)."""
    rows = [item for _, item in sorted(stored.items()) if item[0] == "row"]
    ends = [0, *(item[1] for item in rows)]
    return [
        f"update {after} of {item[2]} updates follows update {before}"
        for (before, after), item in zip(pairwise(ends), rows, strict=True)
        if after - item[2] != before
    ]


def ended(stored: Items, record: dict[str, Any]) -> list[str]:
    """Say whether a run's log and record disagree on its one end, or give no reason for it."""
    ends = [(seq, item) for seq, item in sorted(stored.items()) if item[0] == "event" and item[1] in TERMINAL]
    if record["state"] not in TERMINAL:
        return [f"an end at seq {seq} in the log of a run that is {record['state']}" for seq, _ in ends]
    found = [] if len(ends) == 1 else [f"{len(ends)} terminal events, expected one: {[item[1] for _, item in ends]}"]
    for seq, (_, kind, _, data) in ends[:1]:
        found += [] if kind == record["state"] else [f"the log ends with {kind}, the record says {record['state']}"]
        found += [] if seq == record["head"] else [f"the end has seq {seq}, but the head is {record['head']}"]
        found += [] if data.get("reason") and record["reason"] else ["no reason for the end"]
    return found


def answered(stored: Items, record: dict[str, Any], asked: Sequence[str]) -> list[str]:
    """Say which accepted edits and actions the log answers not once; never is right only for a killed trainer."""
    events = [item for item in stored.values() if item[0] == "event"]
    said = Counter(data.get("edit_id") or data.get("action_id") for _, _, _, data in events)
    broken = record["state"] == "failed" or any(data.get("forced") for _, _, _, data in events)
    fewest = 0 if broken else 1
    return [f"{one} was accepted and has {said[one]} answers" for one in asked if not fewest <= said[one] <= 1]


def followed(viewer: Viewer, record: dict[str, Any]) -> list[str]:
    """Say what a viewer was not told, or told twice; these runs are short enough that nobody is told to reload."""
    track = viewer.tracks[record["id"]]
    reloads = [f"told to reload {track.reloads} times"] if track.reloads else []
    return [f"{viewer.name}: {one}" for one in [*tiling(track.spans, record["head"]), *reloads, *viewer.complaints]]


def lives(service: Service, records: Sequence[dict[str, Any]]) -> list[str]:
    """Say which processes live without a run that may have one, and which runs have two."""
    states = {record["id"]: record["state"] for record in records}
    found = service.processes()
    return [
        *([] if len(found.agents) == 1 else [f"{len(found.agents)} agents live, expected one: {found.agents}"]),
        *(
            f"run {run} is {states.get(run, 'not in the store')} and has {len(pids)} processes: {pids}"
            for run, pids in found.trainers.items()
            if len(pids) > 1 or states.get(run, "gone") in (*TERMINAL, "queued", "gone")
        ),
    ]


def of_run(
    service: Service, run: str, acknowledged: Items, viewers: Sequence[Viewer], asked: Sequence[str]
) -> list[str]:
    """Check everything about one run that has settled down."""
    record = service.run(run)
    reader = Recorder.of(service, record)
    with_time(lambda: all(viewer.tracks[run].seq >= record["head"] for viewer in [reader, *viewers]), 15)
    reader.end()
    stored = reader.items
    found = [
        *(f"store: {one}" for one in tiling(reader.tracks[run].spans, record["head"])),
        *compared(acknowledged, stored),
        *counted(stored),
        *ended(stored, record),
        *answered(stored, record, asked),
        *(one for viewer in viewers for one in followed(viewer, record)),
    ]
    return [f"run {run[:8]}: {one}" for one in found]


def with_time(holds: Callable[[], bool], within_s: float) -> None:
    """Give something time to come true; whoever asked says what is wrong if it did not."""
    with contextlib.suppress(AssertionError):
        eventually(holds, "", within_s)
