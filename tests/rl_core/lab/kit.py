"""Small problems of the laboratory's tests: an MDP, logits, and every trajectory of it."""

from __future__ import annotations

import numpy as np
import torch

from rl_core.data.batch import Batch
from rl_core.tabular.dynamic_programming import softmax
from rl_core.tabular.mdp import Float64, TabularMDP
from tests.rl_core.identities.mdp import as_batch, enumerate_paths, path_probability, random_mdp


def problem(seed: int = 0, states: int = 3, actions: int = 2, horizon: int = 3) -> tuple[TabularMDP, Float64]:
    """A random MDP, its last state terminal, and random logits."""
    m = random_mdp(seed, states, actions, horizon)
    p, rho = m.p.double(), m.rho.double()  # where the default is float32 the rows sum to 1 only roughly
    p, rho = p / p.sum(-1, keepdim=True), rho / rho.sum()
    mdp = TabularMDP(p.numpy(), m.r.numpy(), rho.numpy(), horizon, m.gamma, m.terminal.numpy())
    return mdp, np.random.default_rng(seed).normal(size=(states, actions))


def every_trajectory(
    theta: Float64, seed: int, states: int, actions: int, horizon: int, acting: Float64 | None = None
) -> tuple[Batch, Float64]:
    """All trajectories as lanes, with their probabilities [K], under theta or the policy that acts; in float64."""
    m = random_mdp(seed, states, actions, horizon)
    log_pi = torch.from_numpy(np.log(softmax(theta if acting is None else acting)))
    paths = enumerate_paths(m)
    return as_batch(m, paths, log_pi), path_probability(paths, log_pi).numpy()
