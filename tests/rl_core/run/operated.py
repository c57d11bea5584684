"""Runs driven by a script of commands in memory, and what they logged."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from rl_core.config import resolve
from rl_core.run.checkpoint import Checkpoints
from rl_core.run.log import Discard
from rl_core.run.run import Run
from rl_core.trainer.drive import drive
from rl_core.trainer.operate import Command, Operator

LAST = "the last word"


@dataclass
class Operated:
    """A run, its records in order, and the state it ended in."""

    run: Run
    records: list[dict[str, Any]] = field(default_factory=list)
    state: str = ""

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        seen = [r for r in self.records if r["type"] == "event" and r["kind"] != LAST]
        return [r for r in seen if kind in ("", r["kind"])]

    def kinds(self) -> list[str]:
        return [r["kind"] for r in self.events()]

    def rows(self) -> list[tuple[int, int]]:
        """(seq, update) of every row."""
        frames = [r for r in self.records if r["type"] == "frame"]
        return [(f["first_seq"] + k, u) for f in frames for k, u in enumerate(f["rows"]["update"])]

    def row_updates(self) -> list[int]:
        return [update for _, update in self.rows()]

    @property
    def parameters(self) -> Tensor:
        return self.run.learner.flat.vector.clone()


def operate(
    body: dict[str, Any], *script: tuple[int, Command], directory: Path | None = None, telemetry: bool = True
) -> Operated:
    """Run to the end of the budget; each command (update, command) arrives when so many updates have been made.

    One command arrives per look at the inbox, so those that follow a pause arrive while the run waits.
    """
    waiting = list(script)
    records: list[dict[str, Any]] = []

    def poll() -> list[Command]:
        if waiting and run.update >= waiting[0][0]:
            return [waiting.pop(0)[1]]
        return []

    places = None if directory is None else Checkpoints(directory)
    run = Run(resolve(body), Discard(records.append), places, telemetry)
    run.watch.go()
    done = Operated(run, records)
    done.state = drive(run, Operator(poll, pace=run.config.pace))
    run.event(LAST, {})  # as every caller of a run does with its last word; rows still waiting go out before it
    assert not waiting, f"never reached: {waiting}"
    return done


def same(a: Tensor, b: Tensor) -> bool:
    """Bit for bit."""
    return bool(torch.equal(a, b))


def edit(values: dict[str, Any], edit_id: str = "e1") -> Command:
    return {"id": edit_id, "op": "controls", "edit_id": edit_id, "version": 1, "by": "ada", "values": values}
