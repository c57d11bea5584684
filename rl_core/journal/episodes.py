"""Recorded episodes on disk: `episodes/00000003.msgpack`, and beside it `00000003.pictures` where it has any.

The pictures of an episode are one file: a table of (offset, bytes), both u32, with one row per state, then the JPEGs.
Rows may share a picture. One file is read, counted and deleted at once, where a thousand would take seconds.
"""

from __future__ import annotations

import contextlib
import os
import stat
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

MAX_EPISODES = 200
MAX_BYTES = 256 << 20
DOCUMENT_BYTES = 12 << 20  # a longer one would not fit into a message to the server
PICTURE_BYTES = 64 << 10
MAX_NUMBER = 10**8  # episodes of a run
ROW = struct.Struct("<II")


class Kept(msgspec.Struct):
    """What retention needs to know of an episode."""

    n: int
    reason: str
    size: int = 0


class EpisodeFolder:
    """The trainer's end: writes so that a file is whole or absent, and keeps at most MAX_EPISODES and MAX_BYTES."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._kept = [self._found(document) for document in sorted(path.glob("*.msgpack"))]

    @property
    def next_number(self) -> int:
        """The number after the newest episode."""
        return max((kept.n for kept in self._kept), default=0) + 1

    def put(self, n: int, document: dict[str, Any], pictures: Sequence[bytes]) -> None:
        """Write an episode; the document comes last, so that where it is everything is."""
        if pictures:
            self._write(self._path / f"{n:08d}.pictures", bound(pictures))
        self._write(self._path / f"{n:08d}.msgpack", msgspec.msgpack.encode(document))

    def keep(self, n: int, reason: str) -> None:
        """Count an episode that has been written, and let the oldest go: scheduled ones first."""
        self._kept.append(Kept(n, reason, sum(path.stat().st_size for path in self._files(n))))
        while len(self._kept) > MAX_EPISODES or sum(kept.size for kept in self._kept) > MAX_BYTES:
            gone = min(self._kept, key=lambda kept: (kept.reason != "schedule", kept.n))
            self._kept.remove(gone)
            self.discard(gone.n)

    def discard(self, n: int) -> None:
        """Delete whatever there is of an episode."""
        for path in self._files(n):
            path.unlink(missing_ok=True)

    def _found(self, document: Path) -> Kept:
        kept = msgspec.msgpack.decode(document.read_bytes(), type=Kept)
        kept.size = sum(path.stat().st_size for path in self._files(kept.n))
        return kept

    def _files(self, n: int) -> list[Path]:
        return list(self._path.glob(f"{n:08d}.*"))

    def _write(self, path: Path, content: bytes) -> None:
        draft = path.with_name(path.name + ".draft")
        draft.write_bytes(content)
        draft.replace(path)


def bound(pictures: Sequence[bytes]) -> bytes:
    """Pictures as one file; a picture that is the very object of the row before is stored once."""
    rows, parts, at, last = [], [], ROW.size * len(pictures), b""
    start = at
    for picture in pictures:
        if picture is not last:
            start, last = at, picture
            parts.append(picture)
            at += len(picture)
        rows.append(ROW.pack(start, len(picture)))
    return b"".join(rows + parts)


def read_document(run: Path, n: int) -> dict[str, Any] | None:
    """The document of episode `n` of a run, None if there is none (any more)."""
    fd = _open(run, n, "msgpack")
    if fd is None:
        return None
    try:
        size = os.fstat(fd).st_size
        if size > DOCUMENT_BYTES:
            raise ValueError(f"Episode {n} has {size} bytes; at most {DOCUMENT_BYTES} are sent.")
        document: dict[str, Any] = msgspec.msgpack.decode(os.pread(fd, size, 0))
        return document
    finally:
        os.close(fd)


def read_picture(run: Path, n: int, k: int) -> bytes | None:
    """Picture `k` of episode `n`, a JPEG of at most PICTURE_BYTES; None if there is none."""
    fd = _open(run, n, "pictures")
    if fd is None:
        return None
    try:
        return _row(fd, k)
    finally:
        os.close(fd)


def _row(fd: int, k: int) -> bytes | None:
    rows = ROW.unpack(os.pread(fd, ROW.size, 0))[0] // ROW.size  # the first picture begins where the table ends
    if not 0 <= k < rows:
        return None
    offset, size = ROW.unpack(os.pread(fd, ROW.size, ROW.size * k))
    return os.pread(fd, min(size, PICTURE_BYTES), offset)


def _open(run: Path, n: int, kind: str) -> int | None:
    """A regular file of the run's episodes; a link in its place is not followed."""
    if not 0 < n < MAX_NUMBER:
        return None
    with contextlib.suppress(FileNotFoundError):
        folder = os.open(run / "episodes", os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fd = os.open(f"{n:08d}.{kind}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        finally:
            os.close(folder)
        if stat.S_ISREG(os.fstat(fd).st_mode):
            return fd
        os.close(fd)
    return None
