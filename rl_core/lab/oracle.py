"""A critic that is not learnt but told: the truth about every state at every time, or something else."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from rl_core.data.batch import Batch
from rl_core.on_policy.estimate import Values
from rl_core.tabular.dynamic_programming import values, visits
from rl_core.tabular.mdp import Float64, TabularMDP

KINDS = ("exact", "stationary", "zero")


class Oracle(nn.Module):
    """A table [H+1, S, 1] of V or [H+1, S, A] of Q; `pi` [S, A] is the policy they belong to.

    An observation shows the state alone, so `time` [B] has to be set to the steps of the samples that are asked about.
    """

    def __init__(self, table: Float64, pi: Float64) -> None:
        super().__init__()
        self._table, self._pi = torch.from_numpy(table), torch.from_numpy(pi)
        self.time = torch.zeros(0, dtype=torch.int64)

    def forward(self, obs: Tensor) -> Tensor:
        """V [B, 1], or Q [B, A], of one-hot states [B, S]."""
        return self._table[self.time, obs.argmax(-1)]

    def values(self, b: Batch) -> Values:
        """What it says of a batch of whole episodes."""
        state = b.obs_t.argmax(-1)
        said = self._table[torch.arange(len(state)).unsqueeze(1), state]
        if said.shape[-1] == 1:
            return Values(said[:-1, :, 0], said[1:, :, 0])
        v = (self._pi[state] * said).sum(-1)
        return Values(v[:-1], v[1:]).with_baseline(said[:-1].gather(-1, b.action_t.unsqueeze(-1)).squeeze(-1))


def oracle(mdp: TabularMDP, pi: Float64, c: Any, value: Any) -> Oracle | None:
    """What the critic of the controls `c` says; None without one. Raises ValueError for an array of another shape.

    `value` is "exact": V^pi_t, Q^pi_t, or b*_t where the critic is fitted to that; "stationary": their mean over the
    times at which a state is visited, the best that a critic can do that sees no clock; "zero"; or an array, V [S] or
    [H+1, S], for a critic of actions Q [S, A] or [H, S, A].
    """
    if c.critic == "none":
        return None
    if not isinstance(value, str):
        return Oracle(given_table(mdp, c.critic, value), pi)
    table = _exact(mdp, pi, c)
    if value == "stationary":
        table = _without_clock(table, visits(mdp, pi))
    return Oracle(np.zeros_like(table) if value == "zero" else table, pi)


def _exact(mdp: TabularMDP, pi: Float64, c: Any) -> Float64:
    v, q = values(mdp, pi)
    if c.critic == "q":
        return np.concatenate([q, np.zeros((1, *pi.shape))])
    if c.baseline == "optimal_state":
        v = np.concatenate([_optimal(pi, q), v[-1:]])
    return v[:, :, None]


def _optimal(pi: Float64, q: Float64) -> Float64:
    r"""b*_t(s) = E_a[|\nabla log \pi|^2 Q_t] / E_a[|\nabla log \pi|^2], |\nabla log \pi|^2 = 1 - 2 \pi_a + |\pi|^2."""
    weight = pi * (1 - 2 * pi + np.square(pi).sum(-1, keepdims=True))
    total = weight.sum(-1)
    b: Float64 = np.divide((weight * q).sum(-1), total, out=np.zeros(q.shape[:2]), where=total > 0)
    return b


def _without_clock(table: Float64, d: Float64) -> Float64:
    r"""\sum_t d_t(s) x_t(s) / \sum_t d_t(s) at every time; 0 where the policy never goes."""
    total = d.sum(0)[:, None]
    summed = (d[:, :, None] * table[:-1]).sum(0)
    mean = np.divide(summed, total, out=np.zeros_like(summed), where=total > 0)
    return np.repeat(mean[None], len(table), 0)


def given_table(mdp: TabularMDP, critic: str, value: Any) -> Float64:
    """An array as the table of a critic 'v' or 'q', [H+1, S, 1 or A]; raises ValueError for any other shape."""
    sizes: tuple[int, ...] = (mdp.n_states,) if critic == "v" else (mdp.n_states, mdp.n_actions)
    rows = mdp.horizon + 1 if critic == "v" else mdp.horizon
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"value is {value!r:.80}; expected an array of numbers.") from None
    if array.shape not in (sizes, (rows, *sizes)):
        raise ValueError(
            f"value has shape {array.shape}; a critic '{critic}' says {sizes} at all times, or {(rows, *sizes)}, a row "
            "per step."
        )
    if not np.isfinite(array).all():
        raise ValueError("value holds a number that is not finite; expected finite numbers only.")
    table = np.broadcast_to(array, (rows, *sizes)).copy()
    return table[:, :, None] if critic == "v" else np.concatenate([table, np.zeros((1, *sizes))])
