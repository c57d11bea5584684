"""Writes the schema that the browser part's types are generated from: `python -m backend.schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from backend.api.models.runs import StartRequest
from backend.app import create_app
from backend.live.messages import client_message, server_message
from backend.settings import Settings

TARGET = Path(__file__).parents[1] / "frontend" / "src" / "generated" / "schema.json"
REF = "#/components/schemas/{model}"


def schema() -> dict[str, Any]:
    """Return the OpenAPI document with both sides of the live protocol among its components."""
    document = create_app(Settings(data_dir=Path("unused"))).openapi()
    components: dict[str, Any] = document["components"]["schemas"]
    sides = {
        "ClientMessage": client_message.json_schema(mode="validation", ref_template=REF),
        "ServerMessage": server_message.json_schema(mode="serialization", ref_template=REF),
    }
    for name, described in sides.items():
        components.update(described.pop("$defs", {}))
        components[name] = described
    _, start = models_json_schema([(StartRequest, "validation")], ref_template=REF)
    components.update(start["$defs"])
    document["components"]["schemas"] = dict(sorted(components.items()))
    return document


def main() -> None:
    """Write the schema file."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
    print(f"wrote {TARGET.relative_to(TARGET.parents[3])}")


if __name__ == "__main__":
    main()
