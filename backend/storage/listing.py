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

FIRST, LAST = float("-inf"), float("inf")

SORTS: dict[str, sa.ColumnElement[Any]] = {
    "created": runs.c.created,
    "started": sa.func.coalesce(runs.c.started, ""),
    "ended": sa.func.coalesce(runs.c.ended, ""),
    "name": runs.c.name_key,
    "state": runs.c.state,
    "algorithm": runs.c.algorithm,
    "environment": runs.c.environment_id,
    "seed": runs.c.seed,
    "owner": runs.c.owner,
    "update": runs.c["update"],  # `c.update` is a method
    "env_steps": runs.c.env_steps,
    "episodes": runs.c.episodes,
    "last_return": runs.c.last_return,
    "best_return": runs.c.best_return,
}
NULLABLE = ("last_return", "best_return")


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs are wanted; `deleted_since` (Unix seconds) asks for those hidden since then, and for no others."""

    state: str | Sequence[str] | None = None
    tag: str | None = None
    q: str | None = None
    algorithm: str | None = None
    environment: str | None = None
    deleted_since: float | None = None


def page(
    conn: sa.Connection,
    limit: int = 50,
    after: str | None = None,
    filters: Filters | None = None,
    sort: str = "-created",
) -> tuple[list[RunRecord], str | None]:
    """Up to `limit` runs after the cursor, and the next cursor or None; `sort` is a key of SORTS, or "-" and a key."""
    key, descending = sort.removeprefix("-").removeprefix("+"), sort.startswith("-")
    if key not in SORTS:
        raise BadSort(f"Sort key {key!r} found; expected one of {', '.join(SORTS)}, with - in front for descending.")
    by = _never_null(key, descending)
    place = sa.tuple_(by, runs.c.id)
    query = sa.select(runs, by.label("sort_key")).where(*_wanted(filters or Filters()))
    if after is not None:
        cursor = sa.tuple_(*_decode(after, sort))
        query = query.where(place < cursor if descending else place > cursor)
    ways = [column.desc() if descending else column.asc() for column in (by, runs.c.id)]
    rows = conn.execute(query.order_by(*ways).limit(limit + 1)).all()
    shown = rows[:limit]
    more = len(rows) > limit and bool(shown)
    return from_rows(conn, shown), _encode(sort, shown[-1].sort_key, shown[-1].id) if more else None


def _never_null(key: str, descending: bool) -> sa.ColumnElement[Any]:
    """The sort key; a run without one comes last, whichever way the list runs."""
    return sa.func.coalesce(SORTS[key], FIRST if descending else LAST) if key in NULLABLE else SORTS[key]


def _wanted(filters: Filters) -> list[sa.ColumnElement[bool]]:
    since = filters.deleted_since
    wanted = [runs.c.deleted_at.is_(None) if since is None else runs.c.deleted_at >= since]
    if filters.state:
        wanted.append(runs.c.state.in_([filters.state] if isinstance(filters.state, str) else list(filters.state)))
    if filters.tag:
        wanted.append(runs.c.id.in_(sa.select(run_tags.c.run_id).where(run_tags.c.tag == filters.tag)))
    if filters.q:
        wanted.append(runs.c.search.contains(filters.q.casefold(), autoescape=True))
    if filters.algorithm:
        wanted.append(runs.c.algorithm == filters.algorithm)
    if filters.environment:
        wanted.append(runs.c.environment_id == filters.environment)
    return wanted


def _encode(sort: str, key: Any, run_id: str) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode([sort, key, run_id])).decode().rstrip("=")


def _decode(cursor: str, sort: str) -> tuple[str | float, str]:
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        made_for, key, run_id = msgspec.msgpack.decode(packed, type=tuple[str, str | int | float, str])
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise BadCursor("The cursor is not one of this store. Take `next` of the page before it.") from None
    if made_for != sort:
        raise BadCursor(f"The cursor belongs to sort={made_for}; found sort={sort}. Start again at the first page.")
    return key, run_id
