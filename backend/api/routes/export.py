"""A run to take along."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from backend.api.context import Services, errors
from backend.api.routes.runs import RunId
from backend.export.formats import MEDIA, Format, written
from backend.export.source import Source

router = APIRouter(tags=["runs"])

CONTENT: dict[str, dict[str, object]] = {media: {} for media in MEDIA.values()}


@router.get(
    "/api/runs/{id}/export",
    response_class=StreamingResponse,
    responses={**errors(401, 404, 422), 200: {"content": CONTENT}},
)
async def export(id: RunId, services: Services, format: Annotated[Format, Query()]) -> StreamingResponse:
    """Return everything that a run has recorded, as a file."""
    source = await Source.of(services.store, await services.ledger.get(id), services.link.catalog)
    headers = {"Content-Disposition": f'attachment; filename="{source.file_name(format)}"'}
    return StreamingResponse(written(source, format), media_type=MEDIA[format], headers=headers)
