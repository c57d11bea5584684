"""An estimator set up for one policy: from a batch to its gradient, through the code that trains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import torch

from rl_core.data.batch import Batch, LivePolicy
from rl_core.lab.estimator import Estimator
from rl_core.lab.oracle import Oracle, oracle
from rl_core.lab.sampling import table_policy
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.estimate import Values
from rl_core.on_policy.samples import flat
from rl_core.streams import Streams
from rl_core.tabular.dynamic_programming import exact, softmax
from rl_core.tabular.mdp import Float64, TabularMDP
from rl_core.types import Discrete, Spaces
from rl_core.updates.flat import FlatParameters
from rl_core.updates.update import Update


class Told:
    """Stands where a learner has what its critic says."""

    def __init__(self, said_by: Oracle | None) -> None:
        self._said_by = said_by

    def __call__(self, b: Batch) -> Values | None:
        """What the critic says of a batch; None without one."""
        return None if self._said_by is None else self._said_by.values(b)

    with_graph = __call__  # a table has no parameters that could be reached


def told(estimate: Any, said_by: Oracle | None) -> Any:
    """The estimate of an algorithm, with an oracle for a critic."""
    estimate.values = Told(said_by)
    return estimate


class Bench:
    r"""Remembers the last batch's optimal baseline, as a learner does; \theta [S, A] never moves."""

    def __init__(self, mdp: TabularMDP, theta: Float64, e: Estimator) -> None:
        self._algorithm, self._c, self._shape = e.algorithm, e.c, theta.shape
        self._net = table_policy(theta, e.c)
        self._oracle = oracle(mdp, softmax(theta), e.c, e.value)
        spaces = Spaces((mdp.n_states,), Discrete(("",) * mdp.n_actions))
        self._estimate = told(e.algorithm.estimate(self._net, spaces), self._oracle)
        self._net.critic = self._oracle  # type: ignore[assignment]
        self._flat = FlatParameters(self._net.groups())
        self._streams = Streams(0)
        self._rule: Any = e.algorithm.rules[0].make(self._flat, e.c)
        self._exact = exact(mdp, theta).grad if e.c.takes_exact_gradient else None

    def gradient(self, b: Batch) -> Float64:
        """The ascent gradient [S, A] that one batch of whole episodes gives."""
        if self._exact is not None:
            return self._exact
        c, algorithm = self._c, self._algorithm
        b = replace(b, live_t=live_policy(b, self._net, c))
        u = Update(
            b, c.at(0.0), self._net, self._flat, self._streams, self._estimate, algorithm.in_force(c), algorithm.see
        )
        u.samples = self._estimate(u)
        if self._oracle is not None:
            self._oracle.time = flat(b.episode_step_t, b)
        self._rule.fill(u, u.losses(u.whole(u.samples)), frozenset(term.name for term in u.terms))
        states, actions = self._shape
        descent = self._flat.part("actor").view(actions, states)
        return cast(Float64, -descent.T.numpy())


def live_policy(b: Batch, net: ActorCritic, c: Any) -> LivePolicy | None:
    """What the policy would have kept with its graph while it acted, where the controls ask for that."""
    if c.keeps is None:
        return None
    pi = net.policy(b.obs_t[:-1])
    return LivePolicy(pi.params, pi.log_prob(b.action_t) if c.keeps == "log_prob" else None)


def one_by_one(bench: Bench, batches: list[Batch]) -> Float64:
    """The gradients of several batches, [K, S, A]."""
    return torch.stack([torch.from_numpy(bench.gradient(b)) for b in batches]).numpy()
