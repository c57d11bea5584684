"""Starting a run: resolved by the engine, stored once per key, then the queue's."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from backend.api.errors import ApiError, refused
from backend.api.models.runs import StartRequest
from backend.jobs.derive import now
from backend.jobs.ledger import Ledger
from backend.jobs.link import AgentLink
from backend.storage import RunRecord
from backend.storage.errors import IdempotencyConflict

RESOLVE_SECONDS = 20.0


class Starts:
    """From the body of a start to a queued run."""

    def __init__(self, ledger: Ledger, link: AgentLink) -> None:
        self.ledger = ledger
        self.link = link

    async def resolve(self, body: StartRequest) -> dict[str, Any]:
        """Ask the engine to complete the body: `{"config": …}` or `{"errors": […]}`; raises ApiError 503."""
        answer = await self.link.call("resolve", timeout_s=RESOLVE_SECONDS, body=given(body))
        assert isinstance(answer, dict)
        return answer

    async def start(self, body: StartRequest, key: str | None, owner: str) -> tuple[RunRecord, bool]:
        """Store a new run, or find the one that this key has started; the flag says which.

        Raises ApiError 422 for a refused configuration, 409 for a key that was used with another body.
        """
        body_hash = hashlib.sha256(json.dumps(given(body), sort_keys=True).encode()).hexdigest()
        if (known := await self.known(key, body_hash, owner)) is not None:
            return known, False
        answer = await self.resolve(body)
        if answer.get("errors"):
            raise refused(answer["errors"])
        try:
            stored, created = await self.ledger.store.create_run(queued(answer["config"], owner), key, body_hash, owner)
        except IdempotencyConflict as conflict:
            raise other_body(conflict) from None
        if created:
            self.ledger.told(stored)
        return stored, created

    async def known(self, key: str | None, body_hash: str | None, owner: str) -> RunRecord | None:
        """Return the run that a key has started; raises ApiError 409 if it was used with another body."""
        if key is None:
            return None
        try:
            return await self.ledger.store.started_with(key, body_hash, owner)
        except IdempotencyConflict as conflict:
            raise other_body(conflict) from None


def other_body(conflict: IdempotencyConflict) -> ApiError:
    """The answer to a key that was used with another body."""
    return ApiError(409, "idempotency_conflict", str(conflict), field="Idempotency-Key")


def given(body: StartRequest) -> dict[str, Any]:
    """Return what the client gave; null means not given."""
    return body.model_dump(mode="json", exclude_none=True)


def queued(config: dict[str, Any], owner: str) -> RunRecord:
    """Make the record of a run that nobody has started yet."""
    environment = config["environment"]
    return RunRecord(
        id=uuid.uuid4().hex,
        name=visible(config.get("name")) or config.get("recipe") or f"{config['algorithm']} on {environment['id']}",
        recipe=config.get("recipe"),
        algorithm=config["algorithm"],
        environment=environment,
        seed=config["seed"],
        budget=config["budget"],
        controls={"version": 1, "values": config["controls"], "pending": []},
        pace=config.get("pace"),
        owner=owner,
        tags=list(config.get("tags") or []),
        created=now(),
        config=config,
    )


def visible(name: str | None) -> str | None:
    """Return a name that can be seen, or None."""
    return name if name and name.strip() else None
