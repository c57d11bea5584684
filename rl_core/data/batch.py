"""What one collection stored: data only, nothing whose graph is gone (no value, no advantage)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from rl_core.types import Episode


@dataclass(frozen=True, slots=True)
class LivePolicy:
    """The policy's own outputs during a rollout that kept its graph, for one gradient step."""

    params: Tensor  # [T, N, P], or [B, P]
    log_prob: Tensor | None  # [T, N], or [B]; None where only the outputs were kept

    def mapped(self, f: Callable[[Tensor], Tensor]) -> LivePolicy:
        """f applied to both."""
        return LivePolicy(f(self.params), None if self.log_prob is None else f(self.log_prob))


@dataclass(frozen=True, slots=True)
class Batch:
    """What one collection stored: data only, nothing whose graph is gone (no value, no advantage).

    `end_t` marks where recursions stop. `cut_index` are the flat
    positions t*N+n whose true successor is not `obs_t[t+1, n]`, and `cut_obs` those successors. Rows where `valid_t` is
    False are padding after an episode's end.
    """

    obs_t: Tensor  # [T+1, N, D] as the policy acted on them; the last row is the observation after the last step
    action_t: Tensor  # [T, N] int64, or [T, N, D_a]: the sample before it was clipped to the bounds
    reward_t: Tensor  # [T, N]
    terminated_t: Tensor  # [T, N] bool: the MDP ended
    truncated_t: Tensor  # [T, N] bool: a time limit ended the episode
    end_t: Tensor  # [T, N] bool: either, or the edge of the rollout
    episode_step_t: Tensor  # [T, N] int64, the index t inside the episode
    behaviour_t: Tensor  # [T, N, P] parameters of the behaviour policy's distribution
    log_prob_t: Tensor  # [T, N] of the behaviour policy
    cut_index: Tensor  # [K] int64
    cut_obs: Tensor  # [K, D]
    renormalised_t: Tensor | None = None  # [T, N, D] observations under statistics that have seen this batch
    valid_t: Tensor | None = None  # [T, N] bool; None = all valid
    masks_t: tuple[Tensor, ...] = ()  # dropout masks [T, N, H] of the policy that acted
    live_t: LivePolicy | None = None  # what the policy said while it acted, with its graph
    episodes: tuple[Episode, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """(T, N)."""
        return self.reward_t.shape[0], self.reward_t.shape[1]
