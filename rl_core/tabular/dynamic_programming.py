r"""The truth about a softmax policy in a tabular MDP, by dynamic programming; nothing here is sampled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from rl_core.tabular.mdp import Float64, TabularMDP

LARGEST_SWEEP = 100_000_000  # products; beyond it, the truth would take longer than the update it is beside


@dataclass(frozen=True, slots=True)
class Exact:
    r"""J = E[\sum_t \gamma^t r_t], its gradient in the logits, the values and where the policy goes."""

    J: float
    grad: Float64  # [S, A], or [D, A] for linear logits
    V: Float64  # [H+1, S]; V[H] = 0
    Q: Float64  # [H, S, A]
    d: Float64  # [H, S]: probability that s_t = s and the episode still runs at t
    pi: Float64  # [S, A]


def exact(mdp: TabularMDP, theta: ArrayLike, features: ArrayLike | None = None) -> Exact:
    r"""J, \nabla_\theta J, V_t, Q_t and d_t of \pi = softmax(\theta[s]), or softmax(\phi(s)^\top \theta) with features.

    \nabla J = \sum_t \gamma^t \sum_s d_t(s) \sum_a \nabla\pi(a|s) Q_t(s, a)  (Sutton et al. 2000, theorem 1), where
    for logits z: \partial J / \partial z_{s,a} = \sum_t \gamma^t d_t(s) \pi(a|s) (Q_t(s, a) - V_t(s)).
    `theta` is [S, A], with `features` [S, D] it is [D, A]. Raises ValueError for other shapes.
    """
    z, phi = _logits(mdp, theta, features)
    found = exact_of(mdp, softmax(z))
    return found if phi is None else replace(found, grad=phi.T @ found.grad)


def exact_of(mdp: TabularMDP, pi: Float64) -> Exact:
    """The same of a policy given by its probabilities [S, A], wherever they come from; the gradient in its logits."""
    v, q = values(mdp, pi)
    d = visits(mdp, pi)
    return Exact(float(mdp.rho @ v[0]), logit_gradient(mdp, pi, v, q, d), v, q, d, pi)


def softmax(z: Float64) -> Float64:
    """Over the last axis."""
    e = np.exp(z - z.max(-1, keepdims=True))
    pi: Float64 = e / e.sum(-1, keepdims=True)
    return pi


def values(mdp: TabularMDP, pi: Float64) -> tuple[Float64, Float64]:
    r"""V [H+1, S] and Q [H, S, A]: V_t = \sum_a \pi \sum_{s'} P (R + \gamma V_{t+1}) backwards, Q_t from V_{t+1}."""
    follow, moves = mdp.outcomes, _moves(mdp, pi)
    paid = (follow.p * follow.reward).sum(-1)
    v, gained = np.zeros((mdp.horizon + 1, mdp.n_states)), (pi * paid).sum(-1)
    for t in reversed(range(mdp.horizon)):
        v[t] = gained + mdp.gamma * (moves @ v[t + 1])
    q = np.broadcast_to(paid, (mdp.horizon, *pi.shape)).copy()
    for k in range(follow.p.shape[-1]):
        q += mdp.gamma * follow.p[..., k] * v[1:, follow.state[..., k]]
    return v, q


def visits(mdp: TabularMDP, pi: Float64) -> Float64:
    r"""d_t(s) [H, S] forwards: d_{t+1}(s') = \sum_{s,a} d_t(s) \pi(a|s) P(s'|s, a), 0 in terminal states."""
    moves = _moves(mdp, pi) * ~mdp.terminal
    d = np.zeros((mdp.horizon, mdp.n_states))
    d[0] = mdp.rho * ~mdp.terminal
    for t in range(1, mdp.horizon):
        d[t] = d[t - 1] @ moves
    return d


def _moves(mdp: TabularMDP, pi: Float64) -> Float64:
    r"""\sum_a \pi(a|s) P(s'|s, a), [S, S]: one small matrix instead of P."""
    follow, n = mdp.outcomes, mdp.n_states
    pairs = np.arange(n)[:, None, None] * n + follow.state
    summed: Float64 = np.bincount(pairs.ravel(), (pi[:, :, None] * follow.p).ravel(), n * n)  # type: ignore[assignment]
    return summed.reshape(n, n)


def optimum(mdp: TabularMDP) -> float:
    r"""The largest J that any policy reaches, also one that knows the time: V_t = \max_a Q_t backwards."""
    follow, v = mdp.outcomes, np.zeros(mdp.n_states)
    paid = (follow.p * follow.reward).sum(-1)
    for _ in range(mdp.horizon):
        v = (paid + mdp.gamma * (follow.p * v[follow.state]).sum(-1)).max(-1)
    return float(mdp.rho @ v)


def logit_gradient(mdp: TabularMDP, pi: Float64, v: Float64, q: Float64, d: Float64) -> Float64:
    r"""\partial J / \partial z [S, A]; its rows sum to 0."""
    weight = mdp.gamma ** np.arange(mdp.horizon)[:, None] * d
    grad: Float64 = (weight[:, :, None] * pi * (q - v[:-1, :, None])).sum(0)
    return grad


def _logits(mdp: TabularMDP, theta: ArrayLike, features: ArrayLike | None) -> tuple[Float64, Float64 | None]:
    given = np.asarray(theta, dtype=np.float64)
    phi = None if features is None else np.asarray(features, dtype=np.float64)
    rows = mdp.n_states if phi is None else phi.shape[-1]
    if given.shape != (rows, mdp.n_actions):
        raise ValueError(
            f"theta has shape {given.shape}; expected {(rows, mdp.n_actions)}: one logit per "
            f"{'state' if phi is None else 'feature'} and action."
        )
    if phi is not None and phi.shape[0] != mdp.n_states:
        raise ValueError(f"features has shape {phi.shape}; expected [{mdp.n_states}, D], a row per state.")
    return (given, None) if phi is None else (phi @ given, phi)
