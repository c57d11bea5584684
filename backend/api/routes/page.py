"""The browser part: built files, and the page itself for every address that the page understands."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, HTMLResponse

from backend.api.errors import ApiError

router = APIRouter(include_in_schema=False)

STATIC = Path(__file__).parents[2] / "static"
FOREVER = "public, max-age=31536000, immutable"
"""Vite puts a hash of the content into the names under assets/."""

NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Policyscope</title></head>
<body><h1>The browser part is not built</h1>
<p>The server runs; its interface is described at <a href="/docs">/docs</a>.
From a clone, <code>make run</code> builds the page. By hand: <code>pip install --editable .</code></p></body></html>
"""


@router.get("/{path:path}")
async def page(path: str) -> Response:
    """Serve a built file, or the page for an address of its own such as /runs/ID."""
    file = built(path)
    if file is not None:
        return FileResponse(file, headers={"Cache-Control": FOREVER if path.startswith("assets/") else "no-cache"})
    if "." in path.rpartition("/")[2] or path.startswith("assets/"):
        raise ApiError(404, "not_found", "There is no such file.")
    index = STATIC / "index.html"
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, status_code=503)
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


def built(path: str) -> Path | None:
    """Return a file of the build, never one outside it."""
    if not path or "\0" in path:
        return None
    file = (STATIC / path).resolve()
    return file if file.is_relative_to(STATIC.resolve()) and file.is_file() else None
