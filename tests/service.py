"""`policyscope serve` as processes that a test may kill: the server, its agent and the agent's trainers."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

LINK = re.compile(r"http://\S+/#login=\S+")
REPOSITORY = Path(__file__).parents[1]
Found = TypeVar("Found")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], Found], what: str, within_s: float = 60.0, every_s: float = 0.02) -> Found:
    """Look until something true is found and return it; what the server cannot answer yet is looked for again."""
    deadline, last = time.monotonic() + within_s, None
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if last := look():
                return last
        time.sleep(every_s)
    raise AssertionError(f"Not within {within_s:g} s: {what} (last seen: {last!r})")


@dataclass(frozen=True)
class Processes:
    """Who lives in a data folder: agents, and trainers by the run whose lock they hold."""

    agents: list[int]
    trainers: dict[str, list[int]]


class Service:
    """One server with a data folder and a port of its own, across kills and starts."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.data_dir = folder / "data"
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "POLICYSCOPE_DATA_DIR": str(self.data_dir),
            "POLICYSCOPE_PORT": str(self.port),
            "POLICYSCOPE_OPEN_BROWSER": "0",
            "POLICYSCOPE_MAX_RUNNING": "8",
            "POLICYSCOPE_SOCKETS_PER_SESSION": "50",
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.login = ""
        """The link that the last start printed; it logs in once."""

    @cached_property
    def client(self) -> httpx.Client:
        """Speaks with a bearer token, as a script would."""
        token = self.command("token").strip()
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=60.0, trust_env=False
        )

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": self.client.headers["Authorization"]}

    def start(self) -> None:
        """Start the server and wait until it has printed its link."""
        with self.log.open("ab") as output:
            begin = output.tell()
            command = [sys.executable, "-m", "backend.cli", "serve"]
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        self.login = eventually(lambda: self._link(begin), f"the login link in the output of {self.url}", 60)

    def ready(self) -> None:
        """Wait until the agent is there, warm and connected."""
        eventually(lambda: self.client.get("/api/catalog").status_code == 200, "the engine's catalog", 60)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to the server alone and wait for its end."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(30)

    def command(self, *arguments: str) -> str:
        """Run a command of the command line and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "backend.cli", *arguments],
            env=self.environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"policyscope {arguments[0]} ended with {done.returncode}: {done.stderr}"
        return done.stdout

    def get(self, path: str, **parameters: Any) -> Any:
        """Read JSON; an error of the server fails the test."""
        return checked(self.client.get(path, params=parameters))

    def post(self, path: str, body: dict[str, Any], key: str | None = None) -> Any:
        """Post JSON; an error of the server fails the test."""
        return checked(self.client.post(path, json=body, headers={"Idempotency-Key": key} if key else {}))

    def act(self, run: str, action: str, **fields: Any) -> Any:
        """Post an action on a run."""
        return self.post(f"/api/runs/{run}/actions", {"action": action, **fields})

    def run(self, run: str) -> dict[str, Any]:
        """Return a run's record."""
        return dict(self.get(f"/api/runs/{run}"))

    def until(
        self, run: str, ready: Callable[[dict[str, Any]], bool], what: str, within_s: float = 60
    ) -> dict[str, Any]:
        """Wait until a run's record is as wanted and return it."""
        seen: dict[str, Any] = {}

        def look() -> bool:
            seen.update(self.run(run))
            return ready(seen)

        try:
            eventually(look, what, within_s)
        except AssertionError as late:
            shown = {name: seen.get(name) for name in ("state", "reachable", "reason", "update", "head", "version")}
            raise AssertionError(f"{late}; the run: {shown}") from None
        return seen

    def processes(self) -> Processes:
        """Look into /proc: whose command line names this folder, and whose descriptors hold which lock."""
        agents: list[int] = []
        trainers: dict[str, list[psutil.Process]] = {}
        for process, held in self._held().items():
            runs = {path.parent.name for path in held if path.name == "lock"}
            if Path(self.data_dir / "agent.lock") in held and not self._forked(process):
                agents.append(process.pid)
            for run in runs if process.pid not in agents else ():
                trainers.setdefault(run, []).append(process)
        return Processes(agents, {run: without_forks(holders) for run, holders in trainers.items()})

    def end(self) -> None:
        """Leave nothing behind: SIGTERM for the server, then SIGKILL for whatever still lives in its folder."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            self.process.kill()
            self.process.wait(10)
        for process in self._mine():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if "client" in self.__dict__:
            self.client.close()

    def _link(self, begin: int) -> str | None:
        assert self.process is not None
        output = self.log.read_bytes()[begin:].decode()
        assert self.process.poll() is None, f"The server ended with {self.process.returncode}:\n{output}"
        found = LINK.search(output)
        return found[0] if found else None

    def _mine(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if str(self.data_dir) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                    yield process

    def _held(self) -> dict[psutil.Process, set[Path]]:
        held: dict[psutil.Process, set[Path]] = {}
        for process in self._mine():
            with contextlib.suppress(psutil.Error, OSError):
                links = Path(f"/proc/{process.pid}/fd").iterdir()
                held[process] = {Path(os.readlink(link)) for link in links}
        return held

    def _forked(self, process: psutil.Process) -> bool:
        """Whether a process is the agent's child in the moment before it closes what it inherited."""
        with contextlib.suppress(psutil.Error):
            parent = process.parent()
            return parent is not None and str(self.data_dir) in parent.cmdline()
        return False


def without_forks(holders: list[psutil.Process]) -> list[int]:
    """The processes that took a lock, less a trainer's child in the moment before it closes what it inherited."""
    pids = {process.pid for process in holders}
    return [process.pid for process in holders if process.ppid() not in pids]


def checked(answer: httpx.Response) -> Any:
    """Return the JSON of an answer, or fail with what the server said."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None
