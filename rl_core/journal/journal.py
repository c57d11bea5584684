"""The trainer's durable log: checksummed records in append-only segment files.

A journal record covers the seq range ``[first_seq, seq]``. A segment file is named after the first seq that it
holds, so a reader finds the next segment by name and a settled segment is known without opening it.

Levels of durability: after `JournalWriter.append` returns, a record survives the death of any process; after
``sync=True``, or one `fsync_interval_s` and a further append, it survives a power cut.
"""

import os
import time
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from rl_core.journal.sealed import each_record, read_chunk, sealed, write_whole


class Span(msgspec.Struct):
    """The seq range of a journal record; an event carries only `seq`."""

    seq: int
    first_seq: int | None = None

    @property
    def first(self) -> int:
        return self.seq if self.first_seq is None else self.first_seq


SPAN_DECODER = msgspec.msgpack.Decoder(Span)


class Extent(NamedTuple):
    """The intact part of a file or journal: bytes, last seq, last payload, and whether nothing follows it."""

    size: int
    seq: int
    last: bytes | None
    whole: bool


class JournalWriter:
    """The only writer of a run's journal; it cuts a torn tail when it opens and numbers on from there.

    `after_seq` is the highest seq known to be settled elsewhere: after a power cut the store may hold records that
    this disk lost, and their numbers must not be given out twice.
    """

    def __init__(
        self,
        directory: Path,
        *,
        segment_bytes: int = 4 << 20,
        fsync_interval_s: float = 1.0,
        after_seq: int = 0,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._segment_bytes = segment_bytes
        self._fsync_interval_s = fsync_interval_s
        self._synced_at = time.monotonic()
        segment, extent = _cut(directory)
        self.next_seq = max(extent.seq, after_seq) + 1
        continues = segment is not None and extent.seq >= after_seq
        self._open(segment if continues and segment else _segment_path(directory, self.next_seq))
        forget(directory, after_seq)

    def append(self, payload: dict[str, Any], *, sync: bool = False) -> None:
        """Write one record; on return it is acknowledged, with `sync` it is on the disk.

        Raises ValueError for a seq out of turn and OSError when the disk is full; both leave the journal as it was.
        """
        last = payload["seq"]
        first = payload.get("first_seq", last)
        if first != self.next_seq or last < first:
            raise ValueError(
                f"Record covers seq {first} to {last}, but the journal continues at {self.next_seq}. "
                "Usual cause: two writers, or a seq kept by hand; take it from `next_seq`."
            )
        record = sealed(payload)
        if self._size and self._size + len(record) > self._segment_bytes:
            self._rotate()
        write_whole(self._fd, record, self._size)
        self._size += len(record)
        self.next_seq = last + 1
        if sync or time.monotonic() - self._synced_at >= self._fsync_interval_s:
            self._sync()

    def close(self) -> None:
        self._sync()
        os.close(self._fd)

    def _open(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._size = os.fstat(self._fd).st_size
        if not self._size:
            _sync_directory(self._directory)

    def _rotate(self) -> None:
        self.close()
        self._open(_segment_path(self._directory, self.next_seq))

    def _sync(self) -> None:
        os.fdatasync(self._fd)
        self._synced_at = time.monotonic()


class JournalReader:
    """Follows a journal from `after_seq` on, across segments, while it is written; it never yields a gap."""

    def __init__(self, directory: Path, *, after_seq: int = 0) -> None:
        self._directory = directory
        self._path: Path | None = None
        self._fd: int | None = None
        self._offset = 0
        self._stalled_at: tuple[int, int] | None = None
        self.seq = after_seq
        """The last seq that was read."""

    def read(self, max_bytes: int = 1 << 20) -> list[dict[str, Any]]:
        """Return the new whole records, about `max_bytes` of them at most; [] if there is none."""
        return [msgspec.msgpack.decode(raw) for raw in self.read_raw(max_bytes)]

    def read_raw(self, max_bytes: int = 1 << 20) -> list[msgspec.Raw]:
        """Return the records of `read` still encoded, to be forwarded as they are."""
        if self._fd is None and not self._enter(self._first_segment()):
            return []
        records = self._read_segment(max_bytes)
        if not records and self._enter(_segment_path(self._directory, self.seq + 1)):
            records = self._read_segment(max_bytes)
        return records

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _first_segment(self) -> Path | None:
        segments = _segments(self._directory)
        reached = [path for first, path in segments if first <= self.seq + 1]
        return reached[-1] if reached else segments[0][1] if segments else None

    def _enter(self, path: Path | None) -> bool:
        if path is None or path == self._path:
            return False
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        self.close()
        self._fd, self._path, self._offset, self._stalled_at = fd, path, 0, None
        return True

    def _read_segment(self, max_bytes: int) -> list[msgspec.Raw]:
        assert self._fd is not None
        status = os.fstat(self._fd)
        version = (status.st_size, status.st_mtime_ns)
        records: list[msgspec.Raw] = []
        while not records and self._offset < status.st_size and version != self._stalled_at:
            before = self._offset
            for end, payload in each_record(read_chunk(self._fd, before, status.st_size, max_bytes)):
                self._offset = before + end
                self._take(payload, records)
            self._stalled_at = version if self._offset == before else None
        return records

    def _take(self, payload: bytes, records: list[msgspec.Raw]) -> None:
        seq = SPAN_DECODER.decode(payload).seq
        if seq > self.seq:
            self.seq = seq
            records.append(msgspec.Raw(payload))


def forget(directory: Path, settled_seq: int) -> int:
    """Delete the closed segments whose every record is settled; return how many."""
    segments = _segments(directory)
    settled = [path for (_, path), (following, _) in pairwise(segments) if following <= settled_seq + 1]
    for path in settled:
        path.unlink(missing_ok=True)
    return len(settled)


def head(directory: Path) -> int:
    """Return the last seq of the journal's intact prefix, 0 if there is none."""
    return _survey(directory)[1].seq


def last_record(directory: Path) -> dict[str, Any] | None:
    """Return the last record of the journal's intact prefix, None if there is none."""
    last = _survey(directory)[1].last
    return None if last is None else msgspec.msgpack.decode(last)


def _segment_path(directory: Path, first_seq: int) -> Path:
    return directory / f"journal-{first_seq:08d}.bin"


def _segments(directory: Path) -> list[tuple[int, Path]]:
    return sorted((int(path.stem.removeprefix("journal-")), path) for path in directory.glob("journal-*.bin"))


def _measure(path: Path, first_seq: int) -> Extent:
    """Find the part of a segment whose records are intact and number on from `first_seq`."""
    data, size, seq, last = path.read_bytes(), 0, first_seq - 1, None
    for end, payload in each_record(data):
        span = SPAN_DECODER.decode(payload)
        if span.first != seq + 1:
            break
        size, seq, last = end, span.seq, payload
    return Extent(size, seq, last, whole=size == len(data))


def _survey(directory: Path) -> tuple[Path | None, Extent]:
    """Find the segment in which the intact prefix ends, and how far it goes there."""
    segment, extent = None, Extent(0, 0, None, whole=True)
    for first, path in _segments(directory):
        if segment is not None and (not extent.whole or first != extent.seq + 1):
            break
        found = _measure(path, first)
        segment, extent = path, found._replace(last=found.last or extent.last)
    return segment, extent


def _cut(directory: Path) -> tuple[Path | None, Extent]:
    """Remove everything behind the intact prefix, so that what remains can be continued."""
    segment, extent = _survey(directory)
    if segment is None:
        return segment, extent
    if not extent.whole:
        os.truncate(segment, extent.size)
    segments = [path for _, path in _segments(directory)]
    for path in segments[segments.index(segment) + 1 :]:
        path.unlink()
    return segment, extent


def _sync_directory(directory: Path) -> None:
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
