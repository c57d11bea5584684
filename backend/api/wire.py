"""JSON as it enters and leaves the server: what no part could store is refused, non-finite numbers are spelled out."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, WithJsonSchema
from pydantic_core import to_json
from typing_extensions import TypeAliasType

NON_FINITE = ["NaN", "Infinity", "-Infinity"]
INT64 = 2**63 - 1
TEXT_LENGTH = 20_000
DEPTH = 16

Number = TypeAliasType(
    "Number",
    Annotated[float, WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "enum": NON_FINITE}]})],
)
"""A float; on the wire a JSON number or one of the three names of what JSON cannot write."""

ControlValue = TypeAliasType(
    "ControlValue",
    Annotated[
        Any,
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "boolean"},
                    {"type": "number"},
                    {"type": "string"},
                    {"type": "array", "items": {}},
                    {"type": "null"},
                ]
            }
        ),
    ],
)
"""The value of a switch; which ones a switch allows stands in the catalog."""


class Message(BaseModel):
    """Something the server says."""

    model_config = ConfigDict(ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True)


class Request(BaseModel):
    """Something a client says; a field we do not know, or a value of another type, is a mistake."""

    model_config = ConfigDict(extra="forbid", strict=True, ser_json_inf_nan="strings")


class Unfit(NamedTuple):
    """A part of a body that could not be stored or passed on, whatever field it is in."""

    location: tuple[str | int, ...]
    code: str
    message: str


def parse(text: bytes | str) -> Any:
    """Read JSON; raises ValueError for what is none, numbers beyond 4,300 digits and nesting beyond the parser's."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None


def unfit(value: Any, location: tuple[str | int, ...] = ()) -> Iterator[Unfit]:
    """Find what MessagePack, SQLite or UTF-8 could not hold, and what is too large to be meant."""
    if len(location) > DEPTH:
        yield Unfit(location, "invalid_value", f"is nested more than {DEPTH} deep")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if wrong := unfit_text(key):
                yield Unfit(location, "invalid_value", f"has a name that {wrong}")
            else:
                yield from unfit(inner, (*location, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from unfit(inner, (*location, index))
    elif isinstance(value, str):
        if wrong := unfit_text(value):
            yield Unfit(location, "invalid_value", wrong)
    elif isinstance(value, int | float) and (wrong := unfit_number(value)):
        yield Unfit(location, "out_of_range", wrong)


def unfit_number(value: float) -> str | None:
    """Say why a number cannot be taken, or None."""
    if isinstance(value, int):
        return None if abs(value) <= INT64 else "is a whole number beyond 64 bits"
    return None if math.isfinite(value) else f"is {value}; allowed are finite numbers"


def unfit_text(text: str) -> str | None:
    """Say why a text cannot be taken, or None."""
    if len(text) > TEXT_LENGTH:
        return f"has {len(text)} characters; allowed are {TEXT_LENGTH}"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "holds half a character (a lone surrogate); remove it"
    return None


def encode(content: Any) -> bytes:
    """Write JSON, with `"NaN"`, `"Infinity"` and `"-Infinity"` for the numbers that JSON lacks."""
    return to_json(content, inf_nan_mode="strings")


class WireJSON(JSONResponse):
    """The response class of every route."""

    def render(self, content: Any) -> bytes:
        return encode(content)
