"""Which process is meant: a pid alone comes back, (pid, start time, boot id) does not."""

from functools import cache
from pathlib import Path

import msgspec


class Identity(msgspec.Struct, frozen=True):
    """A trainer process, as written to `trainer.json`; `start_time` is in clock ticks since boot."""

    pid: int
    start_time: int
    boot_id: str
    epoch: int

    @property
    def alive(self) -> bool:
        return self.boot_id == boot_id() and start_time(self.pid) == self.start_time


@cache
def boot_id() -> str:
    """Return the id that the kernel draws at each boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def start_time(pid: int) -> int | None:
    """Return when the process started, in clock ticks since boot; None if it is gone or a zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in parentheses may itself hold spaces and parentheses.
    state, *fields = status.rpartition(")")[2].split()
    return None if state in "ZX" else int(fields[18])


def out_of_memory_kills() -> int:
    """Return how many processes the kernel has killed for want of memory since boot; 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
