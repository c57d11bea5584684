"""Trajectories of a fixed policy, collected as a run collects them, in float64 and cut into batches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from rl_core.algorithms.reinforce import Reinforce
from rl_core.collect.rollout import Collector
from rl_core.data.batch import Batch
from rl_core.environments.finite.declared import Finite
from rl_core.environments.finite.lanes import TabularLanes
from rl_core.environments.lanes import EnvironmentInfo
from rl_core.networks.actor_critic import ActorCritic
from rl_core.networks.controls import NetworkControls
from rl_core.streams import Streams
from rl_core.tabular.mdp import Float64, TabularMDP
from rl_core.types import Discrete

TABLE = Reinforce(network="tabular")


def table_policy(theta: Float64, c: NetworkControls = TABLE) -> ActorCritic:
    """A tabular softmax with the logits `theta` [S, A], in float64; its weight is theta's transpose."""
    states, actions = theta.shape
    net = ActorCritic(states, Discrete(("",) * actions), c, "none", Streams(0).initialisation()).double()
    with torch.no_grad():
        next(net.actor.parameters()).copy_(torch.from_numpy(theta.T))
    return net


class Sampler:
    """Whole episodes of the policy with these logits, `lanes` at a time; the same seed gives the same ones."""

    def __init__(self, mdp: TabularMDP, logits: Float64, lanes: int, seed: int) -> None:
        self._mdp = mdp
        info = EnvironmentInfo("", "", "", mdp.n_states, Discrete(("",) * mdp.n_actions), mdp.horizon, None, True)
        seen = Finite(mdp, np.eye(mdp.n_states), info, truncates=False)
        self._collector = Collector(TabularLanes(seen, lanes), table_policy(logits), Streams(seed), 0.0)

    def sample(self) -> Batch:
        """One episode from every lane; the rewards are the MDP's own, which lanes round to float32."""
        b = self._collector.whole_episodes()
        assert b.valid_t is not None
        s, a = b.obs_t.argmax(-1).numpy(), b.action_t.numpy()
        reward_t = torch.from_numpy(self._mdp.R[s[:-1], a, s[1:]]) * b.valid_t
        return replace(b, obs_t=b.obs_t.double(), cut_obs=b.cut_obs.double(), reward_t=reward_t, episodes=())


def cut(b: Batch, first: int, last: int) -> Batch:
    """The episodes of the lanes first..last-1, padded to the longest of them."""
    assert b.valid_t is not None
    lanes = slice(first, last)
    steps = int(b.valid_t[:, lanes].any(1).sum())

    def part(x: torch.Tensor, extra: int = 0) -> torch.Tensor:
        return x[: steps + extra, lanes]

    return replace(
        b,
        obs_t=part(b.obs_t, 1),
        action_t=part(b.action_t),
        reward_t=part(b.reward_t),
        terminated_t=part(b.terminated_t),
        truncated_t=part(b.truncated_t),
        end_t=part(b.end_t),
        episode_step_t=part(b.episode_step_t),
        behaviour_t=part(b.behaviour_t),
        log_prob_t=part(b.log_prob_t),
        valid_t=part(b.valid_t),
    )


def mean_length(b: Batch) -> float:
    """Steps per episode."""
    assert b.valid_t is not None
    return float(np.mean(b.valid_t.sum(0).numpy()))
