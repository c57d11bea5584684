"""One error object for everything that is refused or breaks."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from backend.api.text import printable
from backend.api.wire import WireJSON

log = logging.getLogger("policyscope.api")

CODES = {400: "bad_request", 401: "unauthorised", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}
KINDS = {"extra_forbidden": "unknown_field", "missing": "missing_field", "json_invalid": "bad_json"}
NOT_IN_FIELD = {"body", "query", "path", "header"}
TAGS = {"pause", "resume", "checkpoint", "step", "pace", "stop", "subscribe", "unsubscribe", "set_controls"}


class ApiError(HTTPException):
    """A refusal that a client can act on."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str | None = None,
        did_you_mean: Iterable[str] = (),
        current: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message, headers=headers)
        self.error = error_object(code, message, field=field, did_you_mean=did_you_mean, current=current)


def error_object(
    code: str,
    message: str,
    *,
    field: str | None = None,
    did_you_mean: Iterable[str] = (),
    current: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Build the error object."""
    return {
        "code": code,
        "message": printable(message),
        "field": None if field is None else printable(field),
        "did_you_mean": [printable(word) for word in did_you_mean],
        "current": None if current is None else dict(current),
    }


def near(word: str, words: Iterable[str]) -> list[str]:
    """Return the known words that resemble a mistyped one."""
    return difflib.get_close_matches(word, list(words), n=3)


def not_found(run: str) -> ApiError:
    """No such run, or one that is deleted: the two answers are the same."""
    return ApiError(404, "not_found", f"There is no run {run}.")


def wrong_state(state: str, what: str) -> ApiError:
    """The run is in a state in which this cannot be done."""
    return ApiError(409, "wrong_state", f"The run is {state}; {what}")


def agent_unavailable() -> ApiError:
    """Nobody is there who could start, validate or speak to a trainer."""
    message = "No agent is connected: it is starting, or it stopped. Try again; agent.log in the data folder says why."
    return ApiError(503, "agent_unavailable", message, headers={"Retry-After": "2"})


def refused(errors: list[dict[str, Any]]) -> ApiError:
    """Turn the engine's list of errors into one answer: the first, with how many more there are."""
    first = errors[0]
    more = f" ({len(errors) - 1} more; POST /api/validate lists all.)" if len(errors) > 1 else ""
    message = first["message"] + more
    return ApiError(422, first["code"], message, field=first.get("field"), did_you_mean=first.get("did_you_mean", ()))


def response(status: int, error: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Build the answer that carries an error object."""
    return WireJSON({"error": error}, status, headers=dict(headers or {}))


def field_of(location: Iterable[str | int]) -> str | None:
    """Write pydantic's location as the dotted path that the client wrote."""
    parts = [str(part) for part in location if part not in NOT_IN_FIELD]
    # A union puts its tag, or the type it tried, into the path.
    if len(parts) > 1 and parts[0] in TAGS:
        parts = parts[1:]
    return ".".join(part for part in parts if "[" not in part) or None


def invalid(found: Mapping[str, Any]) -> dict[str, Any]:
    """Turn one pydantic error into an error object."""
    code = KINDS.get(found["type"], "invalid_value")
    field = None if code == "bad_json" else field_of(found["loc"])
    text = found["msg"].removeprefix("Value error, ")
    message = f"{field} {text}." if found["type"] == "value_error" else f"{field or 'The body'}: {text}."
    return error_object(code, message, field=field)


async def on_http(_request: Request, exc: Exception) -> Response:
    """Answer a refusal, ours or the framework's."""
    assert isinstance(exc, HTTPException)
    if isinstance(exc, ApiError):
        return response(exc.status_code, exc.error, exc.headers)
    code = CODES.get(exc.status_code, "refused")
    return response(exc.status_code, error_object(code, str(exc.detail)), exc.headers)


async def on_invalid(_request: Request, exc: Exception) -> Response:
    """Answer a body or a query that does not fit its model."""
    assert isinstance(exc, RequestValidationError)
    found = exc.errors()[0]
    status = 400 if found["type"] == "json_invalid" else 422
    return response(status, invalid(found))


def internal(method: str, path: str, exc: Exception) -> Response:
    """Log a fault of ours and say no more than that there was one."""
    log.error("%s %s failed", method, path, exc_info=exc)
    return response(500, error_object("internal_error", "The server failed on this request; its log says why."))


def install(app: FastAPI) -> None:
    """Answer every refusal of the app with the error object."""
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
