"""The controls of a run, whatever it trains."""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from pydantic import model_validator

from rl_core.controls import Controls, choice, flag, number


class RunControls(Controls):
    """What every algorithm's controls extend: what is recorded, when a run counts as solved, and where it computes."""

    along_trajectories: ClassVar[bool] = False  # whether the loss has to know to which trajectory a sample belongs

    solved_window: int = number(
        r"k", 100, title="Solved over", ge=1, le=1000, unit="episodes", group="schedule",
        effect="Only the event `solved` depends on it; the run goes on to its budget.",
    )  # fmt: skip
    """Episodes whose mean return must reach the environment's bar."""

    record_episodes: bool = flag(
        r"\text{record}", True, title="Record episodes", group="schedule",
        effect="Only what can be looked at later; recording never changes training.",
    )  # fmt: skip
    """Record an episode on a schedule (updates 0, 1, 8, 27, ..., then every 1000) and at edits, in another process."""

    device: Literal["cpu", "cuda"] = choice(
        r"\text{device}", "cpu", title="Device", group="network", live=False,
        effect="Networks of this size are faster on the processor.",
    )  # fmt: skip
    """Where the networks live."""

    @model_validator(mode="after")
    def _device_is_there(self) -> RunControls:
        if self.device == "cuda" and not torch.cuda.is_available():
            self.refuse("device", "device 'cuda' was asked for, but this machine offers no CUDA device. Use 'cpu'.")
        return self
