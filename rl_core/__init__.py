"""The training engine of Policyscope. Names are imported when they are first used: a journal reader needs no torch."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rl_core.config import RunConfig, resolve
    from rl_core.lab.estimate import estimate
    from rl_core.refusals import ConfigError, ConfigErrors
    from rl_core.run.run import Run, train
    from rl_core.tabular.dynamic_programming import Exact, exact
    from rl_core.tabular.mdp import TabularMDP

__all__ = [
    "ConfigError", "ConfigErrors", "Exact", "Run", "RunConfig", "TabularMDP", "estimate", "exact", "resolve", "train",
]  # fmt: skip

_HOMES = {
    "ConfigError": "rl_core.refusals",
    "ConfigErrors": "rl_core.refusals",
    "Exact": "rl_core.tabular.dynamic_programming",
    "Run": "rl_core.run.run",
    "RunConfig": "rl_core.config",
    "TabularMDP": "rl_core.tabular.mdp",
    "estimate": "rl_core.lab.estimate",
    "exact": "rl_core.tabular.dynamic_programming",
    "resolve": "rl_core.config",
    "train": "rl_core.run.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'rl_core' has no attribute '{name}'; it offers {', '.join(__all__)}.")
    return getattr(importlib.import_module(_HOMES[name]), name)
