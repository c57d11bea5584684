"""Store anew the trace of every recipe: `python -m tests.golden.refresh`, after a change that is meant to move it."""

from __future__ import annotations

from rl_core.recipes import recipes
from tests.golden.trace import FOLDER, save, stored


def main() -> None:
    """Write a trace per recipe and remove those of recipes that are gone."""
    for old in set(FOLDER.glob("*.json")) - {stored(name) for name in recipes}:
        old.unlink()
    for name in recipes:
        save(name)
        print(f"stored {stored(name).name}")


if __name__ == "__main__":
    main()
