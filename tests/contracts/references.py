"""The reference of an algorithm, found by its name."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any


def reference(name: str) -> Callable[[Any, Any], dict[str, float]]:
    """`losses` of tests/references/NAME.py."""
    home = f"tests.references.{name}"
    assert importlib.util.find_spec(home), f"write the loss of {name} in plain NumPy in tests/references/{name}.py"
    found: Callable[[Any, Any], dict[str, float]] = importlib.import_module(home).losses
    return found
