"""Listening, serving, and leaving in order: runs are checkpointed before the sockets close."""

from __future__ import annotations

import asyncio
import contextlib
import html
import os
import resource
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from backend.app import create_app
from backend.live.outlet import Outlet
from backend.services import Services, lock, write_server_file
from backend.settings import Settings

BACKLOG = 2048
SEND_BUFFER = 128 << 10
USER_TIMEOUT_MS = 150_000
"""A peer that takes nothing is cut by the kernel after this long: later than a viewer is told to go."""
AGENT_MESSAGE_BYTES = 16 << 20
OPEN_FILES = 4096
KEEP_ALIVE_S = 20
"""Longer than a client keeps an idle connection (httpx: 5 s), or it would write into one that is just closing."""


class Refused(Exception):
    """The server cannot start, for a reason that a person can act on."""


class Server(uvicorn.Server):
    """Uvicorn, which says when it listens and lets the agent finish before it closes the agent's socket."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, announce: Callable[[str], None]) -> None:
        super().__init__(config)
        self.app = app
        self.announce = announce

    @property
    def services(self) -> Services:
        """The parts of the server, once it has started."""
        services: Services = self.app.state.services
        return services

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell agents and people where."""
        await super().startup(sockets)
        if self.started:
            settings = self.services.settings
            write_server_file(settings)
            self.announce(f"{settings.url}/#login={await self.services.identities.login_key()}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Leave every run paused on a checkpoint, then close; a second Ctrl-C does not wait."""
        leaving = asyncio.create_task(self.services.leave())
        while not leaving.done() and not self.force_exit:
            await asyncio.wait([leaving], timeout=0.1)
        leaving.cancel()
        (self.services.settings.data_dir / "server.json").unlink(missing_ok=True)
        await super().shutdown(sockets)


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until a signal; raises Refused if the server cannot start."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = lock(settings.data_dir)
    if held is None:
        raise Refused(
            f"Another server uses {settings.data_dir}. Stop it, or choose another folder with --data-dir "
            "(POLICYSCOPE_DATA_DIR)."
        )
    with held, listening(settings.host, settings.port) as listener:
        raise_file_limit()
        # Uvicorn leaves in order and then raises the signal again, for whoever was there before it.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):
            app = create_app(settings)
            Server(uvicorn_config(app), app, announce).run(sockets=[listener])


def uvicorn_config(app: FastAPI) -> uvicorn.Config:
    """Configure uvicorn: no compression, no forwarded headers, no access log of its own."""
    return uvicorn.Config(
        app,
        lifespan="on",
        ws=Outlet,
        ws_max_size=AGENT_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        log_level="warning",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=3,
    )


def listening(host: str, port: int) -> socket.socket:
    """Return the listening socket, whose bounds every accepted one inherits; raises Refused if it is taken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as fault:
        raise Refused(f"Cannot listen on {host}: {fault}.") from None
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
    try:
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as fault:
        listener.close()
        raise Refused(
            f"Cannot listen on {host}:{port}: {fault.strerror}. Usual cause: another program has the port. Choose "
            "another with --port (POLICYSCOPE_PORT)."
        ) from None
    return listener


def raise_file_limit() -> None:
    """Allow enough open files for a lecture hall of viewers."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def open_browser(settings: Settings, url: str) -> None:
    """Open the page where there is a screen; the key goes by a private file, not by a command line that `ps` shows."""
    if not settings.open_browser or not (sys.platform == "darwin" or os.environ.get("DISPLAY")):
        return
    file = settings.data_dir / "login.html"
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as page:
        page.write(f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(url)}">')
    webbrowser.open(file.as_uri())
