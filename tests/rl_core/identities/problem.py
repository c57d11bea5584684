"""A small MDP with a network as its policy: expectations over all trajectories, through the engine's own losses."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import torch
from torch import Tensor

from rl_core.data.batch import Batch
from rl_core.on_policy.estimate import Values
from tests.rl_core.identities import mdp as m
from tests.rl_core.support import close, controls, gradient, losses, minibatch, network

SIZES = [(0, 3, 2, 3), (1, 2, 3, 3), (2, 3, 3, 2), (3, 2, 2, 4)]
EXACT = {"gamma_t": True, "reduction": "traj_mean", "advantage_norm": "none", "critic": "v"}


class Problem:
    """An MDP, a network as its policy, and all trajectories as one batch."""

    def __init__(self, seed: int, states: int, actions: int, horizon: int, **values: Any) -> None:
        self.mdp = m.random_mdp(seed, states, actions, horizon)
        self.net = network(states, actions, controls("reinforce", **{"critic": "v"} | values), seed)
        self.obs = torch.eye(states)
        self.paths = m.enumerate_paths(self.mdp)
        self.probability = m.path_probability(self.paths, self.log_pi()).detach()
        self.batch = m.as_batch(self.mdp, self.paths, self.log_pi())

    def log_pi(self) -> Tensor:
        return self.net.policy(self.obs).log_p

    def exact(self, discounted: bool = True) -> Tensor:
        return gradient(m.gradient_form(self.mdp, self.log_pi().exp(), discounted), self.net.actor.parameters())

    def estimator(self, algorithm: str, settings: dict[str, Any], values: Values | None) -> Tensor:
        """Expectation over all trajectories of the engine's ascent direction, through its own loss."""
        c = controls(algorithm, **EXACT | {"gamma": self.mdp.gamma} | settings)
        b = minibatch(self.batch, values, c)
        n = len(self.probability)
        weight = (self.probability * n).expand_as(self.batch.reward_t)[self.batch.valid_t]
        loss = losses(algorithm, replace(b, advantage=b.advantage * weight), self.net, c).terms["policy"]
        return -gradient(loss, self.net.actor.parameters())

    def values(self, table: Tensor) -> Values:
        """v_t and v_{t+1} from a table V[t, s] with H+1 rows."""
        time = torch.arange(self.mdp.horizon + 1).unsqueeze(1)
        v = table[time, self.paths.s]
        return Values(v[:-1], v[1:])


def any_v(problem: Problem) -> Values:
    shape = (problem.mdp.horizon + 1, len(problem.mdp.rho))
    return problem.values(torch.randn(shape, generator=torch.Generator().manual_seed(5)))


def exact_v(problem: Problem) -> Values:
    return problem.values(m.exact_values(problem.mdp, problem.log_pi().exp().detach())[0])


def lanes(b: Batch, index: Tensor) -> Batch:
    """The batch with these lanes only, in this order (no cuts)."""
    names = ("obs_t", "action_t", "reward_t", "terminated_t", "truncated_t", "end_t", "episode_step_t", "behaviour_t",
             "log_prob_t", "valid_t")  # fmt: skip
    return replace(b, **{name: getattr(b, name)[:, index] for name in names if getattr(b, name) is not None})


def uniform(**values: Any) -> Problem:
    """Every trajectory equally likely: the batch of all of them has exactly the expectations of its distribution."""
    problem = Problem(1, 3, 3, 3, **values)
    mdp = problem.mdp
    following = torch.eye(3)[torch.tensor([[0, 1, 2], [1, 0, 2], [2, 2, 2]])]  # the third action ends the episode
    problem.mdp = replace(mdp, p=following, rho=torch.tensor([0.5, 0.5, 0.0]), horizon=2,
                                      terminal=torch.zeros(3, dtype=torch.bool))  # fmt: skip
    for parameter in problem.net.actor.layers[-1].parameters():
        parameter.data.zero_()
    paths = m.enumerate_paths(problem.mdp)
    possible = m.path_probability(paths, problem.log_pi()).detach() > 0
    problem.paths = m.Paths(**{f.name: getattr(paths, f.name)[..., possible] for f in fields(paths)})
    problem.probability = m.path_probability(problem.paths, problem.log_pi()).detach()
    problem.batch = m.as_batch(problem.mdp, problem.paths, problem.log_pi())
    assert close(problem.probability, torch.full_like(problem.probability, 1 / len(problem.probability)), 1e-12)
    return problem
