"""How the command line speaks to the server of its data folder, or to the store where no server runs."""

from __future__ import annotations

import asyncio
import http.client
import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from backend.settings import Settings
from backend.storage import Store

Result = TypeVar("Result")


class NoServer(Exception):
    """No server runs on this data folder."""


class ServerSaid(Exception):
    """The server refused; the text is its own sentence."""


def ask(settings: Settings, method: str, path: str) -> Any:
    """Ask the running server as the owner of its data folder; raises NoServer or ServerSaid."""
    with opened(settings, method, path) as answer:
        return json.load(answer)


def download(settings: Settings, path: str, out: Path | None) -> Path:
    """Save an answer of the server under its own name, or another; raises NoServer or ServerSaid."""
    with opened(settings, "GET", path) as answer:
        target = out or Path(Path(answer.headers.get_filename() or "export").name)
        with target.open("wb") as file:
            shutil.copyfileobj(answer, file)
    return target


def opened(settings: Settings, method: str, path: str) -> http.client.HTTPResponse:
    """Send a request and return the answer, its body unread; raises NoServer or ServerSaid."""
    try:
        url = json.loads((settings.data_dir / "server.json").read_text())["http"]
        token = (settings.data_dir / "local.token").read_text()
    except (OSError, ValueError):
        raise NoServer from None
    request = urllib.request.Request(url + path, method=method, headers={"Authorization": f"Bearer {token}"})
    try:
        # The address comes from our own file, not from a user of the network.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return cast(http.client.HTTPResponse, opener.open(request, timeout=60))
    except urllib.error.HTTPError as refusal:
        raise ServerSaid(json.load(refusal)["error"]["message"]) from None
    except OSError:
        raise NoServer from None


def with_store(settings: Settings, use: Callable[[Store], Awaitable[Result]]) -> Result:
    """Do something with the store itself."""

    async def used() -> Result:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        store = Store.open(settings.database)
        try:
            return await use(store)
        finally:
            await store.close()

    return asyncio.run(used())
