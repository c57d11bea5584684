"""`policyscope export`: through the server of the data folder, or from the store where no server runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from backend.client import NoServer, ask, download, with_store
from backend.export.formats import Format, written
from backend.export.source import Source
from backend.settings import Settings
from backend.storage import Store

PAGE = 200


class NoSuchRun(Exception):
    """No run, or more than one, is meant."""


def export(settings: Settings, wanted: str, kind: Format, out: Path | None, catalog: Any) -> Path:
    """Write a run into a file and return its path; `catalog()` is asked only where no server knows it.

    Raises NoSuchRun, and ServerSaid where the server refuses.
    """
    try:
        run = chosen(wanted, candidates(settings, wanted))
        return download(settings, f"/api/runs/{run}/export?format={kind}", out)
    except NoServer:
        declared = catalog()
        return with_store(settings, lambda store: from_store(store, wanted, kind, out, declared))


def candidates(settings: Settings, wanted: str) -> list[dict[str, Any]]:
    """Ask the server for the runs whose id or name holds a text."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = ask(settings, "GET", f"/api/runs?limit={PAGE}&q={quote(wanted, safe='')}{after}")
        found += page["runs"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def chosen(wanted: str, runs: Sequence[dict[str, Any]]) -> str:
    """Return the id that is meant: an id, else the one id that begins so, else the one run of that name."""
    begun = [run for run in runs if wanted and run["id"].startswith(wanted)]
    exact = [run for run in runs if run["id"] == wanted]
    named = [run for run in runs if run["name"] == wanted]
    for fits in (exact, begun if len(begun) == 1 else named, begun):
        if len(fits) > 1:
            ids = ", ".join(run["id"] for run in fits[:5])
            raise NoSuchRun(f"{len(fits)} runs fit {wanted!r}: {ids}. Give the id of one of them.")
        if fits:
            return str(fits[0]["id"])
    raise NoSuchRun(
        f"There is no run {wanted!r}; expected an id, the beginning of one, or a name. See `policyscope runs`."
    )


async def from_store(store: Store, wanted: str, kind: Format, out: Path | None, catalog: dict[str, Any]) -> Path:
    """Write a run that lies in the store."""
    found, after = await store.list_runs(PAGE, q=wanted)
    while after is not None:
        more, after = await store.list_runs(PAGE, after, q=wanted)
        found += more
    record = await store.get_run(chosen(wanted, [run.to_json() for run in found]))
    assert record is not None
    source = await Source.of(store, record, catalog)
    target = out or Path(source.file_name(kind))
    with target.open("wb") as file:
        async for piece in written(source, kind):
            file.write(piece)
    return target
