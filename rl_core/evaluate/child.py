"""A fork that cannot harm its trainer: lower priority, no files of the trainer's, an end of its own."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import msgspec

Tell = Callable[[dict[str, Any]], None]
TELL_FD = 3
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Child:
    """A forked process and what it tells, one JSON document a line; at most 64 KiB, as nobody reads meanwhile."""

    def __init__(self, work: Callable[[Tell], None], niceness: int) -> None:
        """Fork; the child does `work`, whose argument tells the parent something. Raises OSError."""
        self._told, tell = os.pipe()
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            self.pid = os.fork()
            if self.pid == 0:
                _live(work, niceness, tell)
        except OSError:
            os.close(self._told)
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
            os.close(tell)

    def ended(self) -> int | None:
        """The exit code, negative for a signal, None while it lives; to be asked until it is one."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None

    def told(self) -> list[dict[str, Any]]:
        """Everything that it has told; once, after its end."""
        with open(self._told, "rb") as told:
            lines = told.read().split(b"\n")[:-1]  # one that died in the middle of a line has not said it
        return [msgspec.json.decode(line) for line in lines]

    def kill(self) -> None:
        """End it now and wait for that."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._told)


def _live(work: Callable[[Tell], None], niceness: int, tell: int) -> NoReturn:
    """Nothing here may return or unwind into the trainer's frames: its journal is not ours to write."""
    status = 1
    try:
        gc.freeze()  # a collection would copy the trainer's pages and run its destructors
        _become_unimportant(niceness)
        os.dup2(tell, TELL_FD)
        os.closerange(TELL_FD + 1, os.sysconf("SC_OPEN_MAX"))
        work(_write_line)
        status = 0
    except BaseException as failed:
        traceback.print_exc()
        with contextlib.suppress(OSError):
            _write_line({"error": f"{type(failed).__name__}: {failed}".split("\n")[0][:300]})
    finally:
        os._exit(status)


def _become_unimportant(niceness: int) -> None:
    """Less processor time than the trainer, gone when it is, and the first to go when memory runs out."""
    for number in (signal.SIGTERM, signal.SIGALRM):  # the trainer's own handler would write into its inbox
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.nice(niceness)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")


def _write_line(what: dict[str, Any]) -> None:
    os.write(TELL_FD, msgspec.json.encode(what) + b"\n")
