r"""What a policy sees of a finite MDP's state: \phi(s), a row of numbers per state."""

from __future__ import annotations

from typing import Any

import numpy as np

from rl_core.tabular.mdp import LARGEST, Float64

KEYWORD = "features"
ALLOWED = "'one_hot', 'constant', 'random:D' for D numbers per state, or a list with a row of numbers per state"


def features_of(given: Any, n_states: int) -> Float64:
    r"""\phi [S, D] as the keyword `features` names it; raises ValueError with what is wrong.

    one_hot: the state itself. constant: 1, so that all states share their logits. random:D: D standard normal numbers
    per state, the same in every run.
    """
    if not isinstance(given, str):
        return _rows(given, n_states)
    if given == "one_hot":
        return np.eye(n_states)
    if given == "constant":
        return np.ones((n_states, 1))
    return np.random.default_rng(0).standard_normal((n_states, _size(given, n_states)))


def _size(given: str, n_states: int) -> int:
    kind, _, size = given.partition(":")
    if kind != "random" or not size.isdecimal() or not 1 <= int(size) <= LARGEST // n_states:
        raise ValueError(
            f"features is {given!r:.80}; expected {ALLOWED}, where D is at least 1 and at most {LARGEST // n_states:,}."
        )
    return int(size)


def _rows(given: Any, n_states: int) -> Float64:
    try:
        rows = np.asarray(given).astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"features is {given!r:.80}; expected {ALLOWED}.") from None
    if rows.ndim != 2 or len(rows) != n_states or rows.shape[1] < 1 or not np.isfinite(rows).all():
        raise ValueError(
            f"features has shape {rows.shape}; expected a row of finite numbers for each of {n_states} states, all of "
            "one length."
        )
    return rows
