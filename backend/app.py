"""The application: guard, routes and services, put together."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI

from backend import __version__
from backend.api import errors
from backend.api.routes import (
    catalog,
    docs,
    episodes,
    export,
    lab,
    page,
    queue,
    reading,
    runs,
    session,
    sockets,
    storage,
)
from backend.api.wire import WireJSON
from backend.auth.guard import Guard
from backend.auth.identity import Identities
from backend.auth.origins import Allowed
from backend.services import opened
from backend.settings import Settings

DESCRIPTION = (
    "Launch, watch and operate on reinforcement learning while it runs. Log in with a bearer token of "
    '`policyscope token`. Non-finite numbers are written as `"NaN"`, `"Infinity"` and `"-Infinity"`; '
    "`null` means not measured. The live stream is the websocket `/api/live`, sub-protocol `policyscope.v1`."
)


def create_app(settings: Settings) -> FastAPI:
    """Build the server of some settings; nothing is opened before it starts."""
    identities = Identities()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings, identities) as services:
            app.state.services = services
            yield

    app = FastAPI(
        title="Policyscope",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        default_response_class=WireJSON,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.add_middleware(Guard, allowed=Allowed(settings.port, settings.allowed_hosts), identities=identities)
    errors.install(app)
    for part in (session, catalog, runs, queue, reading, episodes, storage, export, lab, sockets, docs, page):
        app.include_router(part.router)
    build_routes(app)
    return app


def build_routes(app: FastAPI) -> None:
    """Build what FastAPI would build within the first request: its models, for a tenth of a second of the event loop.

    It silences a warning of pydantic meanwhile, and that is not safe beside threads, which the store has.
    """
    nowhere = {"type": "http", "method": "GET", "path": "", "root_path": "", "path_params": {}, "headers": []}
    for route in app.routes:
        route.matches(nowhere)
