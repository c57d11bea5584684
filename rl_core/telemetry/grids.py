"""Fixed histogram grids: one per distribution, so that histograms merge exactly over time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Grid:
    """`edges` [B+1] cut the line into an underflow bin, B bins [edge_k, edge_{k+1}) and an overflow bin."""

    name: str
    edges: NDArray[np.floating[Any]]

    @cached_property
    def bins(self) -> int:
        """How many counts a histogram has, underflow and overflow included."""
        return len(self.edges) + 1

    def count(self, x: NDArray[np.floating]) -> NDArray[np.int64]:
        """Dense counts [len(edges) + 1] of finite values."""
        return np.bincount(np.searchsorted(self.edges, x, side="right"), minlength=self.bins)


def _symlog(bins: int, smallest: float, largest: float) -> NDArray[np.float64]:
    """Equal bins in asinh(x / smallest): linear near 0, logarithmic far away, symmetric."""
    reach = np.arcsinh(largest / smallest)
    edges: NDArray[np.float64] = smallest * np.sinh(np.linspace(-reach, reach, bins + 1))
    return edges


SYMLOG128 = Grid("symlog128", _symlog(128, 0.1, 1e4))
LOGRATIO128 = Grid("logratio128", np.exp(_symlog(128, 0.05, 4.0)))  # bins of 0.4 % around 1, to e^-4 and e^4
NATS128 = Grid("nats128", np.linspace(-12.0, 4.0, 129))
BOUNDS128 = Grid("bounds128", np.linspace(-4.0, 4.0, 129))  # bins of 1/16, edges at the bounds +-1
INTEGERS64 = Grid("integers64", np.arange(65) - 0.5)
