"""The runs of this machine: found at start, forked, commanded, ended, forgotten."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from backend.agent.adoption import cause_of_death, clear_leftovers, introduced
from backend.agent.ending import end, exit_text, has_ended, is_suspended, reason_of
from backend.agent.liveness import out_of_memory_kills
from backend.agent.lock import lock_within
from backend.agent.process import Process
from backend.agent.run import Run, enforce_stop
from backend.agent.run_directory import RunDirectory
from backend.agent.timings import Timings
from backend.agent.trainer import Train, fork_trainer, suspend_command
from rl_core.journal.journal import head

logger = logging.getLogger(__name__)


class Runs:
    """All runs that live or that the store does not yet hold completely; `on_change` hears of starts and ends."""

    def __init__(self, data_dir: Path, train: Train, timings: Timings, on_change: Callable[[Run], None]) -> None:
        self._data_dir = data_dir
        self._train = train
        self._timings = timings
        self._on_change = on_change
        self._runs: dict[str, Run] = {}
        self._memory_kills = out_of_memory_kills()
        self._tasks: set[asyncio.Task[None]] = set()

    def __iter__(self) -> Iterator[Run]:
        return iter(list(self._runs.values()))

    def get(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    @property
    def any_alive(self) -> bool:
        return any(run.alive for run in self)

    def adopt(self) -> None:
        """Find the runs that an earlier agent left: watch live trainers, take the others down as dead."""
        folder = self._data_dir / "runs"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in sorted(folder.iterdir()):
            directory = RunDirectory(path)
            if path.is_dir() and not directory.done:
                self._adopt(directory)

    def start(self, run_id: str, epoch: int, config: dict[str, Any], *, resume: bool, settled: int) -> Run | None:
        """Fork a trainer unless the run had its start already; None if all of it is settled."""
        directory = RunDirectory.of(self._data_dir, run_id)
        if directory.done:
            return None
        run = self._runs.setdefault(run_id, Run(directory, epoch))
        if not run.alive:
            run.settled = max(run.settled, settled)
            self._start(run, config, resume)
        return run

    def command(self, run_id: str, command: dict[str, Any]) -> None:
        """Hand a command to a run; a stop is enforced, also on a run that has no trainer."""
        run = self._runs.get(run_id)
        if run is None or (not run.alive and has_ended(run.directory.path)):
            logger.warning("command %s for run %s, which does not live here", command.get("op"), run_id)
            return
        run.deliver(command)
        if command["op"] == "stop":
            self._stop(run)

    def suspend_all(self) -> None:
        """Ask every trainer to write a checkpoint and leave."""
        for run in self:
            identity = run.directory.identity
            if run.alive and identity:
                run.deliver(suspend_command(identity))

    def retire(self, run: Run) -> bool:
        """Let go of a run of which nothing more is to be told; return whether it is one."""
        if run.done:
            run.settle(run.settled)
            run.directory.mark_done()
            self._runs.pop(run.id, None)
        return run.done

    def conclude(self, run: Run) -> None:
        """Write the end of a run that died unseen, behind everything that the store already holds of it."""
        if run.cause is not None:
            end(run.directory.path, "failed", run.cause, run.settled)
            run.cause = None
            run.note_end()

    def forget(self, run_id: str) -> bool:
        """Delete what is on disk of a run; return whether its trainer was dead, as it has to be."""
        directory = RunDirectory.of(self._data_dir, run_id)
        if run_id in self._runs and self._runs[run_id].alive:
            logger.warning("run %s is not forgotten: its trainer lives", run_id)
            return False
        self._runs.pop(run_id, None)
        directory.delete()
        return True

    def release(self) -> None:
        """Stop watching; trainers that still live go on and are adopted by the next agent."""
        for run in self:
            if run.process:
                run.process.release()

    def _adopt(self, directory: RunDirectory) -> None:
        identity, held = introduced(directory)
        if identity is None:
            return  # no trainer ever came so far; the server asks for it again
        run = self._runs[directory.run_id] = Run(directory, identity.epoch)
        if held and identity.alive:
            self._watch(run, identity.pid)
            if run.asked_to_stop():
                self._stop(run)
        else:
            run.exit = exit_text(None)
            clear_leftovers(identity, held)
            run.cause = cause_of_death(directory, identity)
            run.note_end()

    def _start(self, run: Run, config: dict[str, Any], resume: bool) -> None:
        path = run.directory.path
        if resume and head(path) == 0:
            end(path, "failed", {"reason": "nothing to resume from: this machine has no files of the run"}, run.settled)
        if run.cause is not None or not (is_suspended(path) if resume else head(path) == 0):
            run.note_end()
            return
        run.directory.prepare(config)
        lock = lock_within(run.directory.lock, seconds=0.5)
        if lock is None:
            logger.error("run %s is not started: another process holds its lock", run.id)
        else:
            self._fork(run, config, resume, lock)

    def _fork(self, run: Run, config: dict[str, Any], resume: bool, lock: int) -> None:
        try:
            pid = fork_trainer(run.directory, run.epoch, config, resume, self._train, lock)
        except OSError as error:
            end(run.directory.path, "failed", {"reason": f"no trainer could be started: {error}"}, run.settled)
            run.note_end()
        else:
            self._watch(run, pid)
        finally:
            os.close(lock)

    def _watch(self, run: Run, pid: int) -> None:
        run.process = Process(pid, lambda code: self._exited(run, code))
        run.exit = None
        logger.info("run %s: trainer %d", run.id, pid)

    def _stop(self, run: Run) -> None:
        if run.process is None:
            end(run.directory.path, "stopped", {"reason": "stopped while no trainer ran"}, run.settled)
            run.note_end()
            self._on_change(run)
        elif not run.stopping:
            run.stopping = True
            self._spawn(enforce_stop(run.process, self._timings))

    def _exited(self, run: Run, code: int | None) -> None:
        run.process = None
        run.exit = exit_text(code)
        logger.info("run %s: trainer left, %s", run.id, run.exit)
        suspended = code in (0, None) and is_suspended(run.directory.path)
        if not suspended and not has_ended(run.directory.path):
            self._end(run, code)
        run.note_end()
        self._on_change(run)

    def _end(self, run: Run, code: int | None) -> None:
        if run.stopping and code in (-signal.SIGKILL, None):
            kind, data = "stopped", {"reason": "killed, because it did not stop when asked", "forced": True}
        else:
            kind, data = "failed", reason_of(code, self._ran_out_of_memory(code))
        end(run.directory.path, kind, data, run.settled)

    def _ran_out_of_memory(self, code: int | None) -> bool:
        before, self._memory_kills = self._memory_kills, out_of_memory_kills()
        return code == -signal.SIGKILL and self._memory_kills > before

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
