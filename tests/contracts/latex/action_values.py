r"""The independent numbers of value methods: what their symbols stand for, from transitions and a linear Q."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rl_core.data.transitions import Transitions
from tests.contracts.latex.arithmetic import Array, Point
from tests.contracts.latex.evaluator import name_of

Look = Callable[[str], Array]


@dataclass(frozen=True)
class TransitionData:
    """B transitions."""

    c: Any
    b: Transitions
    part: Array | None = None  # all of them are summed over

    def table(self, point: Point) -> TransitionTable:
        """The numbers at some parameters."""
        return TransitionTable(self, point)


class TransitionTable:
    """The numbers at some parameters."""

    longest = 1

    def __init__(self, data: TransitionData, point: Point) -> None:
        b, taken = data.b, data.b.action.numpy()
        self.chosen, self.functions = np.ones(len(b)), dict[str, Callable[[Array], Array]]()

        def q(obs: Any, name: str) -> Array:
            """All actions, [A, B]."""
            x = obs.numpy()
            actions = len(point[name]) // (x.shape[1] + 1)
            weights, bias = np.split(point[name], [actions * x.shape[1]])
            out: Array = weights.reshape(actions, -1) @ x.T + bias[:, None]
            return out

        self.actions = len(q(b.obs, r"\phi"))
        symbols: dict[str, Callable[[Look], Array | list[Array]]] = {
            "B": lambda look: np.array([float(len(b))]),
            r"\gamma": lambda look: np.array([data.c.gamma]),
            "r": lambda look: b.reward.numpy(),
            "d": lambda look: b.terminated.numpy().astype(float),
            r"Q_\phi(s,a)": lambda look: q(b.obs, r"\phi")[taken, np.arange(len(b))],
            r"Q_\phi(s',a')": lambda look: list(q(b.obs_tp1, r"\phi")),
            r"Q_{\bar\phi}(s',a')": lambda look: list(q(b.obs_tp1, r"\bar\phi")),
        }
        self.symbols = {name_of(latex): value for latex, value in symbols.items()}

    def shifted(self, x: Array, steps: int) -> Array:
        """Transitions have no order."""
        raise ValueError(f"A transition has nothing {steps} steps later.")
