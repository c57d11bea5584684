"""`python -m bench` runs every measurement; `python -m bench training frame` runs those."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench
from backend.agent.environment import ensure_environment

SCAFFOLD = {"__main__", "report", "peers", "ours", "server"}


def names() -> list[str]:
    """Return the measurements: every module here that is not scaffold."""
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in SCAFFOLD)


def main(wanted: list[str]) -> None:
    """Run the wanted measurements, or all."""
    ensure_environment()
    unknown = set(wanted) - set(names())
    if unknown:
        sys.exit(f"No measurement called {', '.join(sorted(unknown))}. There are: {', '.join(names())}.")
    for name in wanted or names():
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
