"""Policies on a stage, built in memory, and trainers in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from rl_core.config import resolve
from rl_core.journal.inbox import InboxWriter
from rl_core.journal.journal import JournalReader
from rl_core.run.run import Run
from rl_core.run.snapshot import PolicySnapshot
from tests.rl_core.support import SMALL_PPO
from tests.service import eventually


def role(
    env: str = "CartPole-v1", updates: int = 0, base: dict[str, Any] = SMALL_PPO, **controls: Any
) -> PolicySnapshot:
    """The policy of a small run after so many updates."""
    body = {"environment": {"id": env, "num_envs": 2}, "controls": base["controls"] | controls}
    run = Run(resolve(base | body))
    for _ in range(updates):
        run.advance()
    return run.snapshot()


class TrainerProcess:
    """`run_trainer` in a process of its own, as a trainer of the agent is one."""

    def __init__(self, directory: Path, body: dict[str, Any], *commands: dict[str, Any], resume: bool = False) -> None:
        self.directory = directory
        directory.mkdir(exist_ok=True)
        self._inbox = InboxWriter(directory / "inbox.bin")
        self._reader = JournalReader(directory)
        self._records: list[dict[str, Any]] = []
        for command in commands:
            self.command(**command)
        self.process = self._start(body, resume)

    def _start(self, body: dict[str, Any], resume: bool) -> subprocess.Popen[bytes]:
        arguments = [sys.executable, "-m", "tests.rl_core.evaluate.players", str(self.directory), json.dumps(body)]
        arguments += ["--resume"] * resume
        return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, start_new_session=True)

    def command(self, **command: Any) -> None:
        self._inbox.append(command)

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        self._records += self._reader.read()
        return [r for r in self._records if r["type"] == "event" and kind in ("", r["kind"])]

    def until(self, kind: str, count: int = 1, seconds: float = 90) -> dict[str, Any]:
        """Wait for so many events of a kind; the last of them."""
        found = eventually(lambda: self.events(kind)[count - 1 :], f"{count} {kind}", seconds)
        return found[0]

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._inbox.close()
        self._reader.close()


def children(pid: int) -> list[int]:
    """The living children of a process."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


if __name__ == "__main__":
    from rl_core.trainer.trainer import run_trainer

    run_trainer(resolve(json.loads(sys.argv[2])), Path(sys.argv[1]), resume="--resume" in sys.argv)
