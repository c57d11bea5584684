"""Reading a body: JSON or `bad_json`, and nothing in it that no part of the server could hold."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from backend.api.errors import bad_json, from_unfit
from backend.api.wire import parse, unfit


def read(text: bytes | str) -> Any:
    """Read what a client sent; raises ApiError 400 for what is no JSON and 422 for what is too large in it."""
    try:
        content = parse(text)
    except ValueError as fault:
        raise bad_json(str(fault)) from None
    for found in unfit(content):
        raise from_unfit(found)
    return content


class BodyRequest(Request):
    """A request whose body is read here."""

    async def json(self) -> Any:
        """Return the body's content; raises ApiError."""
        if not hasattr(self, "_json"):
            self._json = read(await self.body())
        return self._json


class BodyRoute(APIRoute):
    """A route that takes JSON, said to be JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def checked(request: Request) -> Response:
            request = BodyRequest(request.scope, request.receive)
            if await request.body() and not says_json(request.headers.get("content-type", "")):
                raise bad_json("expected the header Content-Type: application/json")
            return await handle(request)

        return checked


def says_json(content_type: str) -> bool:
    """Whether a Content-Type is JSON's."""
    header = Message()
    header["content-type"] = content_type
    subtype = header.get_content_subtype()
    return header.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))
