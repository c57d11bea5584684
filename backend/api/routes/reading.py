"""Reading what a run has recorded: series, histograms, events, log, checkpoints."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import PlainTextResponse

from backend.api.context import Services, errors
from backend.api.errors import ApiError, meant, near, shown
from backend.api.models.reading import (
    Axis,
    Checkpoints,
    DistributionAnswer,
    EventPage,
    SeriesAnswer,
)
from backend.api.routes.runs import RunId
from backend.api.wire import WireJSON
from backend.services import Services as ServerServices

EPISODE_SERIES = ("episode/return", "episode/length")

router = APIRouter(tags=["reading"])

From = Annotated[float | None, Query(alias="from", allow_inf_nan=False)]
To = Annotated[float | None, Query(allow_inf_nan=False)]


@router.get("/api/runs/{id}/series", response_model=SeriesAnswer, responses=errors(401, 404, 422))
async def series(
    id: RunId,
    services: Services,
    names: Annotated[str, Query(description="Metric names with commas between.", max_length=10_000)],
    x: Axis = "update",
    from_: From = None,
    to: To = None,
    points: Annotated[int, Query(ge=1, le=2000)] = 1000,
) -> Response:
    """Read metrics as at most `points` buckets with their extremes."""
    await services.ledger.get(id)
    wanted = [name for name in dict.fromkeys(names.split(",")) if name]
    if not wanted or len(wanted) > 200:
        raise ApiError(422, "invalid_value", "names takes 1 to 200 metric names.", field="names")
    found = await services.store.series(id, wanted, x=x, from_=from_, to=to, points=points)
    check_names(services, {name: columns["total"] for name, columns in found["series"].items()})
    units = units_of(services)
    found["series"] = {name: {"unit": units.get(name, "1"), **columns} for name, columns in found["series"].items()}
    return WireJSON(found)


@router.get("/api/runs/{id}/distributions", response_model=DistributionAnswer, responses=errors(401, 404, 422))
async def distributions(
    id: RunId,
    services: Services,
    name: Annotated[str, Query(min_length=1, max_length=200)],
    from_: From = None,
    to: To = None,
    points: Annotated[int, Query(ge=1, le=2000)] = 200,
) -> Response:
    """Read a distribution over training as at most `points` merged histograms."""
    await services.ledger.get(id)
    catalog = await services.link.get_catalog()
    grids = {metric["name"]: metric for metric in catalog["metrics"] if metric["kind"] == "distribution"}
    if name not in grids:
        raise ApiError(
            422, "unknown_metric", f"There is no distribution {name}.", field="name", did_you_mean=near(name, grids)
        )
    edges = grids[name]["edges"]
    first, end = whole(from_), whole(to)
    rows = await services.store.distributions(id, name, first, end, points, bins=len(edges) + 1)
    return WireJSON({"name": name, "edges": edges, "rows": rows})


@router.get("/api/runs/{id}/events", responses=errors(401, 404, 422))
async def events(
    id: RunId,
    services: Services,
    epoch: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
) -> EventPage:
    """Read a run's events in order, after a seq."""
    record = await services.ledger.get(id)
    of = record.epoch if epoch is None else epoch
    found, following = await services.store.events(id, of, after, limit)
    return EventPage.model_validate(
        {"events": [{**event, "run": id, "epoch": of} for event in found], "next": following}
    )


@router.get("/api/runs/{id}/checkpoints", responses=errors(401, 404))
async def checkpoints(id: RunId, services: Services) -> Checkpoints:
    """List the checkpoints that the trainer wrote."""
    record = await services.ledger.get(id)
    found, _ = await services.store.events(id, record.epoch, 0, 10_000, kinds=["checkpoint"])
    rows = [{**event["data"], "seq": event["seq"], "wall": event["wall"]} for event in found]
    return Checkpoints.model_validate({"checkpoints": rows})


@router.get("/api/runs/{id}/log", response_class=PlainTextResponse, responses=errors(401, 404, 503))
async def log(id: RunId, services: Services) -> Response:
    """Read the end of what the trainer printed, its traceback included."""
    record = await services.ledger.get(id)
    if record.agent is None:
        return PlainTextResponse("")
    answer = await services.link.call("log", run=id)
    return PlainTextResponse(answer["text"].encode("utf-8", "replace"))


def check_names(services: ServerServices, totals: dict[str, int]) -> None:
    """Refuse a name that is neither declared nor recorded; raises ApiError 422. Without any catalog all names pass."""
    if services.link.catalog is None:
        return
    declared = [metric["name"] for metric in services.link.catalog["metrics"] if metric["kind"] == "scalar"]
    for name, total in totals.items():
        if not total and name not in [*declared, *EPISODE_SERIES]:
            close = near(name, declared)
            message = f"There is no series {shown(name)}.{meant(close)}"
            raise ApiError(422, "unknown_metric", message, field="names", did_you_mean=close)


def whole(x: float | None) -> int | None:
    """Return the first update at or after a place on the axis."""
    return None if x is None else math.ceil(max(-1.0, min(x, 2.0**62)))


def units_of(services: ServerServices) -> dict[str, str]:
    """Return the unit of every declared metric."""
    catalog = services.link.catalog or {"metrics": []}
    return {metric["name"]: metric.get("unit", "1") for metric in catalog["metrics"]}
