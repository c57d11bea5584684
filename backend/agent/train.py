"""`policyscope train`: a recipe in this process, with a progress bar and no server."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from rl_core.config import RunConfig, resolve
from rl_core.refusals import ConfigErrors
from rl_core.run.run import train as run_here

REFUSED = 2


def train(recipe: str, settings: list[str], *, seed: int | None, budget: int | None) -> int:
    """Train a recipe and say in the last line what it reached; returns the exit code."""
    console = Console(highlight=False)
    try:
        config = resolve(body_of(recipe, settings, seed, budget))
    except (ConfigErrors, ValueError) as refused:
        console.print(str(refused), style="red", markup=False)
        return REFUSED
    watcher = Watcher(config)
    with progress(console) as bar:
        watcher.task = bar.add_task(recipe, total=1000, returns="")
        watcher.bar = bar
        run = run_here(config, watcher.take)
    console.print(watcher.last_line(run.update), markup=False, soft_wrap=True)
    return 0


def body_of(recipe: str, settings: list[str], seed: int | None, budget: int | None) -> dict[str, Any]:
    """Write the arguments as the body of a start; raises ValueError for a setting without `=`."""
    controls = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise ValueError(f"--set {setting}: expected KEY=VALUE, for instance --set gamma=0.98.")
        controls[name.strip()] = value_of(value.strip())
    return {
        "recipe": recipe,
        "controls": controls or None,
        "seed": seed,
        "budget": None if budget is None else {"env_steps": budget},
    }


def value_of(text: str) -> Any:
    """Read a value as JSON where it is JSON, else as a word."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def progress(console: Console) -> Progress:
    """Make the bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[returns]}"))
    return Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console)


class Watcher:
    """Follows the telemetry of a run that trains in this process."""

    def __init__(self, config: RunConfig) -> None:
        self.config = config
        self.bar: Progress | None = None
        self.task: Any = None
        self.returns: list[float] = []
        self.env_steps = self.episodes = 0
        self.wall = 0.0
        self.solved: dict[str, Any] | None = None

    def take(self, record: dict[str, Any]) -> None:
        """Note a frame or an event."""
        self.wall = record["wall"] if record["type"] == "event" else record["rows"]["wall"][-1]
        if record["type"] == "event":
            self.solved = record["data"] if record["kind"] == "solved" else self.solved
            return
        rows = record["rows"]
        self.env_steps, self.episodes = rows["env_steps"][-1], rows["episodes"][-1]
        self.returns = [*self.returns, *(episode["return"] for episode in record["ended"])][-100:]
        done = self.config.budget.used(self.env_steps, rows["update"][-1], self.episodes)
        if self.bar is not None:
            self.bar.update(self.task, completed=1000 * done, returns=self.mean())

    def mean(self) -> str:
        """Return the mean return of the last hundred episodes as text."""
        return f"return {sum(self.returns) / len(self.returns):.1f}" if self.returns else "no episode ended yet"

    def last_line(self, updates: int) -> str:
        """Say what the run reached."""
        seconds = max(self.wall, 1e-9)
        rate = f"{self.env_steps / seconds:,.0f} steps/s"
        spent = f"{updates} updates, {self.env_steps} steps in {seconds:.1f} s ({rate})"
        bar = self.solved and f"; solved after {self.solved['env_steps']} steps"
        return f"finished: {spent}; {self.mean()} over the last {len(self.returns)} episodes{bar or ''}."
