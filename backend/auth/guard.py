"""The one door: every HTTP request and every websocket handshake passes here before any route is looked up."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api import errors
from backend.api.errors import ApiError
from backend.auth import headers as security
from backend.auth import roles
from backend.auth.identity import Identities, Principal
from backend.auth.origins import Allowed, Headers, Origin, one, same_origin, unsafe_request_is_ours, values

log = logging.getLogger("policyscope.access")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BODY_BYTES = 1 << 20


class Guard:
    """Check host, origin, session and role, bound the body, and put the security headers on every answer."""

    def __init__(self, app: ASGIApp, *, allowed: Allowed, identities: Identities) -> None:
        self.app = app
        self.allowed = allowed
        self.identities = identities

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        answer = Answer(scope, send)
        try:
            await self.admit(scope)
            await self.app(scope, bounded(scope, receive), answer.send)
        except ApiError as refusal:
            await answer.refuse(errors.response(refusal.status_code, refusal.error, refusal.headers))
        except Exception as fault:
            await answer.refuse(errors.internal(scope.get("method", "WS"), scope["path"], fault))
        log.debug("%s %s %s %.1f ms", *answer.line())

    async def admit(self, scope: Scope) -> None:
        """Let a request in with its principal in `scope["state"]`; raises ApiError for one that must stay out."""
        headers: Headers = scope["headers"]
        host = self.allowed.host(headers, "https" if scope["scheme"] in ("https", "wss") else "http")
        if host is None:
            raise ApiError(400, "host_not_allowed", "This server is not addressed by that Host; see allowed_hosts.")
        needed = needed_role(scope)
        principal = await self.identities.identify(headers)
        check_origin(scope, headers, host, principal)
        if not roles.permits(principal.role, needed):
            raise denied(principal, needed)
        scope.setdefault("state", {})["principal"] = principal


def needed_role(scope: Scope) -> roles.Role:
    """Look the request up in the role table; raises ApiError 404 or 405 for what is not in it."""
    if scope["type"] == "websocket":
        role = roles.SOCKETS.get(scope["path"])
        if role is None:
            raise ApiError(404, "not_found", "There is no such socket.")
        return role
    row = roles.listed(scope["path"])
    if row is None:
        raise ApiError(404, "not_found", "There is no such address.")
    role = roles.role_for(row, scope["method"])
    if role is None:
        allowed = ", ".join(row.methods)
        raise ApiError(405, "method_not_allowed", f"Allowed here: {allowed}.", headers={"Allow": allowed})
    return role


def check_origin(scope: Scope, headers: Headers, host: Origin, principal: Principal) -> None:
    """Refuse what another site's page sends; raises ApiError 403.

    A script proves itself by its bearer token, which no page can attach. A cookie comes by itself, so that
    then the browser must say that the page is ours.
    """
    origin, cookie = one(headers, b"origin"), principal.by_cookie
    if scope["type"] == "websocket":
        if (values(headers, b"origin") or cookie) and not same_origin(headers, host):
            raise ApiError(403, "foreign_origin", "Only the dashboard's own page may open this socket.")
    elif scope["method"] not in SAFE_METHODS:
        told = origin is not None or bool(values(headers, b"sec-fetch-site"))
        if (cookie or (told and not principal.by_token)) and not unsafe_request_is_ours(headers, host):
            raise ApiError(403, "foreign_origin", "Only the dashboard's own page may change something with a session.")


def denied(principal: Principal, needed: roles.Role) -> ApiError:
    """401 for a stranger, 403 for one whose role does not reach."""
    if principal.role == "nobody":
        message = "Log in: open the URL that the server printed, or send a token of `policyscope token`."
        return ApiError(401, "unauthorised", message, headers={"WWW-Authenticate": "Bearer"})
    return ApiError(403, "forbidden", f"This needs the role {needed}; yours is {principal.role}.")


def bounded(scope: Scope, receive: Receive) -> Receive:
    """Refuse a body beyond 1 MiB, whatever its Content-Length said; raises ApiError 413."""
    if scope["type"] != "http":
        return receive
    length = one(scope["headers"], b"content-length")
    if length is not None and length.isdigit() and int(length) > BODY_BYTES:
        raise too_large()
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > BODY_BYTES:
            raise too_large()
        return message

    return counted


def too_large() -> ApiError:
    """The answer to a body over the limit."""
    return ApiError(413, "too_large", "The body is larger than 1 MiB.")


class Answer:
    """What has been sent, so that a fault after it cannot send a second answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.raw = send
        self.begun = time.perf_counter()
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        """Pass a message on, with the security headers if it starts a response."""
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            self.status = message["status"]
            message = security.secured(message, api=roles.is_api(self.scope["path"]))
        elif message["type"] in ("websocket.accept", "websocket.close"):
            self.status = message.get("code", 101)
        await self.raw(message)

    async def refuse(self, response: Response) -> None:
        """Answer with a refusal, unless an answer has begun."""
        if self.status is not None:
            return
        if self.scope["type"] == "websocket" and "websocket.http.response" not in self.scope.get("extensions", {}):
            await self.send({"type": "websocket.close", "code": 1008})
            return
        await response(self.scope, never, self.send)

    def line(self) -> Iterable[Any]:
        """Return the fields of an access log line; never a query, where secrets end up by mistake."""
        took = (time.perf_counter() - self.begun) * 1000
        return self.scope.get("method", "WS"), self.scope["path"].encode("ascii", "replace"), self.status, took


async def never() -> Message:
    """Receive nothing: a refusal reads no body."""
    return {"type": "http.disconnect"}
