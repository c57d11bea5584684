"""The newest payloads as they came: the open tail that is not packed yet, and the history that viewers resume from."""

import zlib
from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from .payloads import Payload, join, plain, typed
from .streams import Stream
from .tables import records

KEPT_BYTES = 32 << 20
"""How much of a stream is kept one record at a time, as stored; older frames live on in the series."""

PIECE_BYTES = 1 << 20
"""Payloads are packed together up to about this size, which bounds what one step of a replay unpacks."""


class Piece(msgspec.Struct, frozen=True):
    """Consecutive payloads, joined."""

    first_seq: int
    seq: int
    count: int
    joined: bytes


def append(conn: sa.Connection, stream: Stream, first: int, payloads: list[dict[str, Any]]) -> None:
    """Write the payloads of one batch."""
    piece = Piece(first, payloads[-1]["seq"], len(payloads), join(payloads))
    conn.execute(records.insert().values(_row(stream, piece, compressed=False)))


def _row(stream: Stream, piece: Piece, compressed: bool) -> dict[str, Any]:
    payload = zlib.compress(piece.joined, 1) if compressed else piece.joined
    return {
        "stream_id": stream.id,
        "first_seq": piece.first_seq,
        "seq": piece.seq,
        "payloads": piece.count,
        "size": len(payload),
        "compressed": compressed,
        "payload": payload,
    }


def pieces(conn: sa.Connection, stream: Stream, after_seq: int) -> Iterator[Piece]:
    """The stored pieces that reach beyond `after_seq`, in order."""
    query = sa.select(records).where(records.c.stream_id == stream.id, records.c.seq > after_seq)
    with conn.execute(query.order_by(records.c.first_seq).execution_options(yield_per=64)) as rows:
        for row in rows:
            joined = zlib.decompress(row.payload) if row.compressed else row.payload
            yield Piece(row.first_seq, row.seq, row.payloads, joined)


def tail(conn: sa.Connection, stream: Stream) -> list[Payload]:
    """The payloads that are not packed into segments yet."""
    return [
        payload for piece in pieces(conn, stream, stream.sealed_seq) for payload in typed(piece.joined, piece.count)
    ]


def history(conn: sa.Connection, stream: Stream, after_seq: int) -> Iterator[dict[str, Any]]:
    """The kept payloads that reach beyond `after_seq`, as they came."""
    for piece in pieces(conn, stream, after_seq):
        yield from (payload for payload in plain(piece.joined, piece.count) if payload["seq"] > after_seq)


def first_kept(conn: sa.Connection, stream: Stream) -> int:
    """The first seq still kept; head + 1 if there is none."""
    found = conn.execute(sa.select(sa.func.min(records.c.first_seq)).where(records.c.stream_id == stream.id)).scalar()
    return stream.head + 1 if found is None else int(found)


def compact(conn: sa.Connection, stream: Stream) -> None:
    """Pack the pieces of the tail together and compress them."""
    packed = list(_joined(pieces(conn, stream, stream.sealed_seq)))
    conn.execute(records.delete().where(records.c.stream_id == stream.id, records.c.seq > stream.sealed_seq))
    conn.execute(records.insert(), [_row(stream, piece, compressed=True) for piece in packed])


def _joined(small: Iterator[Piece]) -> Iterator[Piece]:
    parts: list[Piece] = []
    size = 0
    for piece in small:
        parts.append(piece)
        size += len(piece.joined)
        if size >= PIECE_BYTES:
            yield _join(parts)
            parts, size = [], 0
    if parts:
        yield _join(parts)


def _join(parts: list[Piece]) -> Piece:
    joined = b"".join(part.joined for part in parts)
    return Piece(parts[0].first_seq, parts[-1].seq, sum(part.count for part in parts), joined)


def trim(conn: sa.Connection, stream: Stream) -> None:
    """Drop the oldest packed pieces beyond KEPT_BYTES."""
    sizes = sa.select(records.c.seq, records.c.size).where(records.c.stream_id == stream.id)
    kept = 0
    for seq, size in conn.execute(sizes.order_by(records.c.first_seq.desc())).all():
        kept += size
        if kept > KEPT_BYTES and seq <= stream.sealed_seq:
            conn.execute(records.delete().where(records.c.stream_id == stream.id, records.c.seq <= seq))
            return
