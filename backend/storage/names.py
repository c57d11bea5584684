"""Names of series as small integers, one namespace per stream and track."""

from collections.abc import Iterable

import sqlalchemy as sa

from .streams import Stream
from .tables import series


def find(conn: sa.Connection, stream: Stream, track: int, names: Iterable[str]) -> dict[str, int]:
    """The ids of the names that are known."""
    query = sa.select(series.c.name, series.c.id).where(
        series.c.stream_id == stream.id, series.c.track == track, series.c.name.in_(list(names))
    )
    return {row.name: row.id for row in conn.execute(query)}


def ensure(conn: sa.Connection, stream: Stream, track: int, names: Iterable[str]) -> dict[str, int]:
    """The ids of all the names; new ones get one."""
    wanted = list(names)
    missing = [name for name in wanted if name not in find(conn, stream, track, wanted)]
    if missing:
        rows = [{"stream_id": stream.id, "track": track, "name": name} for name in missing]
        conn.execute(series.insert(), rows)
    return find(conn, stream, track, wanted)
