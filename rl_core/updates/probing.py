"""Looks at the graph of an update's first loss, when probing is due: its size, and which term reaches which group."""

from __future__ import annotations

from dataclasses import dataclass

from rl_core.ad.size import graph_size
from rl_core.telemetry.probes import probe
from rl_core.updates.term import Losses
from rl_core.updates.update import Update


@dataclass(frozen=True, slots=True)
class GraphSize:
    """Operations that the first loss remembers, and bytes that they saved."""

    nodes: int
    saved_bytes: int


class GraphProbing:
    """The instrument of every algorithm."""

    def first(self, u: Update, losses: Losses) -> None:
        """Leave the size of the graph and the leak matrix."""
        if u.probing:
            u.leave(GraphSize(*graph_size(losses.total())))
            u.leave(probe(losses.terms, u.net.groups()))
            u.forget_probes()

    def read(self, u: Update) -> None:
        """Nothing more."""
