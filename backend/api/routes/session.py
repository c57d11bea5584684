"""Health, login, logout, tokens."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from backend import __version__
from backend.api.body import BodyRoute
from backend.api.context import Caller, Services, errors
from backend.api.errors import ApiError
from backend.api.models.common import Health, LoginKey, LoginRequest, SessionInfo, Token
from backend.auth.identity import SESSION_SECONDS

router = APIRouter(tags=["session"], route_class=BodyRoute)


@router.get("/api/health")
async def health() -> Health:
    """Say that the server is up; open to everybody."""
    return Health(status="ok", version=__version__)


@router.post("/api/session", status_code=204, responses=errors(401, 403, 429))
async def login(body: LoginRequest, request: Request, services: Services) -> Response:
    """Spend a login key on a session cookie."""
    services.floods.login(request.client.host if request.client else "")
    secret = await services.identities.login(body.key)
    if secret is None:
        raise ApiError(401, "bad_key", "This login key is unknown or spent; `policyscope login` prints a fresh URL.")
    response = Response(status_code=204)
    response.set_cookie(
        services.identities.cookie, secret, max_age=SESSION_SECONDS, httponly=True, samesite="strict", path="/"
    )
    return response


@router.get("/api/session", responses=errors(401))
async def session(caller: Caller) -> SessionInfo:
    """Say who this session is."""
    return SessionInfo(name=caller.name, role=caller.role)


@router.delete("/api/session", status_code=204, responses=errors(401))
async def logout(caller: Caller, services: Services) -> Response:
    """End this session or token everywhere; its live sockets close with 4401."""
    await services.identities.logout(caller)
    response = Response(status_code=204)
    response.delete_cookie(services.identities.cookie, path="/", httponly=True, samesite="strict")
    return response


@router.post("/api/login-keys", status_code=201, responses=errors(401))
async def login_key(services: Services) -> LoginKey:
    """Make a URL that logs one more browser in, once."""
    key = await services.identities.login_key()
    return LoginKey(url=f"{services.settings.url}/#login={key}", key=key)


@router.post("/api/tokens", status_code=201, responses=errors(401))
async def token(services: Services) -> Token:
    """Make a bearer token of the role admin."""
    return Token(token=await services.identities.token(), role="admin")
