"""One error object for everything that is refused or breaks."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from backend.api.fields import known_names
from backend.api.text import printable
from backend.api.wire import Unfit, WireJSON

log = logging.getLogger("policyscope.api")

CODES = {400: "bad_request", 401: "unauthorised", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}
BOUNDS = {
    "greater_than_equal": "at least {ge:.16g}",
    "less_than_equal": "at most {le:.16g}",
    "greater_than": "more than {gt:.16g}",
    "less_than": "less than {lt:.16g}",
    "finite_number": "finite numbers",
}
NOT_IN_FIELD = {"body", "query", "path", "header"}
ACTIONS = {"pause", "resume", "checkpoint", "step", "pace", "stop", "record"}
TAGS = ACTIONS | {"subscribe", "unsubscribe", "set_controls", "watch"}
SHOWN = 80
"""Characters of what a client sent that a message repeats."""


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
    return ApiError(404, "not_found", f"There is no run {shown(run)}.")


def wrong_state(state: str, what: str) -> ApiError:
    """The run is in a state in which this cannot be done."""
    return ApiError(409, "wrong_state", f"The run is {state}; {what}")


def agent_unavailable() -> ApiError:
    """Nobody is there who could start, validate or speak to a trainer."""
    message = "No agent is connected: it is starting, or it stopped. Try again; agent.log in the data folder says why."
    return ApiError(503, "agent_unavailable", message, headers={"Retry-After": "2"})


def refused(errors: list[dict[str, Any]], listed: str = "; POST /api/validate lists all") -> ApiError:
    """Turn the engine's list of errors into one answer: the first, with how many more there are."""
    first = errors[0]
    more = f" ({len(errors) - 1} more{listed}.)" if len(errors) > 1 else ""
    message = first["message"] + more
    return ApiError(422, first["code"], message, field=first.get("field"), did_you_mean=first.get("did_you_mean", ()))


def response(status: int, error: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Build the answer that carries an error object."""
    return WireJSON({"error": error}, status, headers=dict(headers or {}))


def field_of(location: Iterable[str | int]) -> str | None:
    """Write pydantic's location as the dotted path that the client wrote."""
    parts = [part for part in location if part not in NOT_IN_FIELD]
    # A union puts its tag, or the type it tried, into the path.
    if len(parts) > 1 and parts[0] in TAGS:
        parts = parts[1:]
    return dotted(part for part in parts if "[" not in str(part))


def dotted(location: Iterable[str | int]) -> str | None:
    """Write a path with dots; a control's value is one field, whatever it is made of."""
    parts = [str(part)[:SHOWN] for part in location]
    if len(parts) > 1 and parts[0] in ("controls", "values"):
        parts = ["controls", parts[1]]
    elif parts[:2] == ["environment", "kwargs"]:
        parts = parts[:3]
    return ".".join(parts) or None


def invalid(found: Mapping[str, Any], model: Any = None) -> dict[str, Any]:
    """Turn one pydantic error about a value of `model` into an error object."""
    field, kind = field_of(found["loc"]), found["type"]
    context = found.get("ctx") or {}
    name = (field or "The body").rpartition(".")[2]
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return unknown_tag(kind, context)
    if kind == "extra_forbidden":
        close = near(name, known_names(model, found["loc"]))
        return error_object("unknown_field", f"There is no {field}.{meant(close)}", field=field, did_you_mean=close)
    if kind == "missing":
        return error_object("missing_field", f"{field or 'The body'} is missing.", field=field)
    if kind in BOUNDS:
        message = f"{name} is {shown(found.get('input'))}; allowed {BOUNDS[kind].format(**context)}."
        return error_object("out_of_range", message, field=field)
    text = found["msg"].removeprefix("Value error, ")
    message = f"{field} {text}." if kind == "value_error" else f"{field or 'The body'}: {text}."
    return error_object("invalid_value", message, field=field)


def unknown_tag(kind: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """Say which actions, or which messages, there are."""
    field = str(context["discriminator"]).strip("'")
    if kind == "union_tag_not_found":
        return error_object("missing_field", f"{field} is missing.", field=field)
    known = str(context["expected_tags"]).replace("'", "").split(", ")
    close = near(str(context["tag"]), known)
    message = f"There is no {field} {shown(context['tag'])}; allowed {', '.join(known)}.{meant(close)}"
    return error_object("invalid_value", message, field=field, did_you_mean=close)


def meant(close: list[str]) -> str:
    """Ask what was meant, if something resembles it."""
    return f" Did you mean {' or '.join(close)}?" if close else ""


def shown(value: Any) -> str:
    """Return what was found, as far as a message repeats it; a query's numbers arrive as text."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def first_invalid(found: ValidationError, model: type[BaseModel]) -> ApiError:
    """Turn what is wrong with a body of `model` into an answer."""
    first = found.errors(include_url=False)[0]
    return from_object(422, invalid(first, model))


def from_object(status: int, error: Mapping[str, Any]) -> ApiError:
    """Raiseable form of an error object."""
    about = {name: error[name] for name in ("field", "did_you_mean")}
    return ApiError(status, error["code"], error["message"], **about)


def bad_json(why: str) -> ApiError:
    """The body cannot be read at all."""
    return ApiError(400, "bad_json", f"The body cannot be read as JSON: {why[:200]}.")


def from_unfit(found: Unfit) -> ApiError:
    """The body holds something that no part of the server could hold."""
    field = dotted(found.location)
    return ApiError(422, found.code, f"{field or 'The body'} {found.message}.", field=field)


async def on_http(_request: Request, exc: Exception) -> Response:
    """Answer a refusal, ours or the framework's."""
    assert isinstance(exc, HTTPException)
    if isinstance(exc, ApiError):
        return response(exc.status_code, exc.error, exc.headers)
    code = CODES.get(exc.status_code, "refused")
    return response(exc.status_code, error_object(code, str(exc.detail)), exc.headers)


async def on_invalid(request: Request, exc: Exception) -> Response:
    """Answer a body or a query that does not fit its model."""
    assert isinstance(exc, RequestValidationError)
    body = getattr(request.scope.get("route"), "body_field", None)
    return response(422, invalid(exc.errors()[0], body and body.field_info.annotation))


def internal(method: str, path: str, exc: Exception) -> Response:
    """Log a fault of ours and say no more than that there was one."""
    log.error("%s %s failed", method, path, exc_info=exc)
    return response(500, error_object("internal_error", "The server failed on this request; its log says why."))


def install(app: FastAPI) -> None:
    """Answer every refusal of the app with the error object."""
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
