r"""The truth about a softmax policy in a tabular MDP, by dynamic programming; nothing here is sampled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rl_core.mdp import Float64, TabularMDP


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
    pi = softmax(z)
    v, q = values(mdp, pi)
    d = visits(mdp, pi)
    grad = logit_gradient(mdp, pi, v, q, d)
    return Exact(float(mdp.rho @ v[0]), grad if phi is None else phi.T @ grad, v, q, d, pi)


def softmax(z: Float64) -> Float64:
    """Over the last axis."""
    e = np.exp(z - z.max(-1, keepdims=True))
    pi: Float64 = e / e.sum(-1, keepdims=True)
    return pi


def values(mdp: TabularMDP, pi: Float64) -> tuple[Float64, Float64]:
    r"""V [H+1, S] and Q [H, S, A] backwards: Q_t = \sum_{s'} P (R + \gamma V_{t+1}), V_t = \sum_a \pi Q_t."""
    v = np.zeros((mdp.horizon + 1, mdp.n_states))
    q = np.zeros((mdp.horizon, *pi.shape))
    paid = (mdp.P * mdp.R).sum(-1)
    for t in reversed(range(mdp.horizon)):
        q[t] = paid + mdp.gamma * mdp.P @ v[t + 1]
        v[t] = (pi * q[t]).sum(-1)
    return v, q


def visits(mdp: TabularMDP, pi: Float64) -> Float64:
    r"""d_t(s) [H, S] forwards: d_{t+1}(s') = \sum_{s,a} d_t(s) \pi(a|s) P(s'|s, a), 0 in terminal states."""
    d = np.zeros((mdp.horizon, mdp.n_states))
    d[0] = mdp.rho * ~mdp.terminal
    for t in range(1, mdp.horizon):
        d[t] = np.einsum("s,sa,sax->x", d[t - 1], pi, mdp.P) * ~mdp.terminal
    return d


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
