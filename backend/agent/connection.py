"""Keeping a connection to the server: where it is, with which token, and how long to wait before the next try."""

import asyncio
import logging
import random
import stat
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from backend.agent.timings import Timings

logger = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 16 << 20
PONG_S = 60.0
"""The server answers a ping behind the records before it, each committed to a disk that others use too."""


class Address(NamedTuple):
    """Where the server listens and what proves that we are its agent."""

    url: str
    token: str


class ServerFile(msgspec.Struct):
    """What the agent needs of `server.json`."""

    url: str


class Connection:
    """Connects, serves, and connects again, for as long as it runs."""

    def __init__(self, data_dir: Path, timings: Timings, serve: Callable[[ClientConnection], Awaitable[None]]) -> None:
        self._data_dir = data_dir
        self._timings = timings
        self._serve = serve
        self._failures = 0
        self._away_since: float | None = time.monotonic()

    @property
    def away_for(self) -> float:
        """Seconds since the server was last there, 0 while it is."""
        return 0.0 if self._away_since is None else time.monotonic() - self._away_since

    def established(self) -> None:
        """Note that the server has answered: the next failure is the first one again."""
        self._failures = 0
        self._away_since = None

    async def run(self) -> None:
        while True:
            try:
                await self._once(read_address(self._data_dir))
            except (OSError, ValueError, msgspec.MsgspecError, InvalidHandshake, InvalidURI, ConnectionClosed) as error:
                self._report(error)
            if self._away_since is None:
                self._away_since = time.monotonic()
            self._failures += 1
            await asyncio.sleep(backoff(self._failures, self._timings))

    async def _once(self, address: Address) -> None:
        headers = {"Authorization": f"Bearer {address.token}"}
        async with connect(
            address.url, additional_headers=headers, compression=None, proxy=None, max_size=MAX_MESSAGE_BYTES,
            ping_timeout=PONG_S,
        ) as socket:  # fmt: skip
            await self._serve(socket)

    def _report(self, error: BaseException) -> None:
        """Say each failure once and not at every try."""
        level = logging.WARNING if self._failures == 0 else logging.DEBUG
        logger.log(level, "no connection to the server: %s", error)


def backoff(failures: int, timings: Timings) -> float:
    """Draw the wait before the next try, so that many agents do not come back all at once."""
    ceiling = min(timings.backoff_max, timings.backoff_min * 2.0 ** min(failures, 10))
    return random.uniform(timings.backoff_min, ceiling)


def read_address(data_dir: Path) -> Address:
    """Read where the server is now; raises OSError or ValueError while it is not there or not trustworthy."""
    token_file = data_dir / "agent.token"
    if stat.S_IMODE(token_file.stat().st_mode) & 0o077:
        raise ValueError(f"{token_file.name} can be read by other users; expected mode 0600. Delete it and restart.")
    server = msgspec.json.decode((data_dir / "server.json").read_bytes(), type=ServerFile)
    return Address(server.url, token_file.read_text().strip())
