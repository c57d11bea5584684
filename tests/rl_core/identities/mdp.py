"""Small random MDPs: every trajectory with its probability, and the dynamic-programming gradient to compare with.

Written from the definitions and not from the engine: the reward of (s, a, s') is received for (s, a); a terminal state
absorbs; after `horizon` steps the episode is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from rl_core.data.batch import Batch


@dataclass(frozen=True)
class Mdp:
    """`p`, `r` [S, A, S], `rho` [S], `terminal` [S]."""

    p: Tensor
    r: Tensor
    rho: Tensor
    terminal: Tensor
    horizon: int
    gamma: float


@dataclass(frozen=True)
class Paths:
    """All K trajectories: `s` [H+1, K], `a`, `r`, `alive` [H, K], and the dynamics' part of the probability [K]."""

    s: Tensor
    a: Tensor
    r: Tensor
    alive: Tensor
    dynamics: Tensor


def random_mdp(seed: int, states: int = 3, actions: int = 2, horizon: int = 3, gamma: float = 0.9) -> Mdp:
    """Dense random transitions and rewards; the last state is terminal and never the first."""
    g = torch.Generator().manual_seed(seed)
    p = torch.rand(states, actions, states, generator=g) + 0.1
    rho = torch.rand(states, generator=g)
    terminal = torch.zeros(states, dtype=torch.bool)
    terminal[-1], rho[-1] = True, 0.0
    r = torch.randn(states, actions, states, generator=g)
    return Mdp(p / p.sum(-1, keepdim=True), r, rho / rho.sum(), terminal, horizon, gamma)


def enumerate_paths(mdp: Mdp) -> Paths:
    """Every trajectory exactly once, by breadth-first growth."""
    rows: list[dict[str, Any]] = [
        {"s": [s], "a": [], "r": [], "alive": [], "p": float(mdp.rho[s])} for s in range(len(mdp.rho)) if mdp.rho[s] > 0
    ]
    for _ in range(mdp.horizon):
        rows = [longer for row in rows for longer in _grown(mdp, row)]
    columns = {key: torch.tensor([row[key] for row in rows]).T.contiguous() for key in ("s", "a", "r", "alive")}
    return Paths(**columns, dynamics=torch.tensor([row["p"] for row in rows]))


def _grown(mdp: Mdp, row: dict[str, Any]) -> list[dict[str, Any]]:
    s = row["s"][-1]
    if mdp.terminal[s]:
        return [_step(row, 0, s, 0.0, False, 1.0)]
    return [
        _step(row, a, s2, float(mdp.r[s, a, s2]), True, float(mdp.p[s, a, s2]))
        for a in range(mdp.p.shape[1])
        for s2 in range(len(mdp.rho))
    ]


def _step(row: dict[str, Any], a: int, s2: int, r: float, alive: bool, p: float) -> dict[str, Any]:
    grown = {"s": [*row["s"], s2], "a": [*row["a"], a], "r": [*row["r"], r], "alive": [*row["alive"], alive]}
    return grown | {"p": row["p"] * p}


def path_probability(paths: Paths, log_pi: Tensor) -> Tensor:
    """p(tau) [K] under the policy table `log_pi` [S, A]."""
    taken = log_pi[paths.s[:-1], paths.a] * paths.alive
    return paths.dynamics * taken.sum(0).exp()


def as_batch(mdp: Mdp, paths: Paths, log_pi: Tensor) -> Batch:
    """The trajectories as lanes of one batch of whole episodes, observations one-hot."""
    h = mdp.horizon
    n_states = len(log_pi)
    last = torch.zeros_like(paths.alive)
    last[:-1] = paths.alive[:-1] & ~paths.alive[1:]
    last[-1] = paths.alive[-1]
    end = last | ~paths.alive
    log_p = log_pi[paths.s[:-1]].detach()
    return Batch(
        obs_t=torch.eye(n_states)[paths.s],
        action_t=paths.a,
        reward_t=paths.r,
        terminated_t=last,
        truncated_t=torch.zeros_like(last),
        end_t=end,
        episode_step_t=torch.arange(h).unsqueeze(1).expand_as(paths.a).contiguous(),
        behaviour_t=log_p,
        log_prob_t=log_p.gather(-1, paths.a.unsqueeze(-1)).squeeze(-1),
        cut_index=torch.zeros(0, dtype=torch.int64),
        cut_obs=torch.zeros(0, n_states),
        valid_t=paths.alive,
        masks_t=(),
    )


def exact_values(mdp: Mdp, pi: Tensor) -> tuple[Tensor, Tensor]:
    """V [H+1, S] and Q [H, S, A] by the backward recursion, 0 in terminal states and after the horizon."""
    alive = (~mdp.terminal).to(pi.dtype)
    v = [torch.zeros_like(mdp.rho)]
    q = []
    for _ in range(mdp.horizon):
        q.insert(0, (mdp.p * (mdp.r + mdp.gamma * v[0])).sum(-1) * alive.unsqueeze(1))
        v.insert(0, (pi * q[0]).sum(-1))
    return torch.stack(v), torch.stack(q)


def state_visits(mdp: Mdp, pi: Tensor) -> Tensor:
    """d_t(s) [H, S]: the probability of being in s at t with the episode still running."""
    alive = (~mdp.terminal).to(pi.dtype)
    d = [mdp.rho * alive]
    for _ in range(mdp.horizon - 1):
        d.append(torch.einsum("s,sa,sax->x", d[-1], pi, mdp.p) * alive)
    return torch.stack(d)


def objective(mdp: Mdp, pi: Tensor) -> Tensor:
    """J, the expected discounted return."""
    return (mdp.rho * exact_values(mdp, pi)[0][0]).sum()


def gradient_form(mdp: Mdp, pi: Tensor, discounted: bool = True) -> Tensor:
    r"""The scalar whose gradient in pi is \sum_t gamma^t \sum_s d_t \sum_a grad pi Q_t (gamma^t left out on demand)."""
    return gradient_by_step(mdp, pi, discounted).sum()


def gradient_by_step(mdp: Mdp, pi: Tensor, discounted: bool = True) -> Tensor:
    """The same for each step t by itself, [H]."""
    fixed = pi.detach()
    q, d = exact_values(mdp, fixed)[1], state_visits(mdp, fixed)
    weight = mdp.gamma ** torch.arange(mdp.horizon) if discounted else torch.ones(mdp.horizon)
    return torch.einsum("t,ts,sa,tsa->t", weight.to(pi.dtype), d, pi, q)
