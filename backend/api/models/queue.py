"""How many runs train at once here, and how many do."""

from __future__ import annotations

from backend.api.wire import Message


class QueueState(Message):
    """The places of this machine; queued runs take them oldest first (`GET /api/runs?state=queued&sort=created`)."""

    places: int
    busy: int
