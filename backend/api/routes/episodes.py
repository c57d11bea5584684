"""Recorded episodes: the list from the run's events, the steps and pictures from its agent's disk."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from backend.api.context import Services, errors
from backend.api.errors import ApiError
from backend.api.models.episodes import Episode, EpisodePage
from backend.api.routes.runs import RunId
from backend.api.wire import WireJSON
from backend.services import Services as ServerServices

FOREVER = "private, max-age=31536000, immutable"
"""What is recorded does not change; who may see it stands with the session."""

router = APIRouter(tags=["episodes"])

Number = Annotated[int, Path(ge=0, le=2**53)]


@router.get("/api/runs/{id}/episodes", responses=errors(401, 404, 422))
async def episodes(
    id: RunId,
    services: Services,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=1000)] = None,
) -> EpisodePage:
    """List the recorded episodes page by page, newest first."""
    record = await services.ledger.get(id)
    found = await services.store.newest_events(id, record.epoch, ["episode"], before(after), limit + 1)
    rows = [{**event["data"], "wall": event["wall"]} for event in found[:limit]]
    following = str(found[limit - 1]["seq"]) if len(found) > limit else None
    return EpisodePage.model_validate({"episodes": rows, "next": following})


def before(cursor: str | None) -> int | None:
    """Read a cursor: the seq of the last event that the caller has; raises ApiError 422."""
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise ApiError(
            422, "bad_cursor", "The cursor is not one of this list. Take `next` of the page before it.", field="after"
        )
    return int(cursor)


@router.get("/api/runs/{id}/episodes/{n}", response_model=Episode, responses=errors(401, 404, 422, 503))
async def episode(id: RunId, n: Number, services: Services) -> Response:
    """Return a recorded episode with every step of it."""
    found = await asked(services, id, n, "read_episode", "episode")
    return WireJSON(found | {"view": with_urls(found["view"], id, n)})


@router.get(
    "/api/runs/{id}/episodes/{n}/frames/{k}.jpg",
    response_class=Response,
    responses={**errors(401, 404, 422, 503), 200: {"content": {"image/jpeg": {}}}},
)
async def frame(id: RunId, n: Number, k: Number, services: Services) -> Response:
    """Return one picture of a recorded episode."""
    jpeg = await asked(services, id, n, "read_frame", "jpeg", k=k)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": FOREVER})


async def asked(services: ServerServices, run: str, n: int, kind: str, part: str, **about: int) -> Any:
    """Ask the agent that has the run's files; raises ApiError 404 where it has nothing, 503 without it."""
    record = await services.ledger.get(run)
    found = None if record.agent is None else (await services.link.call(kind, run=run, n=n, **about))[part]
    if found is None:
        raise ApiError(404, "not_found", f"The run has no such recording of episode {n}; GET /episodes lists them.")
    return found


def with_urls(view: dict[str, Any], run: str, n: int) -> dict[str, Any]:
    """Return a view of pictures with their addresses in place of their number."""
    if view["kind"] != "images":
        return view
    urls = [f"/api/runs/{run}/episodes/{n}/frames/{k}.jpg" for k in range(view["frames"])]
    return {"kind": "images", "urls": urls, "every": view.get("every", 1)}
