"""The store's front: everything the server asks of it, as coroutines that never block the event loop."""

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from . import access, distributions, edits, events, ingest, listing, purge, replay, rows, runs, series, sizes
from .access import SESSION, TOKEN, Grant
from .chunks import Axis, Points
from .edits import Edit
from .engine.connect import database_path, warn_old_sqlite
from .engine.threads import Threads
from .ingest import Derive, IngestResult
from .record import RunRecord
from .tracks import Batch

Clock = Callable[[], float]

KEPT_SECONDS = 24 * 3600.0
"""How long a deleted run can be brought back."""


def new_id() -> str:
    """128 random bits as 32 hexadecimal digits: an id that cannot be guessed."""
    return secrets.token_hex(16)


class Store:
    """Run records, events and series in one database; one store per file and process."""

    def __init__(self, threads: Threads, instance_id: str, clock: Clock) -> None:
        self._threads, self._clock = threads, clock
        self.instance_id = instance_id
        """Random id of this store, for names that must differ between two servers on one host."""

    @classmethod
    def open(cls, url_or_path: str | Path, clock: Clock = time.time) -> "Store":
        """Open or create the store and bring its schema up to date; blocks, so call it before serving.

        Raises StoreLocked if another process has it open, SchemaTooNew if a newer version wrote it.
        """
        warn_old_sqlite()
        threads = Threads(database_path(url_or_path))
        return cls(threads, threads.write_now(access.instance_id), clock)

    async def close(self) -> None:
        """Finish what was asked for and let go of the file."""
        await self._threads.close()

    # runs

    async def create_run(
        self, record: RunRecord, idempotency_key: str | None = None, body_hash: str | None = None, owner: str = "local"
    ) -> tuple[RunRecord, bool]:
        """Create the run, or return the one this owner's key made before, with false; raises IdempotencyConflict."""
        return await self._threads.write(runs.create, record, idempotency_key, body_hash, owner)

    async def started_with(self, idempotency_key: str, body_hash: str | None, owner: str) -> RunRecord | None:
        """The run that this owner's key made, or None; raises IdempotencyConflict if its body was another."""
        return await self._threads.read(runs.created_with, owner, idempotency_key, body_hash)

    async def get_run(self, run_id: str, deleted: bool = False) -> RunRecord | None:
        """The run, or None; deleted ones count only if asked for."""
        return await self._threads.read(runs.find, run_id, deleted)

    async def list_runs(
        self,
        limit: int = 50,
        after: str | None = None,
        state: str | Sequence[str] | None = None,
        tag: str | None = None,
        q: str | None = None,
        sort: str = "-created",
        algorithm: str | None = None,
        environment: str | None = None,
        deleted: bool = False,
    ) -> tuple[list[RunRecord], str | None]:
        """A page of runs and the cursor of the next page, or None at the end; raises BadCursor, BadSort."""
        since = self._restorable_since() if deleted else None
        wanted = listing.Filters(
            state=state, tag=tag, q=q, algorithm=algorithm, environment=environment, deleted_since=since
        )
        return await self._threads.read(listing.page, limit, after, wanted, sort)

    async def update_run(self, run_id: str, expect_version: int | None, **changes: Any) -> RunRecord:
        """Change fields if the run still has `expect_version` (None: any); raises Stale, UnknownRun."""
        return await self._threads.write(runs.update, run_id, expect_version, changes)

    async def change_run(self, run_id: str, decide: Callable[[RunRecord], dict[str, Any] | None]) -> RunRecord:
        """Read, decide and write in one transaction: `decide(record)` returns changes, or None; raises UnknownRun."""
        return await self._threads.write(runs.change, run_id, decide)

    async def delete_run(self, run_id: str) -> RunRecord:
        """Hide the run; its data stay for `KEPT_SECONDS`. Raises UnknownRun."""
        return await self._threads.write(runs.hide, run_id, self._clock())

    async def undelete_run(self, run_id: str) -> RunRecord:
        """Show a deleted run again. Raises UnknownRun, also when its time is over."""
        return await self._threads.write(runs.show, run_id, self._restorable_since())

    async def due_runs(self) -> list[str]:
        """The deleted runs that cannot be brought back any more."""
        return await self._threads.read(purge.due, self._restorable_since())

    async def purge_data(self, run_id: str) -> None:
        """Delete what a run has recorded, piece by piece; others write in between."""
        while await self._threads.write(purge.piece, run_id):
            pass

    async def purge_run(self, run_id: str) -> None:
        """Delete the rest of a run whose data are purged, and give its room back to the file system."""
        await self._threads.write(purge.finish, run_id)
        while await self._threads.write(purge.shrink):
            pass

    # telemetry

    async def ingest(self, run_id: str, epoch: int, records: list[dict[str, Any]], derive: Derive) -> IngestResult:
        """Store a run's next records and what they do to it, in one transaction that is synced when this returns.

        `derive(record, payload)` returns the fields of the run that a new payload changes; it runs in the writer
        thread. Seqs already stored are ignored. Raises SeqGap, BadRecord, WrongEpoch, UnknownRun and stores nothing.
        """
        return await self._threads.write(ingest.ingest, run_id, epoch, records, derive)

    async def replay(self, run_id: str, epoch: int, after_seq: int, limit_rows: int = 1000) -> list[dict[str, Any]]:
        """The payloads right after `after_seq` in order, up to about `limit_rows` seqs; [] at the head.

        Raises ReplayGone if they are not kept any more.
        """
        return await self._threads.read(replay.replay, run_id, epoch, after_seq, limit_rows)

    async def events(
        self, run_id: str, epoch: int, after: int = 0, limit: int = 1000, kinds: list[str] | None = None
    ) -> tuple[list[dict[str, Any]], int]:
        """A page of events after a seq, and the seq to go on after."""
        return await self._threads.read(events.page, run_id, epoch, after, limit, kinds)

    async def newest_events(
        self, run_id: str, epoch: int, kinds: list[str], before: int | None = None, limit: int = 50
    ) -> list[dict[str, Any]]:
        """Events of some kinds, newest first, from before a seq."""
        return await self._threads.read(events.newest, run_id, epoch, kinds, before, limit)

    async def sizes(self, run_id: str) -> int:
        """Bytes of everything that the store holds of a run."""
        return await self._threads.read(sizes.of_run, run_id)

    async def series(
        self,
        run_id: str,
        names: Iterable[str],
        x: str = "update",
        from_: float | None = None,
        to: float | None = None,
        points: int = 1000,
    ) -> dict[str, Any]:
        """Series over [from_, to) in units of `x` in at most `points` buckets each; raises UnknownRun."""
        return await self._threads.read(series.read, run_id, list(names), x, from_, to, points)

    async def distributions(
        self,
        run_id: str,
        name: str,
        from_: int | None = None,
        to: int | None = None,
        points: int = 200,
        bins: int | None = None,
    ) -> list[dict[str, Any]]:
        """Merged histograms of the updates in [from_, to); `bins` is the grid's edges + 1. Raises UnknownRun."""
        return await self._threads.read(distributions.read, run_id, name, from_, to, points, bins)

    async def extent(self, run_id: str) -> rows.Extent:
        """How far a run reaches now, for reading all of it up to there; raises UnknownRun."""
        return await self._threads.read(rows.extent, run_id)

    async def block(self, extent: rows.Extent, track: int, first: int) -> Batch:
        """The rows of a track from `first` on, as many as lie in one segment."""
        return await self._threads.read(rows.block, extent, track, first)

    async def axis(self, extent: rows.Extent, track: int, name: str) -> Axis:
        """One axis of a track at every row."""
        return await self._threads.read(rows.axis, extent, track, name)

    async def column(self, extent: rows.Extent, track: int, name: str) -> Points:
        """Every point of one series."""
        return await self._threads.read(rows.column, extent, track, name)

    # edits

    async def add_edit(
        self, run_id: str, expect_version: int | None, edit_id: str, values: dict[str, Any], by: str
    ) -> Edit:
        """Give an edit the next version of the run's controls; the same edit again returns what became of it.

        Raises Stale (its `current` is {"version", "values", "by"}), EditConflict, RunEnded, UnknownRun.
        """
        return await self._threads.write(edits.add, run_id, expect_version, edit_id, values, by)

    async def edit(self, run_id: str, edit_id: str) -> Edit | None:
        """The edit, or None."""
        return await self._threads.read(edits.find, run_id, edit_id)

    async def pending(self, run_id: str) -> list[Edit]:
        """The edits that no event has resolved yet, oldest first."""
        found = await self._threads.read(edits.pending, [run_id])
        return found.get(run_id, [])

    # access

    async def add_login_key(self, role: str = "admin", user: str = "local", ttl_s: float | None = None) -> str:
        """Make a key that logs in once, and return it."""
        secret = access.new_secret()
        await self._threads.write(access.add_login_key, secret, role, user, self._until(ttl_s))
        return secret

    async def use_login_key(self, secret: str) -> tuple[str, str] | None:
        """(role, user) the first time, None afterwards and for an unknown or expired key."""
        return await self._threads.write(access.use_login_key, secret, self._clock())

    async def add_session(
        self, role: str, user: str = "local", ttl_s: float | None = None, scope: Any = None
    ) -> tuple[str, Grant]:
        """Make a browser session; the secret is returned once and never stored."""
        return await self._add_grant(SESSION, role, user, ttl_s, scope, None)

    async def session(self, secret: str) -> Grant | None:
        """The valid session with this secret, or None."""
        return await self._threads.read(access.grant_of, SESSION, secret, self._clock())

    async def add_token(
        self,
        role: str,
        user: str = "local",
        ttl_s: float | None = None,
        scope: Any = None,
        secret: str | None = None,
    ) -> tuple[str, Grant]:
        """Make a bearer token; `secret` only for one that already exists outside."""
        return await self._add_grant(TOKEN, role, user, ttl_s, scope, secret)

    async def token(self, secret: str) -> Grant | None:
        """The valid token with this secret, or None."""
        return await self._threads.read(access.grant_of, TOKEN, secret, self._clock())

    async def sessions(self) -> list[Grant]:
        """The valid sessions."""
        return await self._threads.read(access.list_grants, SESSION, self._clock())

    async def tokens(self) -> list[Grant]:
        """The valid tokens."""
        return await self._threads.read(access.list_grants, TOKEN, self._clock())

    async def revoke(self, grant_id: str) -> bool:
        """End a session or token at once; false if it had ended already."""
        return await self._threads.write(access.revoke, grant_id, self._clock())

    async def _add_grant(
        self, kind: str, role: str, user: str, ttl_s: float | None, scope: Any, secret: str | None
    ) -> tuple[str, Grant]:
        secret = secret or access.new_secret()
        grant = Grant(new_id(), kind, role, user, scope, self._clock(), self._until(ttl_s))
        return secret, await self._threads.write(access.add_grant, secret, grant)

    def _restorable_since(self) -> float:
        return self._clock() - KEPT_SECONDS

    def _until(self, ttl_s: float | None) -> float | None:
        return None if ttl_s is None else self._clock() + ttl_s
