"""Runs: start, list, rename, delete, act."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Header, Query, Response
from pydantic import JsonValue, ValidationError

from backend.api.body import BodyRoute
from backend.api.context import Caller, Services, errors
from backend.api.errors import ApiError, first_invalid, not_found, wrong_state
from backend.api.models.runs import (
    START_BODY,
    Action,
    ActionAccepted,
    ControlsEdit,
    EditAccepted,
    Run,
    RunPage,
    RunPatch,
    StartRequest,
)
from backend.jobs.machine import STATES, TERMINAL
from backend.live.messages import EventMessage
from backend.storage import RunRecord
from backend.storage.errors import BadCursor, BadSort, UnknownRun

router = APIRouter(tags=["runs"], route_class=BodyRoute)

RunId = str
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


def shown(record: RunRecord) -> Run:
    """Return a record as the API shows it."""
    return Run.model_validate(record.to_json())


@router.post(
    "/api/runs",
    status_code=201,
    response_model=Run,
    responses={
        **errors(400, 401, 409, 422, 503),
        200: {"model": Run, "description": "The run that this key has started."},
    },
    openapi_extra=START_BODY,
)
async def start(
    body: Annotated[JsonValue, Body()], services: Services, caller: Caller, response: Response, key: Key = None
) -> Run:
    """Start a run: from a recipe, or from an algorithm and an environment."""
    try:
        given = StartRequest.model_validate(body)
    except ValidationError as found:
        # A used key with another body is a conflict, whatever else is wrong with that body.
        await services.starts.known(key, None, caller.name)
        raise first_invalid(found, StartRequest) from None
    record, created = await services.starts.start(given, key, caller.name)
    response.status_code = 201 if created else 200
    return shown(record)


@router.get("/api/runs", responses=errors(401, 422))
async def runs(
    services: Services,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=1000)] = None,
    state: Annotated[str | None, Query(description="One state, or several with commas.", max_length=200)] = None,
    tag: Annotated[str | None, Query(max_length=200)] = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
    algorithm: Annotated[str | None, Query(max_length=200)] = None,
    environment: Annotated[str | None, Query(description="The environment's id.", max_length=200)] = None,
    deleted: Annotated[bool, Query(description="List the deleted runs that can be restored, and only them.")] = False,
    sort: Annotated[str, Query(max_length=50)] = "-created",
) -> RunPage:
    """List runs page by page."""
    try:
        found, following = await services.store.list_runs(
            limit=limit, after=after, state=states(state), tag=tag, q=q, sort=sort,
            algorithm=algorithm, environment=environment, deleted=deleted,
        )  # fmt: skip
    except BadCursor as bad:
        raise ApiError(422, "bad_cursor", str(bad), field="after") from None
    except BadSort as bad:
        raise ApiError(422, "invalid_value", str(bad), field="sort") from None
    return RunPage(runs=[shown(record) for record in found], next=following)


def states(text: str | None) -> list[str] | None:
    """Split a list of states; raises ApiError for one that does not exist."""
    wanted = [part for part in (text or "").split(",") if part]
    for part in wanted:
        if part not in STATES:
            raise ApiError(422, "invalid_value", f"state is one of {', '.join(STATES)}.", field="state")
    return wanted or None


@router.get("/api/runs/{id}", responses=errors(401, 404))
async def run(id: RunId, services: Services) -> Run:
    """Return one run."""
    return shown(await services.ledger.get(id))


@router.patch("/api/runs/{id}", responses=errors(401, 404, 422))
async def patch(id: RunId, body: RunPatch, services: Services) -> Run:
    """Change a run's name, tags or notes."""
    await services.ledger.get(id)
    changes = body.model_dump(exclude_unset=True)
    return shown(await services.ledger.change(id, lambda _record: changes))


@router.delete("/api/runs/{id}", status_code=204, responses=errors(401, 404, 409))
async def delete(id: RunId, services: Services) -> Response:
    """Delete a run that has ended; for 24 hours it can be restored."""
    record = await services.ledger.get(id)
    if record.state not in TERMINAL:
        raise wrong_state(record.state, "stop it before you delete it.")
    await services.store.delete_run(id)
    services.hub.forget(id)
    return Response(status_code=204)


@router.post("/api/runs/{id}/restore", responses=errors(401, 404))
async def restore(id: RunId, services: Services) -> Run:
    """Bring a run back that was deleted less than 24 hours ago; one that is there stays as it is."""
    try:
        record = await services.store.undelete_run(id)
    except UnknownRun:
        raise not_found(id) from None
    services.ledger.told(record)
    return shown(record)


@router.post(
    "/api/runs/{id}/actions",
    status_code=202,
    response_model=ActionAccepted,
    responses={
        **errors(401, 404, 409, 422, 503),
        200: {"model": ActionAccepted, "description": "It is so already: nothing was to do."},
    },
)
async def act(id: RunId, body: Action, services: Services, caller: Caller, response: Response) -> ActionAccepted:
    """Pause, step, pace, resume, checkpoint or stop a run."""
    action_id = await services.actions.act(id, body, caller.name)
    response.status_code = 200 if action_id is None else 202
    return ActionAccepted(action_id=action_id)


@router.patch(
    "/api/runs/{id}/controls",
    status_code=202,
    response_model=EditAccepted | EventMessage,
    responses={
        202: {"model": EditAccepted, "description": "Accepted; the event follows."},
        200: {"model": EventMessage, "description": "The event `control_changed` or `control_refused`."},
        **errors(401, 404, 409, 422, 503),
    },
)
async def controls(
    id: RunId,
    body: ControlsEdit,
    services: Services,
    caller: Caller,
    response: Response,
    wait: Annotated[float, Query(ge=0, le=60, allow_inf_nan=False)] = 0.0,
) -> EditAccepted | EventMessage:
    """Turn switches of a live run, all or nothing."""
    accepted, event = await services.edits.edit(id, body, caller.name, wait)
    response.status_code = 202 if event is None else 200
    return accepted if event is None else EventMessage.model_validate(event)
