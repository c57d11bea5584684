"""A trainer seen from outside: watched by pidfd, signalled as a group, reaped."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable


class Process:
    """A live trainer; `on_exit` is called once with its exit code, negative for a signal, None if not our child."""

    def __init__(self, pid: int, on_exit: Callable[[int | None], None]) -> None:
        """Raises ProcessLookupError if the process is already gone and was not our child."""
        self.pid = pid
        self.exited = asyncio.Event()
        self._on_exit = on_exit
        self._pidfd = os.pidfd_open(pid)
        asyncio.get_running_loop().add_reader(self._pidfd, self._reap)

    def signal(self, number: int) -> None:
        """Send a signal to the trainer and whatever it started; a dead one is left alone."""
        if self.exited.is_set():
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:  # it has not reached its own session yet
            signal.pidfd_send_signal(self._pidfd, number)

    def release(self) -> None:
        """Stop watching; the trainer goes on."""
        if not self.exited.is_set():
            asyncio.get_running_loop().remove_reader(self._pidfd)
            os.close(self._pidfd)

    def _reap(self) -> None:
        # Before the reaping, while the zombie still keeps its pid from being given to somebody else.
        kill_group(self.pid)
        self.release()
        self.exited.set()
        self._on_exit(_exit_code(self.pid))


def kill_group(pid: int) -> None:
    """Kill what a dead trainer left in its process group; a process that left the group is not found."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _exit_code(pid: int) -> int | None:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return None
