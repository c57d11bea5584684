"""The run record: a versioned register that the server owns."""

from datetime import UTC, datetime
from typing import Any

import msgspec

PROGRESS = frozenset({"head", "update", "env_steps", "episodes", "last_return", "best_return", "returns"})
"""Fields that rise with every frame; a change of anything else raises `version`."""

PRIVATE = ("config", "agent", "memo", "returns")
"""Fields that the API object does not show."""


def iso(seconds: float) -> str:
    """A time (Unix seconds) as the API writes it: UTC, microseconds, of one width."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _controls() -> dict[str, Any]:
    return {"version": 1, "values": {}, "pending": []}


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the server knows about one run; the field order is that of the API object.

    `controls` is {"version", "values", "pending"}: `version` is the newest version given out, `values` are those in
    force and `pending` are the edits on their way. `head` is the last seq stored. Times are ISO 8601 texts in UTC of
    one fixed width, so that they sort. `memo` is the state machine's own note, kept with the record. `returns`
    are those of the newest training episodes, and `last_return` is their mean. `deleted` is when the run was hidden.
    """

    id: str
    name: str
    recipe: str | None = None
    algorithm: str
    environment: dict[str, Any]
    seed: int = 0
    budget: dict[str, Any] = msgspec.field(default_factory=dict)
    state: str = "queued"
    reachable: bool = True
    reason: str | None = None
    version: int = 1
    epoch: int = 1
    head: int = 0
    update: int = 0
    env_steps: int = 0
    episodes: int = 0
    controls: dict[str, Any] = msgspec.field(default_factory=_controls)
    pace: float | None = None
    parent: Any = None
    owner: str = "local"
    tags: list[str] = msgspec.field(default_factory=list)
    notes: str = ""
    created: str
    started: str | None = None
    ended: str | None = None
    reproducible: dict[str, Any] = msgspec.field(default_factory=lambda: {"exact": True, "reason": None})
    last_return: float | None = None
    best_return: float | None = None
    deleted: str | None = None
    config: dict[str, Any] = msgspec.field(default_factory=dict)
    agent: str | None = None
    memo: dict[str, Any] = msgspec.field(default_factory=dict)
    returns: list[float] = msgspec.field(default_factory=list)

    @property
    def settled(self) -> int:
        """The last seq of the current epoch that is committed with full sync."""
        return self.head

    def to_json(self) -> dict[str, Any]:
        """The API's run object; non-finite numbers are still floats."""
        return {name: getattr(self, name) for name in self.__struct_fields__ if name not in PRIVATE}
