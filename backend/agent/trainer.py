"""The fork: from the agent's warm process to a trainer in its own session, in about ten milliseconds."""

import contextlib
import faulthandler
import gc
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from backend.agent.ending import has_ended
from backend.agent.liveness import Identity, boot_id, start_time
from backend.agent.run_directory import RunDirectory
from rl_core.journal.inbox import InboxWriter

Train = Callable[[dict[str, Any], Path, bool], None]
OPEN_FILES = 4096
LOCK_FD = 3


def fork_trainer(
    directory: RunDirectory, epoch: int, config: dict[str, Any], resume: bool, train: Train, lock: int
) -> int:
    """Fork a trainer that holds `lock` from its first moment; return its pid. Raises OSError."""
    # A signal that reached the child before it has its own handlers would be told to the agent's event loop.
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
        if pid == 0:
            _become_trainer(directory, epoch, config, resume, train, lock)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
    return pid


def suspend_command(identity: Identity) -> dict[str, Any]:
    """Return the command to suspend; its id is one per trainer, so that asking twice suspends once."""
    return {"id": f"suspend-{identity.pid}-{identity.start_time}", "op": "suspend"}


def _become_trainer(
    directory: RunDirectory, epoch: int, config: dict[str, Any], resume: bool, train: Train, lock: int
) -> NoReturn:
    # Nothing here may return or unwind into the agent's frames, whose event loop and sockets are not ours.
    status = 1
    try:
        # What the agent allocated is never freed or traversed here: no destructor of its sockets, cheap collections.
        gc.freeze()
        os.setsid()
        _take_over_descriptors(directory.log, lock)
        limit_resources()
        identity = Identity(os.getpid(), start_time(os.getpid()) or 0, boot_id(), epoch)
        _handle_signals(directory.inbox, identity)
        directory.identity = identity
        train(config, directory.path, resume)
        status = 0
    except BaseException:
        # The engine prints what it has put into the journal; anything else would end without a word.
        if not has_ended(directory.path):
            traceback.print_exc()
    finally:
        _flush()
        os._exit(status)


def _take_over_descriptors(log: Path, lock: int) -> None:
    """Keep the lock, send all output to the log, and close whatever else came from the agent."""
    if lock != LOCK_FD:
        os.dup2(lock, LOCK_FD, inheritable=False)
    os.closerange(LOCK_FD + 1, os.sysconf("SC_OPEN_MAX"))
    null = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(LOCK_FD + 1, output + 1)
    sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
    faulthandler.enable()


def limit_resources() -> None:
    """Bound open files, leave no core dumps, and be the one whom the kernel kills when memory runs out."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    files = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def _handle_signals(inbox: Path, identity: Identity) -> None:
    """Let SIGTERM ask for what the suspend command asks for; the terminal's Ctrl-C is the server's business."""

    def suspend(number: int, frame: FrameType | None) -> None:
        writer = InboxWriter(inbox)
        writer.append(suspend_command(identity))
        writer.close()

    signal.set_wakeup_fd(-1)
    for number in (signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, suspend)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
