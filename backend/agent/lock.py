"""File locks: held as long as one process that inherited them lives, whatever kills it."""

import fcntl
import os
import time
from pathlib import Path


def try_lock(path: Path) -> int | None:
    """Return a descriptor that holds the lock at `path`, or None if somebody else holds it."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    return fd


def lock_within(path: Path, seconds: float) -> int | None:
    """Try for some time: a killed process holds its locks for the moment that it takes to die."""
    deadline = time.monotonic() + seconds
    while (fd := try_lock(path)) is None and time.monotonic() < deadline:
        time.sleep(0.005)
    return fd


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock at `path`."""
    fd = try_lock(path)
    if fd is None:
        return True
    os.close(fd)
    return False
