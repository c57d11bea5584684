"""Pages of the run list: filtered, sorted, and continued after a key instead of an offset."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from .errors import BadCursor, BadSort
from .record import RunRecord
from .runs import from_rows
from .tables import run_tags, runs

SORTS: dict[str, sa.ColumnElement[Any]] = {
    "created": runs.c.created,
    "started": sa.func.coalesce(runs.c.started, ""),
    "ended": sa.func.coalesce(runs.c.ended, ""),
    "name": runs.c.name_key,
    "state": runs.c.state,
    "algorithm": runs.c.algorithm,
    "owner": runs.c.owner,
    "update": runs.c["update"],  # `c.update` is a method
    "env_steps": runs.c.env_steps,
    "episodes": runs.c.episodes,
}


def page(
    conn: sa.Connection,
    limit: int = 50,
    after: str | None = None,
    state: str | Sequence[str] | None = None,
    tag: str | None = None,
    q: str | None = None,
    sort: str = "-created",
) -> tuple[list[RunRecord], str | None]:
    """Up to `limit` runs after the cursor, and the next cursor or None; `sort` is a key of SORTS, or "-" and a key."""
    key, descending = sort.removeprefix("-").removeprefix("+"), sort.startswith("-")
    if key not in SORTS:
        raise BadSort(f"Sort key {key!r} found; expected one of {', '.join(SORTS)}, with - in front for descending.")
    place = sa.tuple_(SORTS[key], runs.c.id)
    query = sa.select(runs, SORTS[key].label("sort_key")).where(runs.c.deleted_at.is_(None), *_filters(state, tag, q))
    if after is not None:
        cursor = sa.tuple_(*_decode(after, sort))
        query = query.where(place < cursor if descending else place > cursor)
    ways = [column.desc() if descending else column.asc() for column in (SORTS[key], runs.c.id)]
    rows = conn.execute(query.order_by(*ways).limit(limit + 1)).all()
    shown = rows[:limit]
    more = len(rows) > limit and bool(shown)
    return from_rows(conn, shown), _encode(sort, shown[-1].sort_key, shown[-1].id) if more else None


def _filters(state: str | Sequence[str] | None, tag: str | None, q: str | None) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if state:
        wanted.append(runs.c.state.in_([state] if isinstance(state, str) else list(state)))
    if tag:
        wanted.append(runs.c.id.in_(sa.select(run_tags.c.run_id).where(run_tags.c.tag == tag)))
    if q:
        wanted.append(runs.c.search.contains(q.casefold(), autoescape=True))
    return wanted


def _encode(sort: str, key: Any, run_id: str) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode([sort, key, run_id])).decode().rstrip("=")


def _decode(cursor: str, sort: str) -> tuple[str | int, str]:
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        made_for, key, run_id = msgspec.msgpack.decode(packed, type=tuple[str, str | int, str])
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise BadCursor("The cursor is not one of this store. Take `next` of the page before it.") from None
    if made_for != sort:
        raise BadCursor(f"The cursor belongs to sort={made_for}; found sort={sort}. Start again at the first page.")
    return key, run_id
