"""JSON as it leaves the server: non-finite numbers are spelled out, never dropped."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, JsonValue, WithJsonSchema
from pydantic_core import to_json
from typing_extensions import TypeAliasType

NON_FINITE = ["NaN", "Infinity", "-Infinity"]

Number = TypeAliasType(
    "Number",
    Annotated[float, WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "enum": NON_FINITE}]})],
)
"""A float; on the wire a JSON number or one of the three names of what JSON cannot write."""

ControlValue = TypeAliasType(
    "ControlValue",
    Annotated[
        JsonValue,
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
    """Something a client says; a field we do not know is a mistake, not decoration."""

    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="strings")


def encode(content: Any) -> bytes:
    """Write JSON, with `"NaN"`, `"Infinity"` and `"-Infinity"` for the numbers that JSON lacks."""
    return to_json(content, inf_nan_mode="strings")


class WireJSON(JSONResponse):
    """The response class of every route."""

    def render(self, content: Any) -> bytes:
        return encode(content)
