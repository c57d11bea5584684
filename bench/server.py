"""A real server with its agent in a folder of its own, for measurements and for the pictures of the README."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

LINK = re.compile(r"http://\S+/#login=(\S+)")


@dataclass(frozen=True)
class Server:
    """Where it listens, and the link that logs in once."""

    url: str
    login: str

    @property
    def key(self) -> str:
        """The secret of the link."""
        return self.login.partition("#login=")[2]


@contextmanager
def running_server() -> Iterator[Server]:
    """Start `policyscope serve` on a free port, wait for its link, and end it with SIGTERM."""
    with TemporaryDirectory(prefix="policyscope-") as folder:
        log, port = Path(folder) / "log", free_port()
        process = start(Path(folder), log, port)
        try:
            yield Server(f"http://127.0.0.1:{port}", login_link(process, log))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def start(folder: Path, log: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the server with all it keeps inside `folder`."""
    environment = os.environ | {
        "POLICYSCOPE_DATA_DIR": str(folder / "data"),
        "POLICYSCOPE_PORT": str(port),
        "POLICYSCOPE_OPEN_BROWSER": "0",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "backend.cli", "serve"]
    with log.open("wb") as output:
        return subprocess.Popen(command, env=environment, stdout=output, stderr=output)


def login_link(process: subprocess.Popen[bytes], log: Path, within_s: float = 30) -> str:
    """Wait for the printed link; a server that ends first, or prints none, raises with its output."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline and process.poll() is None:
        found = LINK.search(log.read_text())
        if found:
            return found[0]
        time.sleep(0.05)
    raise RuntimeError(f"The server printed no login link within {within_s:g} s. Its output:\n{log.read_text()}")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
