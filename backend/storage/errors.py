"""What the store refuses, and why.

StoreError
├─ StoreUnavailable       the file is locked, full or unreadable now; trying again later may help
├─ StoreLocked            another process has this store open
├─ SchemaTooNew           written by a newer version of Policyscope
├─ UnknownRun
├─ IdempotencyConflict    the key was used for another body
├─ EditConflict           the edit id was used for other values
├─ Stale                  compare-and-set lost; carries what is current
├─ BadCursor, BadSort     a list request that no page answers
├─ BadRecord              a frame or event whose parts do not fit together
├─ SeqGap                 records are missing before the first one given
├─ WrongEpoch             records of an epoch that is not the run's current one
└─ ReplayGone             the records asked for are no longer kept one by one
"""

from typing import Any


class StoreError(Exception):
    """Base of everything the store refuses."""


class StoreUnavailable(StoreError):
    """The database cannot serve now (locked beyond the timeout, disk full, input/output error)."""


class StoreLocked(StoreError):
    """Another process holds this store."""


class SchemaTooNew(StoreError):
    """The file carries a schema revision that this version does not know."""


class UnknownRun(StoreError):
    """No run has this id."""


class IdempotencyConflict(StoreError):
    """The idempotency key belongs to a start with another body."""


class EditConflict(StoreError):
    """The edit id belongs to an edit with other values."""


class RunEnded(StoreError):
    """The run takes no edit any more."""


class Stale(StoreError):
    """Compare-and-set lost; `current` is what the caller should have expected."""

    def __init__(self, message: str, current: Any) -> None:
        super().__init__(message)
        self.current = current


class BadCursor(StoreError):
    """A page cursor that this store did not issue for this sort order."""


class BadSort(StoreError):
    """A sort key that is not one of the sortable fields."""


class BadRecord(StoreError):
    """A record whose parts contradict each other."""


class SeqGap(StoreError):
    """The first record given does not follow the last one stored; `head` is the last one stored."""

    def __init__(self, message: str, head: int) -> None:
        super().__init__(message)
        self.head = head


class WrongEpoch(StoreError):
    """The epoch given is not the run's current epoch."""


class ReplayGone(StoreError):
    """Records after the given seq are no longer kept one by one; read the series instead."""
