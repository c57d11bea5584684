"""Live watching: frames per second as the agent receives them, and what watching and recording cost the training.

Watched and unwatched stretches of one run alternate, so that both meet the same machine and the same episodes.
"""

from __future__ import annotations

import os
import resource
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.report import console, machine, print_table, spread

FPS = 25.0
STRETCH = 4.0  # s
ROUNDS = 5
WARM_UP = 2.0  # s for the watcher to come up
RECORDINGS = 5
CONFIG: dict[str, Any] = {
    "recipe": "cartpole-ppo",
    "controls": {"record_episodes": False},
    "budget": {"env_steps": 10**9},
}


def main() -> None:
    """Train, watch now and then, record a few times."""
    console.print(machine("torch", "gymnasium"))
    with TemporaryDirectory(prefix="policyscope-") as folder:
        bench = Bench(Path(folder))
        rows = bench.watched() + bench.recorded()
        bench.end()
    print_table(f"Watching CartPole PPO at {FPS:g} frames/s", ["", "median (lowest to highest)"], rows)


@dataclass(frozen=True)
class Speed:
    """Updates by the clock, and by the processor time that they took: the latter means something under load, too."""

    per_second: float
    per_processor_second: float


def children_seconds() -> float:
    """Processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Bench:
    """One run with an evaluator, advanced as its trainer advances it."""

    def __init__(self, folder: Path) -> None:
        from rl_core.config import resolve
        from rl_core.evaluate.evaluator import Evaluator
        from rl_core.journal.views import ViewReceiver
        from rl_core.run.run import Run
        from rl_core.run.threads import one_thread
        from rl_core.trainer.operate import Operator

        self._threads = one_thread()
        self._threads.__enter__()
        self.events: list[dict[str, Any]] = []
        self.evaluator = Evaluator(folder)
        self.run, self.operator = Run(resolve(CONFIG), Kept(self.events)), Operator()
        self.operator.drives(self.run, self.evaluator)
        self.run.watch.go()
        self.receiver = ViewReceiver(folder)

    def end(self) -> None:
        """Leave nothing."""
        self.evaluator.close()
        self.receiver.close()
        self._threads.__exit__(None, None, None)

    def watched(self) -> list[list[str]]:
        """Rows about watching."""
        rates: list[float] = []
        walls: list[float] = []
        processor: list[float] = []
        shares: list[float] = []
        self.advance(WARM_UP)
        for _ in range(ROUNDS):
            alone = self.advance(STRETCH)
            self.evaluator.watch(self.run, FPS)
            self.advance(WARM_UP)
            self.drain()
            views, spent = Counter(self.receiver), children_seconds()
            watched = self.advance(STRETCH)
            rates.append(views.end())
            walls.append(watched.per_second / alone.per_second)
            processor.append(alone.per_processor_second / watched.per_processor_second)
            began = time.perf_counter()
            self.evaluator.watch(self.run, 0.0)  # only now its time is counted, with that of coming up
            shares.append((children_seconds() - spent) / (WARM_UP + STRETCH + time.perf_counter() - began))
        return [
            ["frames per second", spread(rates, 1)],
            ["training speed, watched over alone", spread(walls, 3)],
            ["trainer's processor time per update, watched over alone", spread(processor, 3)],
            ["watcher's processor time, % of a core", spread([100 * share for share in shares], 1)],
        ]

    def recorded(self) -> list[list[str]]:
        """Rows about recording: the fork stops the training, the rest goes on beside it."""
        forks: list[float] = []
        whole: list[float] = []
        for k in range(RECORDINGS):
            before = len(self.events)
            self.evaluator.request(1, k, f"r{k}")
            began, processor = time.perf_counter(), time.thread_time()
            self.evaluator.attend(self.run)
            forks.append(1e3 * (time.thread_time() - processor))
            while not any(event["kind"] == "action_done" for event in self.events[before:]):
                self.advance(0.0)
            whole.append(1e3 * (time.perf_counter() - began))
        lengths = [float(event["data"]["length"]) for event in self.events if event["kind"] == "episode"]
        return [
            ["fork of a recorder, ms of the trainer's processor time", spread(forks, 1)],
            [f"recording of {median(lengths):.0f} steps beside training, ms", spread(whole)],
        ]

    def advance(self, seconds: float) -> Speed:
        """Train for so long, and at least one update."""
        began, processor, updates = time.perf_counter(), time.thread_time(), 0
        while updates == 0 or time.perf_counter() - began < seconds:
            self.operator.between_updates(self.run)
            self.run.advance()
            updates += 1
        return Speed(updates / (time.perf_counter() - began), updates / (time.thread_time() - processor))

    def drain(self) -> None:
        """Forget the views of the time before."""
        while self.receiver.receive():
            pass


class Kept:
    """A sink that keeps events."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        self.next_seq, self._events = 1, events

    def append(self, payload: dict[str, Any], *, sync: bool = False) -> None:
        """Take one record."""
        self.next_seq = payload["seq"] + 1
        if payload["type"] == "event":
            self._events.append(payload)


class Counter:
    """Receives beside the training, as the agent does."""

    def __init__(self, receiver: Any) -> None:
        self._receiver, self._going, self._count = receiver, True, 0
        self._began = time.perf_counter()
        self._thread = threading.Thread(target=self._receive)
        self._thread.start()

    def end(self) -> float:
        """Views per second."""
        seconds = time.perf_counter() - self._began
        self._going = False
        self._thread.join()
        return self._count / seconds

    def _receive(self) -> None:
        while self._going:
            while self._receiver.receive():
                self._count += 1
            time.sleep(0.05)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
