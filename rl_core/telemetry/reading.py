"""What a part of an update leaves for the metrics: a small record of its own type."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.types import Array as Array


class Reading:
    """A metric names the type of reading that it needs by the type of its parameter; what is not left is not measured.

    A reading is a value: numbers and arrays, never a view of something that goes on changing.
    """

    __slots__ = ()

    def numbers(self) -> Mapping[str, float | None]:
        """Numbers whose names depend on the algorithm: a loss per term, a norm per group of parameters."""
        return {}


Readings = Mapping[type, Reading]


def array(x: Tensor) -> Array:
    """A tensor as an array; on the processor both share their memory."""
    out: Array = constant(x).cpu().numpy()
    return out
