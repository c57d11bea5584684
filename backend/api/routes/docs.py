"""`/docs` without a foreign host: Swagger's own files come from an installed package."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, HTMLResponse

from backend.api.errors import ApiError

router = APIRouter(include_in_schema=False)

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Policyscope API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="/docs/favicon.png"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
"""
START = "SwaggerUIBundle({url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null});\n"
ASSETS = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "favicon.png": "image/png"}


def folder() -> Path:
    """Where the package keeps the files; it is found, not imported."""
    spec = find_spec("fastapi_offline")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"


@router.get("/docs")
async def docs() -> Response:
    """Show the interface, generated from the same models that check it."""
    return HTMLResponse(PAGE)


@router.get("/docs/{asset}")
async def asset(asset: str) -> Response:
    """Serve one of Swagger's files."""
    if asset == "start.js":
        return Response(START, media_type="text/javascript")
    if asset not in ASSETS:
        raise ApiError(404, "not_found", "There is no such file.")
    return FileResponse(folder() / asset, media_type=ASSETS[asset])
