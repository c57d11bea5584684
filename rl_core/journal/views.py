"""Live views on their way from a trainer's watcher to the agent: one datagram each, never waited for.

The socket is `view.sock` in the run's directory. Both ends name it through `/proc/self/fd`, because the path of a Unix
socket may have 107 bytes and that of a data directory may have more.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

NAME = "view.sock"
DATAGRAM_BYTES = 128 << 10


class ViewSender:
    """The watcher's end."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._encoder = msgspec.msgpack.Encoder()
        self._heard_at = time.monotonic()

    @property
    def unheard_for(self) -> float:
        """Seconds since somebody last listened."""
        return time.monotonic() - self._heard_at

    def send(self, view: dict[str, Any]) -> None:
        """Send a view, or drop it: nobody listens, or the listener has not read the last ones yet."""
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError), _short(self._run) as name:
            with contextlib.suppress(BlockingIOError):
                self._socket.sendto(self._encoder.encode(view), name)
            self._heard_at = time.monotonic()

    def close(self) -> None:
        self._socket.close()


class ViewReceiver:
    """The agent's end; `fileno` is readable when a view has come."""

    def __init__(self, run: Path) -> None:
        self._path = run / NAME
        self._path.unlink(missing_ok=True)  # of an agent that was killed
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        with _short(run) as name:
            self._socket.bind(name)

    def fileno(self) -> int:
        return self._socket.fileno()

    def receive(self) -> dict[str, Any] | None:
        """The next view; None when there is no more. Raises msgspec.MsgspecError for one that makes no sense."""
        try:
            datagram = self._socket.recv(DATAGRAM_BYTES)
        except BlockingIOError:
            return None
        return msgspec.msgpack.decode(datagram, type=dict[str, Any])

    def close(self) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)


@contextlib.contextmanager
def _short(run: Path) -> Iterator[str]:
    """A name of the run's socket that is short however deep the run's directory lies."""
    folder = os.open(run, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{NAME}"
    finally:
        os.close(folder)
