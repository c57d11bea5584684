"""An estimator set up for one policy: from a batch to its gradient, through the code that trains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import torch

from rl_core.data.batch import Batch, LivePolicy
from rl_core.data.samples import Minibatch
from rl_core.estimators.advantages import normalise
from rl_core.lab.estimator import Estimator
from rl_core.lab.oracle import oracle
from rl_core.lab.sampling import table_policy
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.estimate import estimate
from rl_core.on_policy.gradient import fill_gradient
from rl_core.on_policy.kl_control import KlCoefficient
from rl_core.on_policy.samples import Samples
from rl_core.on_policy.score_baselines import OptimalBaseline
from rl_core.tabular.dynamic_programming import exact, softmax
from rl_core.tabular.mdp import Float64, TabularMDP
from rl_core.updates.flat import FlatParameters


class Bench:
    r"""Remembers the last batch's optimal baseline, as a learner does; \theta [S, A] never moves."""

    def __init__(self, mdp: TabularMDP, theta: Float64, e: Estimator) -> None:
        self._algorithm, self._c, self._shape = e.algorithm, e.c, theta.shape
        self._net = table_policy(theta, e.c)
        self._oracle = oracle(mdp, softmax(theta), e.c, e.value)
        self._net.critic = self._oracle  # type: ignore[assignment]
        self._flat = FlatParameters(self._net.groups())
        self._optimal = OptimalBaseline()
        self._exact = exact(mdp, theta).grad if getattr(e.c, "gradient", "surrogate") == "exact" else None

    def gradient(self, b: Batch) -> Float64:
        """The ascent gradient [S, A] that one batch of whole episodes gives."""
        if self._exact is not None:
            return self._exact
        m = self._minibatch(b)
        if self._oracle is not None:
            self._oracle.time = Samples.flat(b.episode_step_t, b)
        losses = self._algorithm.losses(m, self._net, self._c)
        fill_gradient(losses, m, self._net, self._flat, self._c, lambda: torch.zeros(0))  # exact has returned above
        states, actions = self._shape
        descent = self._flat.part("actor").view(actions, states)
        return cast(Float64, -descent.T.numpy())

    def _minibatch(self, b: Batch) -> Minibatch:
        """The samples as a learner hands them to the losses in the first step of an update."""
        c, values = self._c, None if self._oracle is None else self._oracle.values(b)
        b = replace(b, live_t=live_policy(b, self._net, c))
        found = self._optimal.find(b, values, self._net, c)
        estimates = estimate(b, values, c, found.baseline_t)
        m = Samples.of(b, estimates, c, 0.0, KlCoefficient().at(c)).with_variate(found.control_variate).minibatch
        return replace(m, advantage=normalise(m.advantage, None, c.norm_ddof)) if c.advantage_norm == "minibatch" else m


def live_policy(b: Batch, net: ActorCritic, c: Any) -> LivePolicy | None:
    """What the policy would have kept with its graph while it acted, where the controls ask for that."""
    source = getattr(c, "logprob_source", "recompute")
    if source == "recompute":
        return None
    pi = net.policy(b.obs_t[:-1])
    return LivePolicy(pi.params, pi.log_prob(b.action_t) if source == "keep_graph" else None)


def one_by_one(bench: Bench, batches: list[Batch]) -> Float64:
    """The gradients of several batches, [K, S, A]."""
    return torch.stack([torch.from_numpy(bench.gradient(b)) for b in batches]).numpy()
