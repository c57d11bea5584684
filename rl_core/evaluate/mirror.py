"""The trainer's parameters in memory that it shares with its watcher, behind a sequence lock: nobody ever waits."""

from __future__ import annotations

import mmap

import numpy as np

from rl_core.types import FloatArray

HEADER = 16  # bytes: the lock's sequence number and the update


class Mirror:
    """P parameters; odd sequence numbers mean that the writer is at work. Built before the fork."""

    def __init__(self, size: int) -> None:
        memory = mmap.mmap(-1, HEADER + 4 * size)
        self._head = np.frombuffer(memory, np.int64, 2)
        self._parameters = np.frombuffer(memory, np.float32, size, HEADER)

    def write(self, update: int, parameters: FloatArray) -> None:
        """Show these parameters, after so many updates."""
        self._head[0] += 1
        self._head[1] = update
        self._parameters[:] = parameters
        self._head[0] += 1

    def read(self) -> tuple[int, FloatArray] | None:
        """Update and a copy of the parameters; None while they are being written."""
        before = int(self._head[0])
        update, parameters = int(self._head[1]), self._parameters.copy()
        return None if before % 2 or int(self._head[0]) != before else (update, parameters)
