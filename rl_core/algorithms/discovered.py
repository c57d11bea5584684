"""Imports every algorithm file, so that each declares itself."""

from __future__ import annotations

import rl_core.algorithms
from rl_core.registry import discover


def discover_algorithms() -> None:
    """Fill the registry of algorithms."""
    discover(rl_core.algorithms)
