"""The run record: a versioned register that the server owns."""

from typing import Any

import msgspec

PROGRESS = frozenset({"head", "update", "env_steps", "episodes"})
"""Fields that rise with every frame; a change of anything else raises `version`."""

PRIVATE = ("config", "agent", "memo")
"""Fields that the API object does not show."""


def _controls() -> dict[str, Any]:
    return {"version": 1, "values": {}, "pending": []}


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the server knows about one run; the field order is that of the API object.

    `controls` is {"version", "values", "pending"}: `version` is the newest version given out, `values` are those in
    force and `pending` are the edits on their way. `head` is the last seq stored. Times are ISO 8601 texts in UTC of
    one fixed width, so that they sort. `memo` is the state machine's own note, kept with the record.
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
    config: dict[str, Any] = msgspec.field(default_factory=dict)
    agent: str | None = None
    memo: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def settled(self) -> int:
        """The last seq of the current epoch that is committed with full sync."""
        return self.head

    def to_json(self) -> dict[str, Any]:
        """The API's run object; non-finite numbers are still floats."""
        return {name: getattr(self, name) for name in self.__struct_fields__ if name not in PRIVATE}
