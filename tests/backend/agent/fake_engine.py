"""An engine whose trainer only talks: it writes the journal and obeys the inbox as a real one does."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from rl_core.journal.inbox import InboxReader
from rl_core.journal.journal import JournalReader, JournalWriter, last_record
from rl_core.journal.views import ViewSender


class FakeTrainer:
    """Emits one frame per update until its budget is used up or a command ends it."""

    def __init__(self, config: dict[str, Any], directory: Path, resume: bool) -> None:
        self.config = config
        self.directory = directory
        self.update = _last_update(directory)
        self.journal = JournalWriter(directory, segment_bytes=config.get("segment_bytes", 4 << 20))
        self.inbox = InboxReader(directory / "inbox.bin", after=_position(directory))
        self.position = directory / "position"
        self.paused = False
        self.sender: ViewSender | None = None
        self.fps = 0.0
        self.event("resumed" if resume else "started", {})

    def event(self, kind: str, data: dict[str, Any]) -> None:
        seq = self.journal.next_seq
        self.journal.append(
            {"type": "event", "seq": seq, "kind": kind, "at_update": self.update + 1, "wall": 0.5, "data": data},
            sync=True,
        )

    def frame(self) -> None:
        self.update += 1
        seq = self.journal.next_seq
        rows = {"update": [self.update], "wall": [time.monotonic()]}
        self.journal.append({"type": "frame", "first_seq": seq, "seq": seq, "rows": rows, "scalars": {}, "ended": []})

    def live(self) -> None:
        while self.update < self.config.get("updates", 10**9):
            if self.obey():
                return
            if not self.paused:
                self.frame()
            if self.fps and self.sender:
                self.sender.send({"update": self.update, "fps": self.fps, "image": b"x" * (60 << 10)})
            time.sleep(self.config.get("interval", 0.005))
        self.event("finished", {"reason": "budget used up"})

    def obey(self) -> bool:
        """Apply what is in the inbox; whether the trainer has to leave."""
        for command in self.inbox.poll():
            match command["op"]:
                case "suspend":
                    self.position.write_text(str(self.inbox.position))
                    self.event("paused", {"suspended": True})
                    return True
                case "stop":
                    self.event("stopped", {"reason": "asked to"})
                    return True
                case "watch":
                    self.fps = command["fps"]
                    self.sender = self.sender or ViewSender(self.directory)
                case op:
                    self.paused = op == "pause"
                    self.event("action_done", {"action_id": command["id"], "action": op})
        return False


class FakeEngine:
    """Resolves what has an algorithm, and trains in the way that the config's `mood` asks for."""

    def warm(self) -> None:
        """There is nothing to import."""

    def catalog(self) -> dict[str, Any]:
        return {"algorithms": [{"id": "fake"}]}

    def resolve(self, body: dict[str, Any]) -> dict[str, Any]:
        if "algorithm" not in body:
            return {"errors": [{"code": "missing", "message": "no algorithm", "field": "algorithm"}]}
        return {"config": {**body, "seed": 0}}

    def check_edit(self, config: dict[str, Any], values: dict[str, Any], edit: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"code": "unknown_control", "field": name} for name in edit if name not in values]

    def study(self, body: dict[str, Any]) -> dict[str, Any]:
        time.sleep(body["sleep"])
        return {"result": {"slept": body["sleep"]}}

    def train(self, config: dict[str, Any], directory: Path, resume: bool) -> None:
        print("hello from the trainer")
        match config.get("mood"):
            case "raise":
                raise RuntimeError("the engine fell over")
            case "exit":
                os._exit(3)
            case "deaf":
                _train_deaf(config, directory)
            case _:
                FakeTrainer(config, directory, resume).live()


def _train_deaf(config: dict[str, Any], directory: Path) -> None:
    """Ignore every polite request, with two children that do the same."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    children = [os.fork() for _ in range(2)]
    if 0 in children:
        time.sleep(60)
        os._exit(0)
    (directory / "children").write_text(" ".join(map(str, children)))
    trainer = FakeTrainer(config, directory, resume=False)
    trainer.frame()
    time.sleep(60)


def _last_update(directory: Path) -> int:
    last = last_record(directory)
    return 0 if last is None else last["at_update"] - 1


def _position(directory: Path) -> int:
    path = directory / "position"
    return int(path.read_text()) if path.exists() else 0


def read_all(directory: Path) -> list[dict[str, Any]]:
    """Return what a journal still holds."""
    reader = JournalReader(directory)
    records: list[dict[str, Any]] = []
    while batch := reader.read():
        records += batch
    reader.close()
    return records
