"""Tables of histograms on one grid: packing, blocks, exact merging. Counts are sparse, as the trainer gives them."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from .payloads import Distribution

BLOCK = 32
"""Histograms in a block of the stored level."""

_HEADER = "<i8"
_TYPES = {
    "first_update": "<i8",
    "update": "<i8",
    "weight": "<i8",
    "n": "<i8",
    "nonfinite": "<i8",
    "low": "<f8",
    "high": "<f8",
    "sizes": "<i8",
    "bins": "<u2",
    "counts": "<i8",
}

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Histograms:
    """Histograms in the order of their updates; `weight` is how many recorded ones were merged into each.

    Histogram i owns the next `sizes[i]` entries of `bins` and `counts`. `low` and `high` are NaN where there is none.
    """

    first_update: Ints
    update: Ints
    weight: Ints
    n: Ints
    nonfinite: Ints
    low: Floats
    high: Floats
    sizes: Ints
    bins: npt.NDArray[np.uint16]
    counts: Ints

    def __len__(self) -> int:
        return len(self.update)

    def between(self, first_update: int, end_update: int) -> "Histograms":
        """The histograms with an update in [first_update, end_update)."""
        start, end = np.searchsorted(self.update, (first_update, end_update))
        edges = np.concatenate([[0], np.cumsum(self.sizes)])
        rows, entries = slice(start, end), slice(edges[start], edges[end])
        per_entry = ("bins", "counts")
        return Histograms(*(getattr(self, f.name)[entries if f.name in per_entry else rows] for f in fields(self)))


def of_distributions(found: Sequence[Distribution]) -> Histograms:
    """Recorded histograms as a table."""
    columns = {
        "first_update": [d.update for d in found],
        "update": [d.update for d in found],
        "weight": [1] * len(found),
        "n": [d.n for d in found],
        "nonfinite": [d.nonfinite for d in found],
        "low": [np.nan if d.min is None else d.min for d in found],
        "high": [np.nan if d.max is None else d.max for d in found],
        "sizes": [len(d.counts) for d in found],
        "bins": [b for d in found for b, _ in d.counts],
        "counts": [count for d in found for _, count in d.counts],
    }
    return Histograms(**{name: np.array(values, _TYPES[name]) for name, values in columns.items()})


def concat(tables: Iterable[Histograms]) -> Histograms:
    """The tables one after the other."""
    parts = [of_distributions([]), *tables]
    return Histograms(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Histograms)))


def pack(table: Histograms) -> bytes:
    """The table as one compressed text: two lengths, then the arrays."""
    lengths = np.array([len(table.update), len(table.bins)], _HEADER).tobytes()
    arrays = [getattr(table, name).astype(dtype).tobytes() for name, dtype in _TYPES.items()]
    return zlib.compress(lengths + b"".join(arrays), 1)


def unpack(packed: bytes) -> Histograms:
    """The inverse of `pack`."""
    blob = zlib.decompress(packed)
    rows, entries = np.frombuffer(blob, _HEADER, 2).tolist()
    arrays, offset = [], 16
    for name, dtype in _TYPES.items():
        values = np.frombuffer(blob, dtype, entries if name in ("bins", "counts") else rows, offset)
        arrays.append(values)
        offset += values.nbytes
    return Histograms(*arrays)


def blocks(table: Histograms) -> Histograms:
    """Merged by blocks of BLOCK histograms."""
    return merge(table, np.arange(len(table)) // BLOCK)


def thin(table: Histograms, rows: int) -> Histograms:
    """Merged into at most `rows` rows that hold nearly equal numbers of recorded histograms."""
    if len(table) <= rows:
        return table
    before = np.cumsum(table.weight) - table.weight
    return merge(table, before * rows // int(before[-1] + table.weight[-1]))


def merge(table: Histograms, label: Ints) -> Histograms:
    """Merge neighbours of equal label; counts add exactly, because all lie on one grid."""
    if not len(table):
        return table
    starts = np.flatnonzero(np.diff(label, prepend=-1))
    ends = np.append(starts[1:], len(table)) - 1
    row_of_entry = np.repeat(np.repeat(np.arange(len(starts)), ends - starts + 1), table.sizes)
    cells, inverse = np.unique(row_of_entry << 16 | table.bins, return_inverse=True)
    counts = np.zeros(len(cells), np.int64)
    np.add.at(counts, inverse, table.counts)
    return Histograms(
        first_update=table.first_update[starts],
        update=table.update[ends],
        weight=np.add.reduceat(table.weight, starts),
        n=np.add.reduceat(table.n, starts),
        nonfinite=np.add.reduceat(table.nonfinite, starts),
        low=np.fmin.reduceat(table.low, starts),
        high=np.fmax.reduceat(table.high, starts),
        sizes=np.bincount(cells >> 16, minlength=len(starts)),
        bins=(cells & 0xFFFF).astype(np.uint16),
        counts=counts,
    )


def dense(table: Histograms, bins: int) -> Ints:
    """Shape [rows, bins]: the counts with their zeros."""
    out = np.zeros((len(table), bins), np.int64)
    out[np.repeat(np.arange(len(table)), table.sizes), table.bins] = table.counts
    return out
