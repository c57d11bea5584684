"""What a route is given: the services of the server and who asks."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from backend.api.models.common import ErrorBody
from backend.auth.identity import Principal
from backend.services import Services as ServerServices


def services_of(connection: HTTPConnection) -> ServerServices:
    """Return the services of the app that a connection came to."""
    return cast(ServerServices, connection.app.state.services)


def principal_of(connection: HTTPConnection) -> Principal:
    """Return who asks, as the guard found out."""
    return cast(Principal, connection.state.principal)


Caller = Annotated[Principal, Depends(principal_of)]
Services = Annotated[ServerServices, Depends(services_of)]


def errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Document the refusals of a route."""
    return {code: {"model": ErrorBody} for code in codes}
