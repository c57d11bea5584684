"""A run's policy at a moment, for somebody else to play."""

from __future__ import annotations

from dataclasses import dataclass

from rl_core.config import RunConfig
from rl_core.run_controls import RunControls
from rl_core.types import FloatArray


@dataclass(frozen=True, slots=True)
class PolicySnapshot:
    """The run, the controls in force, and after so many updates the parameters [P].

    They are the network's, and after them the normaliser's `vector`.
    """

    config: RunConfig
    c: RunControls
    update: int
    parameters: FloatArray
