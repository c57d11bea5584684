"""One round: two runs under watch, something done to them, a kill, and the check of everything afterwards."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil

from tests.faults import checker
from tests.faults.viewer import Viewer
from tests.faults.witness import Witness
from tests.service import Service, eventually

SMALL = {"n_steps": 16, "epochs": 1, "minibatches": 1, "hidden_size": 16}
"""Updates of two milliseconds: the numbers do not matter here, only that none of them is lost."""
PACES = (100, 40)
MOMENTS = ("start", "run", "edit", "checkpoint", "stop")
VALUES: dict[str, list[Any]] = {"advantage": ["pass", "block"], "gamma": [0.9, 0.95, 0.99], "entropy_coef": [0.0, 0.01]}


def body(**fields: Any) -> dict[str, Any]:
    """Describe a run that goes on until it is stopped."""
    environment = {"id": "CartPole-v1", "num_envs": 2}
    given = {"recipe": "cartpole-ppo", "environment": environment, "controls": SMALL, "budget": {"env_steps": 10**7}}
    return given | fields


class Scenario:
    """Two runs on a service, three viewers and a witness; `seed` decides what is done, and when."""

    def __init__(self, service: Service, folder: Path, seed: int) -> None:
        self.service = service
        self.random = random.Random(seed)
        self.witness = Witness(service.data_dir / "runs", folder / "witness")
        self.viewers = [
            Viewer(service.url, service.bearer),
            Viewer(service.url, service.bearer, max_hz=10),
            Viewer(service.url, service.bearer, leaves_after_s=0.6),
        ]
        self.runs: list[str] = []
        self.asked: dict[str, list[str]] = {}

    @contextlib.contextmanager
    def watched(self) -> Iterator[Scenario]:
        """Watch while something goes wrong, and leave no run behind."""
        for thread in (self.witness, *self.viewers):
            thread.start()
        try:
            yield self
        finally:
            for viewer in self.viewers:
                viewer.end()
            self.witness.end()
            self._abandon()

    def launch(self, **fields: Any) -> str:
        """Start a run, as often as it takes: the key makes it one."""
        key = str(uuid4())

        def post() -> str | None:
            answer = self.service.client.post("/api/runs", json=body(**fields), headers={"Idempotency-Key": key})
            return None if answer.status_code == 503 else answer.raise_for_status().json()["id"]

        run = eventually(post, "a server and an agent that start a run", 60)
        self.runs.append(run)
        self.asked[run] = []
        for viewer in self.viewers:
            viewer.follow(run)
        return run

    def launch_two(self) -> None:
        """Start one run for each pace, the second a moment later."""
        for pace in PACES:
            self.launch(pace=pace)

    def reach(self, updates: int, *, of: str | None = None) -> None:
        """Let runs train for that many further updates."""
        for run in [of] if of else self.runs:
            goal = self.service.run(run)["update"] + updates
            self.service.until(run, lambda record, goal=goal: record["update"] >= goal, f"update {goal}", 60)  # type: ignore[misc]

    def get_to(self, moment: str, run: str) -> threading.Thread | None:
        """Come to the moment of the kill: some time into the life of a run, or just after a request was sent."""
        if moment == "start":
            self._pause(0.3)
            return None
        self.reach(5, of=run)
        if moment == "run":
            self._pause(0.3)
            return None
        request = threading.Thread(target=self.ask, args=(moment, run), daemon=True)
        request.start()
        self._pause(0.04)
        return request

    def ask(self, what: str, run: str) -> None:
        """Ask something of a run; what is answered with 2xx has to be found in its log."""
        with contextlib.suppress(httpx.TransportError):
            if what == "edit":
                name = self.random.choice(list(VALUES))
                values = {name: self.random.choice(VALUES[name])}
                answer = self.service.client.patch(f"/api/runs/{run}/controls", json={"values": values})
            else:
                action = {"action": what, "checkpoint": True} if what == "stop" else {"action": what}
                answer = self.service.client.post(f"/api/runs/{run}/actions", json=action)
            if answer.is_success and answer.content:
                said = answer.json()
                self.asked[run] += [one for one in (said.get("edit_id"), said.get("action_id")) if one]

    def kill_trainer(self, run: str) -> None:
        """Send SIGKILL to the process that holds a run's lock, if one does."""
        for pid in self.service.processes().trainers.get(run, []):
            kill(pid)

    def kill_agent(self) -> None:
        """Send SIGKILL to the agent."""
        for pid in self.service.processes().agents:
            kill(pid)

    def finish(self) -> None:
        """Stop what still runs, politely."""
        for run in self.runs:
            state = self.service.run(run)["state"]
            if state not in (*checker.TERMINAL, "stopping"):
                self.ask("stop", run)
        for run in self.runs:
            self.service.until(run, lambda record: record["state"] in checker.TERMINAL, "the end of the run")

    def violations(self) -> list[str]:
        """Check everything, now that the runs have ended."""
        self.witness.look()
        acknowledged = self.witness.acknowledged
        found = [
            one
            for run in self.runs
            for one in checker.of_run(self.service, run, acknowledged.get(run, {}), self.viewers, self.asked[run])
        ]
        return [*found, *self.witness.repeated, *self.lives()]

    def lives(self) -> list[str]:
        """Check who lives, a moment after an end."""
        checker.with_time(lambda: not checker.lives(self.service, self._records()), 10)
        return checker.lives(self.service, self._records())

    def _records(self) -> list[dict[str, Any]]:
        return [self.service.run(run) for run in self.runs]

    def _pause(self, at_most_s: float) -> None:
        time.sleep(self.random.uniform(0, at_most_s))

    def _abandon(self) -> None:
        for pids in self.service.processes().trainers.values():
            for pid in pids:
                kill(pid)


def kill(pid: int) -> None:
    """Send SIGKILL to one process and wait until it is gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        process.kill()
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(5)
