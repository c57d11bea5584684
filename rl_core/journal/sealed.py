"""Checksummed MessagePack records in append-only files, as the journal and the inbox hold them.

A record is ``u32 length, u32 crc32(payload), payload`` (little endian); the payload is a MessagePack map.
"""

import errno
import os
import struct
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import msgspec

HEADER = struct.Struct("<II")
ENCODER = msgspec.msgpack.Encoder()


def sealed(payload: dict[str, Any]) -> bytes:
    """Return a payload as a whole record."""
    body = ENCODER.encode(payload)
    return HEADER.pack(len(body), crc32(body)) + body


def each_record(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (end offset, payload) of each intact record up to the first that is torn or corrupt."""
    start = 0
    while start + HEADER.size <= len(data):
        length, checksum = HEADER.unpack_from(data, start)
        end = start + HEADER.size + length
        payload = data[start + HEADER.size : end]
        # A zeroed tail would be an endless row of valid empty records: no real payload is empty.
        if length == 0 or end > len(data) or crc32(payload) != checksum:
            return
        yield end, payload
        start = end


def read_chunk(fd: int, offset: int, size: int, max_bytes: int) -> bytes:
    """Read about `max_bytes` from `offset`, and at least the record that begins there."""
    chunk = os.pread(fd, min(max(max_bytes, HEADER.size), size - offset), offset)
    if len(chunk) < HEADER.size:
        return chunk
    needed = HEADER.size + HEADER.unpack_from(chunk)[0]
    return chunk if needed <= len(chunk) else os.pread(fd, min(needed, size - offset), offset)


def write_whole(fd: int, record: bytes, size: int) -> None:
    """Write a record in one call, or leave the file at `size` and raise."""
    written = os.write(fd, record)
    if written != len(record):
        os.ftruncate(fd, size)
        raise OSError(errno.ENOSPC, f"Only {written} of {len(record)} bytes fitted; the record was taken back")
