"""What can be chosen, and whether a choice would be accepted."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import JsonValue, ValidationError

from backend.api.body import BodyRoute
from backend.api.context import Services, errors
from backend.api.errors import ApiError, invalid
from backend.api.models.catalog import Catalog
from backend.api.models.runs import START_BODY, StartRequest, Validation
from backend.api.wire import WireJSON
from backend.services import Services as ServerServices

router = APIRouter(tags=["catalog"], route_class=BodyRoute)


@router.get("/api/catalog", response_model=Catalog, responses=errors(401, 503))
async def catalog(services: Services) -> Response:
    """Return everything declared: algorithms, environments, recipes, metrics and controls."""
    return WireJSON(await services.link.get_catalog())


@router.post("/api/validate", responses=errors(400, 401, 422, 503), openapi_extra=START_BODY)
async def validate(body: Annotated[JsonValue, Body()], services: Services) -> Validation:
    """Check the body of a start and list everything that is wrong with it."""
    try:
        start = StartRequest.model_validate(body)
    except ValidationError as found:
        faults = found.errors(include_url=False)
        wrong = [invalid(fault, StartRequest) for fault in faults]
        wrong += await further(services, body, [fault["loc"] for fault in faults], {error["field"] for error in wrong})
    else:
        wrong = await refusals(services, start)
    return Validation.model_validate({"ok": not wrong, "errors": wrong})


async def refusals(services: ServerServices, start: StartRequest) -> list[dict[str, Any]]:
    """Return everything that the engine refuses about a start."""
    answer = await services.starts.resolve(start)
    return [{"current": None, "field": None, "did_you_mean": [], **error} for error in answer.get("errors") or []]


async def further(
    services: ServerServices, body: Any, faults: list[tuple[int | str, ...]], fields: set[str | None]
) -> list[dict[str, Any]]:
    """Return what the engine refuses about the rest of a body that is wrong in some places; nothing without agent."""
    try:
        rest = StartRequest.model_validate(without(body, faults))
        found = await refusals(services, rest)
    except (ValidationError, ApiError):
        return []
    roots = {fault[0] for fault in faults if fault}
    # What was cut out is not missing.
    return [error for error in found if error["field"] not in fields | roots]


def without(body: Any, faults: list[tuple[int | str, ...]]) -> Any:
    """Return a body without the fields that are wrong."""
    if not isinstance(body, dict):
        return body
    below = {key: [fault[1:] for fault in faults if fault[0] == key] for key in {f[0] for f in faults if f}}
    kept = {key: value for key, value in body.items() if () not in below.get(key, [])}
    return {key: without(value, below[key]) if key in below else value for key, value in kept.items()}
