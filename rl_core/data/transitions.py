"""Transitions without an order in time, as a memory gives them."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from rl_core.data.rows import Rows, kept
from rl_core.types import Episode


@dataclass(frozen=True, slots=True)
class Transitions(Rows):
    """B transitions (s, a, r, s'); `terminated` is True where s' is worth nothing, not where a time limit cut."""

    obs: Tensor  # [B, ..]
    action: Tensor  # [B] or [B, D_a]
    reward: Tensor  # [B]
    terminated: Tensor  # [B] bool
    obs_tp1: Tensor  # [B, ..] the true successors
    episodes: tuple[Episode, ...] = kept(())  # that ended while they were collected
