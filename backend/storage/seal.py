"""Packs the open tail of a stream into segments, once it is long enough to be worth it."""

import sqlalchemy as sa

from . import histograms, log, names, segments, streams, tracks
from .histograms import Histograms
from .payloads import Distribution, Event, Payload
from .streams import Stream

TAIL_SEQS = 1024
TAIL_PAYLOADS = 256
TAIL_EPISODES = 4096


def due(stream: Stream) -> bool:
    """Whether the tail is long enough; it bounds what a reader has to unpack record by record."""
    return (
        stream.head - stream.sealed_seq >= TAIL_SEQS
        or stream.payloads - stream.sealed_payloads >= TAIL_PAYLOADS
        or stream.ended - stream.sealed_ended >= TAIL_EPISODES
    )


def seal(conn: sa.Connection, stream: Stream) -> Stream:
    """Move the whole tail into segments, compress its records, and drop the oldest of them."""
    tail = log.tail(conn, stream)
    for track, first_row in ((tracks.ROWS, stream.sealed_rows), (tracks.EPISODES, stream.sealed_ended)):
        batch = tracks.of_track(track, tail, first_row)
        if batch.rows:
            _write(conn, stream, track, batch, _distributions(conn, stream, tail) if track == tracks.ROWS else {})
            segments.merge_small(conn, stream, track)
    log.compact(conn, stream)
    stream = streams.advance(
        conn,
        stream,
        sealed_seq=stream.head,
        sealed_rows=stream.rows,
        sealed_ended=stream.ended,
        sealed_payloads=stream.payloads,
    )
    log.trim(conn, stream)
    return stream


def _write(conn: sa.Connection, stream: Stream, track: int, batch: tracks.Batch, found: dict[int, Histograms]) -> None:
    ids = names.ensure(conn, stream, track, batch.points)
    points = {ids[name]: points for name, points in batch.points.items() if len(points.rows)}
    segments.write(conn, stream, segments.Segment(track, batch.first_row, batch.rows, batch.axes, points, found))


def _distributions(conn: sa.Connection, stream: Stream, tail: list[Payload]) -> dict[int, Histograms]:
    by_name: dict[str, list[Distribution]] = {}
    for payload in tail:
        if not isinstance(payload, Event):
            for name, distribution in payload.distributions.items():
                by_name.setdefault(name, []).append(distribution)
    ids = names.ensure(conn, stream, tracks.DISTRIBUTIONS, by_name)
    return {ids[name]: histograms.of_distributions(found) for name, found in by_name.items()}
