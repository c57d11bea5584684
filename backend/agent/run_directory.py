"""The files of one run on this machine."""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from backend.agent.liveness import Identity

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
LOG_BYTES = 256 << 10


class RunDirectory:
    """`DATA_DIR/runs/RUN_ID`: config, identity of the trainer, lock, log, inbox, journal, checkpoints."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run_id = path.name
        self.lock = path / "lock"
        self.log = path / "log.txt"
        self.inbox = path / "inbox.bin"
        self._config = path / "config.json"
        self._trainer = path / "trainer.json"
        self._settled = path / "settled"

    @classmethod
    def of(cls, data_dir: Path, run_id: str) -> "RunDirectory":
        """Return the directory of a run; raises ValueError for an id that could leave the runs' folder."""
        if not RUN_ID.fullmatch(run_id):
            raise ValueError(f"Run id {run_id[:80]!r} is not 1 to 64 letters, digits, '-' or '_'.")
        return cls(data_dir / "runs" / run_id)

    def prepare(self, config: dict[str, Any]) -> None:
        """Make the directory ready for a trainer that is about to be forked."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A leftover of the trainer before would be taken for the one now starting.
        self._trainer.unlink(missing_ok=True)
        _write(self._config, msgspec.json.format(msgspec.json.encode(config)))

    @property
    def identity(self) -> Identity | None:
        """The last trainer of this run, None before it has introduced itself."""
        try:
            return msgspec.json.decode(self._trainer.read_bytes(), type=Identity)
        except (FileNotFoundError, msgspec.DecodeError):  # a power cut may leave it empty
            return None

    @identity.setter
    def identity(self, identity: Identity) -> None:
        _write(self._trainer, msgspec.json.encode(identity))

    @property
    def done(self) -> bool:
        """Whether the run has ended and the store holds all of it."""
        return self._settled.exists()

    def mark_done(self) -> None:
        self._settled.touch()

    def log_text(self) -> str:
        """Return the end of what the trainer printed, at most `LOG_BYTES`."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - LOG_BYTES))
                return log.read(LOG_BYTES).decode(errors="replace")
        except FileNotFoundError:
            return ""

    def disk(self) -> dict[str, int]:
        """Return the bytes of its files by what they are; what is nothing else counts as journal."""
        parts = {"journal": 0, "checkpoints": 0, "episodes": 0, "log": 0}
        for file in _files(self.path):
            kind = file.relative_to(self.path).parts[0].removesuffix(".txt")
            with contextlib.suppress(FileNotFoundError):  # the trainer keeps only the newest
                parts[kind if kind in parts else "journal"] += file.lstat().st_size
        return parts

    def delete(self) -> None:
        if self.path.is_dir() and not self.path.is_symlink():
            shutil.rmtree(self.path)


def _files(path: Path) -> Iterator[Path]:
    """Yield every file below a folder; links are not followed."""
    for folder, _, names in os.walk(path):
        yield from (Path(folder, name) for name in names)


def _write(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that nobody reads half of it."""
    temporary = path.with_suffix(".new")
    temporary.write_bytes(content)
    temporary.replace(path)
