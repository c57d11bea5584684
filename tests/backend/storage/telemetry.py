"""Telemetry for the store's tests: payloads as a trainer journals them, and what any reader must find again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from backend.storage import RunRecord, new_id

Payload = dict[str, Any]
ODD = [math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, -2.2e-308, 1e308, -1e308, 1.7976931348623157e308]


def new_record(**fields: Any) -> RunRecord:
    """A queued run."""
    given = {"id": new_id(), "name": "a", "algorithm": "ppo", "environment": {"id": "CartPole-v1"}}
    return RunRecord(**(given | {"created": "2026-01-01T00:00:00.000000Z"} | fields))


def nothing(_record: RunRecord, _payload: Payload) -> dict[str, Any]:
    """A state machine that never moves."""
    return {}


def progress(_record: RunRecord, payload: Payload) -> dict[str, Any]:
    """A state machine that follows the rows and ends with the run."""
    if payload["type"] == "event":
        return {"state": payload["kind"]} if payload["kind"] in ("finished", "failed") else {}
    return {name: payload["rows"][name][-1] for name in ("update", "env_steps", "episodes")}


def event(seq: int, kind: str = "checkpoint", **data: Any) -> Payload:
    """An event."""
    return {"type": "event", "seq": seq, "kind": kind, "at_update": seq, "wall": float(seq), "data": data}


def frame(seq: int, scalars: dict[str, Payload], *, first_update: int | None = None, **parts: Any) -> Payload:
    """A frame of rows from `seq` on, as many as the scalars have; one update each."""
    rows = len(next(iter(scalars.values()))["last"])
    first = seq if first_update is None else first_update
    update = list(range(first, first + rows))
    return {
        "type": "frame",
        "first_seq": seq,
        "seq": seq + rows - 1,
        "rows": {
            "update": update,
            "n": [1] * rows,
            "grad_steps": [16 * u for u in update],
            "env_steps": [1000 * u for u in update],
            "episodes": [u // 3 for u in update],
            "wall": [0.1 * u for u in update],
        },
        "scalars": scalars,
        "ended": parts.get("ended", []),
        "distributions": parts.get("distributions", {}),
    }


def ended(episode: int, update: int) -> Payload:
    """An ended episode."""
    steps, wall = 1000 * update - 7, 0.1 * update - 0.01
    result = {"return": float(episode) / 3, "length": episode % 500, "kind": "train"}
    return {"episode": episode, "update": update, "env_steps": steps, "wall": wall, **result}


def values(rng: np.random.Generator, n: int, odd: float = 0.2, missing: float = 0.0) -> list[float | None]:
    """Numbers of which a share is odd and a share is not measured."""
    found: list[float | None] = (rng.normal(size=n) * 10.0 ** rng.integers(-300, 300, n)).tolist()
    for i in range(n):
        if rng.random() < odd:
            found[i] = ODD[rng.integers(len(ODD))]
        if rng.random() < missing:
            found[i] = None
    return found


def spread_scalar(rng: np.random.Generator, last: list[float | None]) -> Payload:
    """A scalar of rows that hold several updates each."""
    width = rng.random(len(last)).tolist()
    low = [None if x is None else x - w if math.isfinite(x) else -w for x, w in zip(last, width, strict=True)]
    high = [None if x is None else x + w if math.isfinite(x) else w for x, w in zip(last, width, strict=True)]
    return {"last": last, "min": low, "max": high}


def history(rng: np.random.Generator, payloads: int, most_rows: int = 12) -> list[Payload]:
    """Frames and events as a run would write them."""
    found: list[Payload] = []
    seq, update, episode = 1, 1, 0
    for _ in range(payloads):
        if rng.random() < 0.1:
            found.append(event(seq, note=ODD[rng.integers(len(ODD))]))
            seq += 1
            continue
        rows = int(rng.integers(1, most_rows + 1))
        found.append(_frame(rng, seq, update, rows, episode))
        episode += len(found[-1]["ended"])
        seq, update = seq + rows, update + rows
    return found


def _frame(rng: np.random.Generator, seq: int, update: int, rows: int, episode: int) -> Payload:
    scalars = {"dense": {"last": values(rng, rows)}, "sparse": {"last": values(rng, rows, missing=0.8)}}
    spread = values(rng, rows)
    scalars["spread"] = spread_scalar(rng, spread) if rng.random() < 0.5 else {"last": spread}
    if rng.random() < 0.2:
        scalars["rare"] = {"last": values(rng, rows)}
    updates = sorted(update + int(rng.integers(rows)) for _ in range(rng.integers(3)))
    finished = [ended(episode + i + 1, at) for i, at in enumerate(updates)]
    histogram = distribution(rng, update + rows - 1)
    return frame(seq, scalars, first_update=update, ended=finished, distributions={"advantage": histogram})


def distribution(rng: np.random.Generator, update: int) -> Payload:
    """A sparse histogram on a grid of 40 bins."""
    bins = np.flatnonzero(rng.random(40) < 0.2).tolist()
    counts = [[b, int(rng.integers(1, 1000))] for b in bins]
    low, high = (float(rng.normal()), float(rng.normal()) + 9.0) if bins else (None, None)
    total = sum(count for _, count in counts)
    return {"update": update, "grid": "g", "n": total + 2, "min": low, "max": high, "nonfinite": 2, "counts": counts}


def batches(rng: np.random.Generator, payloads: Sequence[Payload], most: int = 20) -> Iterator[list[Payload]]:
    """The payloads in batches of random size, some of them sent again with older ones in front."""
    start = 0
    while start < len(payloads):
        stop = start + int(rng.integers(1, most + 1))
        again = int(rng.integers(0, start + 1)) if rng.random() < 0.2 else start
        yield list(payloads[max(again, start - 30) : stop])
        start = stop


def same(a: Any, b: Any) -> bool:
    """Equality in which NaN equals NaN, 0.0 differs from -0.0 and 1 differs from 1.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float):
        return math.copysign(1, a) == math.copysign(1, b) and (a == b or (math.isnan(a) and math.isnan(b)))
    return bool(a == b)
