"""The formats in which a run leaves; each is loaded when it is first asked for, because its library is large."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from typing import Literal, get_args

from backend.export.source import Source

Format = Literal["csv", "json", "parquet", "html"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "html": "text/html; charset=utf-8",
}


def written(source: Source, kind: Format) -> AsyncIterator[bytes]:
    """Return a run in a format, piece by piece."""
    pieces: AsyncIterator[bytes] = importlib.import_module(f"backend.export.{kind}").write(source)
    return pieces
