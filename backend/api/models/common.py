"""The error object, and what needs no run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from backend.api.wire import ControlValue, Message, Request


class Register(Message):
    """What a stale edit lost against: the newest version of a run's controls."""

    version: int
    values: dict[str, ControlValue]
    by: str | None


class ErrorObject(Message):
    """What went wrong: found, expected, usual cause, fix."""

    code: str
    message: str
    field: str | None = Field(description="Dotted path of the offending field, e.g. `controls.gamma`.")
    did_you_mean: list[str]
    current: Register | None = Field(description="Only with 409 after a stale edit.")


class ErrorBody(Message):
    """The body of every answer that is not a success."""

    error: ErrorObject


class Health(Message):
    """The server is up."""

    status: Literal["ok"]
    version: str


class LoginRequest(Request):
    """The key from the fragment of the printed URL; it works once."""

    key: str = Field(max_length=200)


class SessionInfo(Message):
    """Who this session is."""

    name: str
    role: str


class LoginKey(Message):
    """A fresh login URL and the one-time key in its fragment."""

    url: str
    key: str


class Token(Message):
    """A bearer token; it is shown once and stored only as a hash."""

    token: str
    role: str
