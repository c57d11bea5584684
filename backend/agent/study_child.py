"""The fork in which an experiment is done: nicer than every trainer, and the first to go when memory runs out."""

import gc
import os
import signal
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import msgspec

from backend.agent.trainer import limit_resources

Work = Callable[[dict[str, Any]], dict[str, Any]]
NICENESS = 10


def fork_study(work: Work, body: dict[str, Any]) -> tuple[int, int]:
    """Fork a child that writes `work(body)` as MessagePack; its pid, and the pipe to read from. Raises OSError."""
    read_end, write_end = os.pipe()
    # A signal that reached the child before it has its own handlers would be told to the agent's event loop.
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
        if pid == 0:
            _become_child(work, body, write_end)
    except OSError:
        os.close(read_end)
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.close(write_end)
    return pid, read_end


def _become_child(work: Work, body: dict[str, Any], pipe: int) -> NoReturn:
    # Nothing here may return or unwind into the agent's frames, whose event loop and sockets are not ours.
    status = 1
    try:
        gc.freeze()
        os.setsid()
        _let_go(pipe)
        os.nice(NICENESS)
        limit_resources()
        _write(pipe, msgspec.msgpack.encode(work(body)))
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _let_go(pipe: int) -> None:
    """Keep the output and the pipe alone, and die by the signals that the agent lives through."""
    os.closerange(3, pipe)
    os.closerange(pipe + 1, os.sysconf("SC_OPEN_MAX"))
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _write(pipe: int, data: bytes) -> None:
    with os.fdopen(pipe, "wb") as out:
        out.write(data)
