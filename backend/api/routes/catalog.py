"""What can be chosen, and whether a choice would be accepted."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import JsonValue, ValidationError

from backend.api.context import Services, errors
from backend.api.errors import invalid
from backend.api.models.catalog import Catalog
from backend.api.models.runs import StartRequest, Validation
from backend.api.wire import WireJSON

router = APIRouter(tags=["catalog"])

START_BODY = {
    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/StartRequest"}}}}
}


@router.get("/api/catalog", response_model=Catalog, responses=errors(401, 503))
async def catalog(services: Services) -> Response:
    """Return everything declared: algorithms, environments, recipes, metrics and controls."""
    return WireJSON(await services.link.get_catalog())


@router.post("/api/validate", responses=errors(401, 503), openapi_extra=START_BODY)
async def validate(body: Annotated[JsonValue, Body()], services: Services) -> Validation:
    """Check the body of a start and list everything that is wrong with it."""
    try:
        start = StartRequest.model_validate(body)
    except ValidationError as found:
        errors_found: list[Any] = [invalid(error) for error in found.errors(include_url=False, include_input=False)]
        return Validation(ok=False, errors=errors_found)
    answer = await services.starts.resolve(start)
    wrong = [{"current": None, "field": None, "did_you_mean": [], **error} for error in answer.get("errors") or []]
    return Validation.model_validate({"ok": not wrong, "errors": wrong})
