"""Experiments of the laboratory."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response

from backend.api.body import BodyRoute
from backend.api.context import Services, errors
from backend.api.models.lab import LabRequest, LabResult
from backend.api.wire import WireJSON

router = APIRouter(tags=["laboratory"], route_class=BodyRoute)

LOOK_SECONDS = 0.25


@router.post("/api/lab", response_model=LabResult, responses=errors(400, 401, 422, 429, 502, 503))
async def lab(body: LabRequest, services: Services, request: Request) -> Response:
    """Estimate one gradient many times, with every estimator on the same data, and hold each against the exact one.

    Takes seconds; whoever hangs up ends the experiment. An identical request is answered from memory.
    """
    work = asyncio.create_task(services.laboratory.study(body.model_dump(mode="json")))
    return WireJSON(await unless_gone(request, work))


async def unless_gone(request: Request, work: asyncio.Task[dict[str, Any]]) -> dict[str, Any]:
    """The result, unless who asked for it leaves before it is there."""
    while not work.done():
        await asyncio.wait([work], timeout=LOOK_SECONDS)
        if not work.done() and await request.is_disconnected():
            work.cancel()
            await asyncio.wait([work])
            return {}
    return work.result()
