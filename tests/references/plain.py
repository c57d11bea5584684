"""Networks and the generalised advantage by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from rl_core.data.batch import Batch

ACTIVATIONS = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0.0)}


def forward(net: Any, obs: Any, which: str) -> Any:
    """A network's outputs."""
    x, part = obs, net[which] if which in net else getattr(net, which)
    layers = [(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in part.layers]
    for w, bias in layers[:-1]:
        x = ACTIVATIONS[part.activation](x @ w.T + bias)
    return x @ layers[-1][0].T + layers[-1][1]


def log_policy(net: Any, obs: Any, action: Any) -> Any:
    """log pi(a|s)."""
    z = forward(net, obs, "actor")
    log_p = z - np.log(np.exp(z).sum(-1, keepdims=True))
    return np.take_along_axis(log_p, action[..., None], -1)[..., 0]


def gae(net: Any, b: Batch, lambda_: float) -> tuple[Any, Any]:
    """GAE at gamma = 0.99 and V(s_t), both [T, N]."""
    steps, lanes = b.shape
    v = forward(net, b.obs_t.numpy(), "critic")[..., 0]
    cut = {int(i): float(x) for i, x in zip(b.cut_index, forward(net, b.cut_obs.numpy(), "critic")[:, 0], strict=True)}
    a = np.zeros((steps, lanes))
    for n in range(lanes):
        carried = 0.0
        for t in reversed(range(steps)):
            after = 0.0 if b.terminated_t[t, n] else cut.get(t * lanes + n, v[t + 1, n])
            delta = float(b.reward_t[t, n]) + 0.99 * after - v[t, n]
            carried = delta + (0.0 if b.end_t[t, n] else 0.99 * lambda_ * carried)
            a[t, n] = carried
    return a, v[:-1]
