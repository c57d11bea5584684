"""GAE(0.95) at 0.99, clip 0.2, c_v 0.5, four minibatches, each normalised; the first one's losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from rl_core.streams import Streams
from tests.references.plain import gae, log_policy


def losses(net: Any, b: Any) -> dict[str, float]:
    """Of the first step on a batch."""
    a, v = gae(net, b, 0.95)
    part = np.array_split(Streams(0)["minibatch"].permutation(a.size), 4)[0]
    target = (a + v).reshape(-1)[part]
    chosen = a.reshape(-1)[part]
    chosen = (chosen - chosen.mean()) / (chosen.std() + 1e-8)
    log_pi = log_policy(net, b.obs_t[:-1].numpy(), b.action_t.numpy()).reshape(-1)[part]
    rho = np.exp(log_pi - b.log_prob_t.numpy().reshape(-1)[part])
    gain = np.minimum(rho * chosen, np.clip(rho, 0.8, 1.2) * chosen)
    value = 0.5 * np.mean((v.reshape(-1)[part] - target) ** 2)
    return {"policy": float(-gain.mean()), "value": float(value)}
