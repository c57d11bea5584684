"""A trainer's inbox: commands appended by the agent, polled by the trainer between two updates."""

import fcntl
import os
from pathlib import Path
from typing import Any

import msgspec

from rl_core.journal.sealed import each_record, sealed, write_whole


class InboxWriter:
    """Appends commands to a run's inbox; safe beside another writer, each append is one locked write."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        content = os.pread(self._fd, os.fstat(self._fd).st_size, 0)
        os.ftruncate(self._fd, max((end for end, _ in each_record(content)), default=0))
        fcntl.flock(self._fd, fcntl.LOCK_UN)

    def append(self, command: dict[str, Any]) -> None:
        """Write one command and sync it; raises OSError when the disk is full."""
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        try:
            write_whole(self._fd, sealed(command), os.fstat(self._fd).st_size)
        finally:
            fcntl.flock(self._fd, fcntl.LOCK_UN)
        os.fdatasync(self._fd)

    def close(self) -> None:
        os.close(self._fd)


class InboxReader:
    """Polls a run's inbox from byte `after` on; an empty poll is one fstat."""

    def __init__(self, path: Path, after: int = 0) -> None:
        self._path = path
        self._fd: int | None = None
        self.position = after
        """Byte offset behind the last command that was returned; give it as `after` to go on from there."""

    def poll(self) -> list[dict[str, Any]]:
        if self._fd is None:
            try:
                self._fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return []
        size = os.fstat(self._fd).st_size
        if size <= self.position:
            return []
        commands, start = [], self.position
        for end, payload in each_record(os.pread(self._fd, size - start, start)):
            commands.append(msgspec.msgpack.decode(payload))
            self.position = start + end
        return commands

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
