"""Every kind of policy, with a learner of it and a batch that it acted in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from torch import Tensor

from rl_core.data.batch import Batch, LivePolicy
from rl_core.types import ActionSpace, Discrete
from tests.rl_core.support import BOX, Fit, controls, learner, random_batch

TWO, THREE = Discrete(("no", "yes")), Discrete(("a", "b", "c"))


@dataclass(frozen=True)
class Kind:
    """Controls that make a policy, and what it acts in."""

    values: dict[str, Any]
    actions: ActionSpace = THREE


KINDS = {
    "tanh": Kind({"activation": "tanh"}),
    "relu": Kind({"activation": "relu", "hidden_layers": 2}),
    "dropout": Kind({"dropout": 0.5, "hidden_layers": 2, "hidden_size": 6}),
    "linear": Kind({"network": "linear"}),
    "tabular": Kind({"network": "tabular"}),
    "bernoulli": Kind({"distribution": "bernoulli"}, TWO),
    "linear-bernoulli": Kind({"distribution": "bernoulli", "network": "linear"}, TWO),
    "gaussian": Kind({"log_sigma": -0.3}, BOX),
    "shared": Kind({"trunk": "shared", "hidden_layers": 2, "critic": "v"}),
    "shared-gaussian": Kind({"trunk": "shared", "critic": "v", "activation": "relu"}, BOX),
}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


def acted(kind: Kind, algorithm: str = "reinforce", whole: bool = True, **values: Any) -> tuple[Fit, Any, Batch]:
    """A learner, its controls, and a batch of padded episodes (or of segments) that its policy acted in."""
    given = {"initialisation": "large" if "network" in kind.values else "default", "optimiser": "sgd",
             "max_grad_norm": 0.0, "learning_rate": 0.1}  # fmt: skip
    c = controls(algorithm, **given | kind.values | values)
    n = kind.actions.n if isinstance(kind.actions, Discrete) else 2
    fit = learner(algorithm, c, random_batch(n_actions=n), actions=kind.actions)
    masks = (c.hidden_size,) * c.hidden_layers if c.dropout else ()
    return fit, c, random_batch(t=6, n=4, n_actions=n, net=fit.net, whole=whole, masks=masks)


def with_graph(fit: Fit, b: Batch, keep: str) -> Batch:
    """The batch as a rollout would have stored it that kept its graph: the log-probabilities, or only the outputs."""
    pi = fit.net.policy(b.obs_t[:-1], b.masks_t)
    return replace(b, live_t=LivePolicy(pi.params, pi.log_prob(b.action_t) if keep == "keep_graph" else None))


def whole_gradient(fit: Fit, c: Any, b: Batch) -> Tensor:
    """The gradient of the first step of an update, every group of it."""
    before = fit.flat.vector.clone()
    trace = fit.update(b, c, 0.0)
    fit.flat.load(before)
    return torch.cat(list(trace.first_gradient.values()))
