"""The networks of value methods: Q with a value per action, and the slower copy that its targets are made with."""

from __future__ import annotations

from typing import Any

from torch import Generator, Tensor

from rl_core.networks.forward import graphless
from rl_core.networks.initial import initialise
from rl_core.networks.mapping import Networks
from rl_core.networks.mlp import Mlp
from rl_core.policies.categorical import Categorical
from rl_core.policies.family import Distribution
from rl_core.policies.greedy import EpsilonGreedy
from rl_core.types import ActionSpace, Discrete, Spaces


class ActionValues(Networks):
    r"""`q` and `q_target`, both [.., D] -> [.., A] (reward), equal at first; the policy is \epsilon-greedy in `q`."""

    hidden_sizes: tuple[int, ...] = ()  # none of them drops units

    def __init__(self, spaces: Spaces, c: Any, generator: Generator) -> None:
        assert isinstance(spaces.actions, Discrete)
        sizes = [spaces.obs_size, *c.hidden_sizes, spaces.actions.n]
        q, q_target = (Mlp(sizes, c.activation, bias=c.network != "tabular") for _ in range(2))
        initialise(q, c.initialisation, 1.0, generator)
        q_target.load_state_dict(q.state_dict())
        super().__init__({"q": q, "q_target": q_target})

    def acting(self, actions: ActionSpace) -> EpsilonGreedy:
        """How the policy acts; to be asked after the parameters have found their place."""
        assert isinstance(actions, Discrete)
        q = self["q"]
        assert isinstance(q, Mlp)
        return EpsilonGreedy(graphless(q), actions.n)

    def distribution(self, params: Tensor) -> Distribution:
        """The policy with log-probabilities [.., A], as a batch stored them."""
        return Categorical.from_logits(params)


def action_values(spaces: Spaces, c: Any, generator: Generator) -> ActionValues:
    """The networks that the controls ask for."""
    return ActionValues(spaces, c, generator)
