"""A short deterministic trace of a recipe: its first updates, as numbers that a refactor must not move."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import rl_core.telemetry.frames
from rl_core.config import resolve
from rl_core.run.log import Discard
from rl_core.run.run import Run
from rl_core.run.threads import one_thread

FOLDER = Path(__file__).parent
UPDATES = 5
ONLINE_UPDATES = 60  # where an update is a single step of every lane: five would hardly move the parameters
SHORT = {"pendulum-ppo": {"epochs": 2}, "lunarlander-ppo": {"epochs": 2, "n_steps": 64, "minibatches": 16}}
"""One update of 32 steps: after 800 steps rounding has driven two processors apart by percents where it can grow."""
SCALARS = ("param/norm", "loss/policy", "loss/value", "loss/total", "grad/norm", "policy/entropy", "policy/kl_exact")

Trace = dict[str, Any]


def trained(recipe: str, listen: Callable[[dict[str, Any]], None] | None = None, telemetry: bool = True) -> Run:
    """The run of a recipe after its first updates, on one thread like a trainer; each update is a row of its own."""
    with one_thread(), patch.object(rl_core.telemetry.frames, "ROW_INTERVAL", 0.0):
        config = resolve({"recipe": recipe, "controls": SHORT.get(recipe, {})})
        run = Run(config, Discard(listen), telemetry=telemetry)
        run.watch.go()
        for _ in range(_updates(recipe, run)):
            run.advance()
        run.event("stopped", {})
        run.lanes.close()
    return run


def _updates(recipe: str, run: Run) -> int:
    if recipe in SHORT:
        return 1
    return ONLINE_UPDATES if getattr(run.c, "n_steps", UPDATES) == 1 else UPDATES


def trace(recipe: str) -> Trace:
    """Scalars per update, and the episodes that ended."""
    records: list[dict[str, Any]] = []
    trained(recipe, records.append)
    frames = [record for record in records if record["type"] == "frame"]
    rows = {name: _column(frames, "rows", name) for name in ("update", "grad_steps", "env_steps", "episodes")}
    present = [name for name in SCALARS if name in frames[0]["scalars"]]
    values = {name: [x for frame in frames for x in frame["scalars"][name]["last"]] for name in present}
    returns = [episode["return"] for frame in frames for episode in frame["ended"]]
    return {"rows": rows, "scalars": values, "returns": returns}


def stored(recipe: str) -> Path:
    """The file that holds a recipe's trace."""
    return FOLDER / f"{recipe}.json"


def load(recipe: str) -> Trace:
    """The stored trace."""
    found: Trace = json.loads(stored(recipe).read_text())
    return found


def save(recipe: str) -> None:
    """Store the trace that this code makes."""
    stored(recipe).write_text(json.dumps(trace(recipe), indent=1) + "\n")


def _column(frames: list[dict[str, Any]], part: str, name: str) -> list[float]:
    return [x for frame in frames for x in frame[part][name]]
