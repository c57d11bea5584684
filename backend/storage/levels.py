"""Decimation: summaries of consecutive points that can be merged into summaries of more points.

A summary is one entry of a structured array with dtype SUMMARY. Merging is exact for everything but `mean`, which
carries the rounding of one weighted sum per merge.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from .chunks import Points

FINE, COARSE = 32, 1024
"""Rows in a block of the two stored levels; FINE divides COARSE."""

SUMMARY = np.dtype(
    [
        ("first", "<i8"),  # rows of the first and the last point
        ("last", "<i8"),
        ("n", "<i4"),  # points, non-finite ones included
        ("nonfinite", "<i4"),
        ("low", "<f8"),  # over the finite points; NaN if there is none
        ("high", "<f8"),
        ("mean", "<f8"),
        ("value", "<f8"),  # the last point, finite or not
    ]
)

LARGEST = np.finfo(np.float64).max

Summaries = npt.NDArray[Any]


def of_points(points: Points) -> Summaries:
    """One summary for each point. A row of several updates is one point with its own extremes."""
    finite = np.isfinite(points.last)
    out = np.empty(len(points.last), SUMMARY)
    out["first"] = out["last"] = points.rows
    out["n"] = 1
    out["nonfinite"] = ~finite
    out["value"] = points.last
    out["mean"] = np.where(finite, points.last, np.nan)
    out["low"] = out["mean"] if points.low is None else _finite(points.low)
    out["high"] = out["mean"] if points.high is None else _finite(points.high)
    return out


def _finite(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(np.isfinite(values), values, np.nan)


def blocks(summaries: Summaries, first_row: int, size: int) -> Summaries:
    """Merged by blocks of `size` rows counted from `first_row`; blocks without a point are left out."""
    return _merge(summaries, (summaries["first"] - first_row) // size)


def thin(summaries: Summaries, buckets: int) -> Summaries:
    """Merged into at most `buckets` buckets of nearly equal numbers of points."""
    before = np.cumsum(summaries["n"], dtype=np.int64) - summaries["n"]
    total = int(before[-1] + summaries["n"][-1]) if len(summaries) else 0
    if total <= buckets or len(summaries) <= 1:
        return summaries
    return _merge(summaries, before * buckets // total)


def _merge(summaries: Summaries, label: npt.NDArray[np.int64]) -> Summaries:
    """Merge neighbours of equal label."""
    starts = np.flatnonzero(np.diff(label, prepend=-1))
    if len(starts) == len(summaries):
        return summaries
    ends = np.append(starts[1:], len(summaries)) - 1
    out = np.empty(len(starts), SUMMARY)
    out["first"] = summaries["first"][starts]
    out["last"] = summaries["last"][ends]
    out["n"] = np.add.reduceat(summaries["n"], starts)
    out["nonfinite"] = np.add.reduceat(summaries["nonfinite"], starts)
    out["low"] = np.fmin.reduceat(summaries["low"], starts)
    out["high"] = np.fmax.reduceat(summaries["high"], starts)
    out["mean"] = _means(summaries, starts, out["n"] - out["nonfinite"])
    out["value"] = summaries["value"][ends]
    return out


def _means(
    summaries: Summaries, starts: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Means over the finite points. Where the sum overflows, each term is divided before it is added."""
    n = summaries["n"] - summaries["nonfinite"]
    mean = np.where(n > 0, summaries["mean"], 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.add.reduceat(mean * n, starts)
        means = np.where(counts > 0, total / np.maximum(counts, 1), np.nan)
        overflown = ~np.isfinite(total)
        if overflown.any():
            share = n / np.repeat(np.maximum(counts, 1), np.diff(np.append(starts, len(n))))
            means[overflown] = np.clip(np.add.reduceat(mean * share, starts)[overflown], -LARGEST, LARGEST)
    return means
