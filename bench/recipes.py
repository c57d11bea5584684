"""Which recipes reach their bar, on how many of ten seeds that were fixed beforehand, and in what time.

Prints the `[seeds]` table of every recipe file as it was measured here; the failures are in it too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from backend.agent.environment import agent_environment
from bench.report import console, machine, print_table

SEEDS = range(10)
WINDOW = 100  # episodes whose mean return is meant where the metric is episode/return


@dataclass(frozen=True)
class Outcome:
    """When a seed reached the bar: training seconds and environment steps; None where it never did."""

    seconds: float | None
    env_steps: int | None


def outcome(recipe: str, seed: int) -> Outcome:
    """Train one seed in a fresh process, with telemetry as in a real run."""
    command = [sys.executable, "-m", "bench.recipes", recipe, str(seed)]
    done = subprocess.run(command, env=agent_environment(os.environ), stdout=subprocess.PIPE, text=True, check=True)
    seconds, _, env_steps = done.stdout.split()[-1].partition("/")
    return Outcome(float(seconds), int(env_steps)) if env_steps else Outcome(None, None)


def train_one(recipe: str, seed: int) -> None:
    """Print seconds/steps at the event `solved`, or when the recipe's own metric is at its bar; else `never`."""
    import rl_core
    from rl_core.recipes import recipes

    about, reached = recipes[recipe].about["seeds"], list[tuple[float, int]]()
    seen = _metric_reached(about["metric"], about["at_least"]) if "metric" in about else _solved
    rl_core.train({"recipe": recipe, "seed": seed}, lambda payload: reached.extend(seen(payload)))
    console.file.write("{:.2f}/{}\n".format(*reached[0]) if reached else "never\n")


def _solved(payload: dict[str, Any]) -> list[tuple[float, int]]:
    """Seconds and steps of the event `solved`, where this is it."""
    return [(payload["wall"], payload["data"]["env_steps"])] if payload.get("kind") == "solved" else []


def _metric_reached(metric: str, at_least: float) -> Callable[[dict[str, Any]], list[tuple[float, int]]]:
    """The same of the rows of a frame in which a metric is at its bar; for what episode returns do not tell."""
    returns: deque[float] = deque(maxlen=WINDOW)

    def ended(payload: dict[str, Any]) -> list[tuple[float, int]]:
        found = []
        for episode in payload.get("ended", []):
            returns.append(episode["return"])
            if len(returns) == WINDOW and sum(returns) / WINDOW >= at_least:
                found.append((episode["wall"], episode["env_steps"]))
        return found

    def seen(payload: dict[str, Any]) -> list[tuple[float, int]]:
        if payload["type"] != "frame":
            return []
        wall, env_steps = payload["rows"]["wall"], payload["rows"]["env_steps"]
        rows = zip(wall, env_steps, payload["scalars"][metric]["last"], strict=True)
        return [(seconds, steps) for seconds, steps, value in rows if value >= at_least]

    return ended if metric == "episode/return" else seen


def main() -> None:
    """Every recipe, seed after seed."""
    from rl_core.recipes import recipes

    console.print(machine("torch"))
    rows = []
    for name in recipes:
        outcomes = [outcome(name, seed) for seed in SEEDS]
        reached = [o for o in outcomes if o.seconds is not None and o.env_steps is not None]
        seconds = f"{median(o.seconds for o in reached if o.seconds):.1f}" if reached else "-"
        steps = f"{median(o.env_steps for o in reached if o.env_steps):,.0f}" if reached else "-"
        each = " ".join("-" if o.seconds is None else f"{o.seconds:.1f}" for o in outcomes)
        rows.append([name, f"{len(reached)} of {len(outcomes)}", seconds, steps, each])
    print_table("Recipes", ["", "reached", "s, median", "env steps, median", "each seed, s"], rows)


if __name__ == "__main__":
    train_one(sys.argv[1], int(sys.argv[2])) if len(sys.argv) == 3 else main()
