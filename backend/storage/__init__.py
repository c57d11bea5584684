"""The store: run records, events and series in one database."""

from .access import Grant
from .edits import Edit
from .errors import (
    BadCursor,
    BadRecord,
    BadSort,
    EditConflict,
    IdempotencyConflict,
    ReplayGone,
    SchemaTooNew,
    SeqGap,
    Stale,
    StoreError,
    StoreLocked,
    StoreUnavailable,
    UnknownRun,
    WrongEpoch,
)
from .ingest import IngestResult
from .record import RunRecord
from .store import Store, new_id

__all__ = [
    "BadCursor",
    "BadRecord",
    "BadSort",
    "Edit",
    "EditConflict",
    "Grant",
    "IdempotencyConflict",
    "IngestResult",
    "ReplayGone",
    "RunRecord",
    "SchemaTooNew",
    "SeqGap",
    "Stale",
    "Store",
    "StoreError",
    "StoreLocked",
    "StoreUnavailable",
    "UnknownRun",
    "WrongEpoch",
    "new_id",
]
