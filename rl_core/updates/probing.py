"""Looks at the graph of an update's first loss, when probing is due: its size, and which term reaches which group."""

from __future__ import annotations

from dataclasses import dataclass

from rl_core.ad.size import graph_size
from rl_core.telemetry.metric import scalar
from rl_core.telemetry.probes import probe
from rl_core.telemetry.reading import Reading
from rl_core.updates.term import Losses
from rl_core.updates.update import Onlooker, Update


@dataclass(frozen=True, slots=True)
class GraphSize(Reading):
    """Operations that the first loss remembers, and bytes that they saved."""

    nodes: int
    saved_bytes: int


@scalar("graph/nodes", title="Nodes of the graph", unit="1", latex=r"n_{\text{nodes}}", colour="grey")
def nodes(u: GraphSize) -> float:
    """Operations that the first loss of the update remembers; twice a second. Rising with the updates it is a leak."""
    return u.nodes


@scalar("graph/saved_bytes", title="Saved for the backward pass", unit="B", latex=r"B_{\text{saved}}", colour="grey")
def saved_bytes(u: GraphSize) -> float:
    """Bytes of the tensors that the graph of the first loss holds, parameters left out; measured twice a second."""
    return u.saved_bytes


class GraphProbing(Onlooker):
    """The instrument of every algorithm."""

    def first(self, u: Update, losses: Losses) -> None:
        """Leave the size of the graph and the leak matrix."""
        if u.probing:
            u.leave(GraphSize(*graph_size(losses.total())))
            u.leave(probe(losses.terms, u.net.groups()))
            u.forget_probes()
