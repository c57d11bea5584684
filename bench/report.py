"""The machine that was measured on, and tables of medians with their ranges."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

# As wide as the table needs, so that a log file shows what a terminal shows.
console = Console(width=None if os.isatty(1) else 120)


def machine(*packages: str) -> str:
    """Return processor, cores, load and versions: a ratio carries over to other machines, a rate does not."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = [processor(), f"{cores} cores", f"load {os.getloadavg()[0]:.1f}", f"Python {platform.python_version()}"]
    return ", ".join([*parts, *(installed(name) for name in packages)])


def processor() -> str:
    """Return the processor's name as Linux knows it, else the architecture."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def installed(package: str) -> str:
    """Return a package with its version."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Return `median (lowest to highest)`."""
    low, middle, high = (f"{value:,.{digits}f}" for value in (min(values), median(values), max(values)))
    return f"{middle} ({low} to {high})"


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print one table, first column left, numbers right."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console.print(table)
