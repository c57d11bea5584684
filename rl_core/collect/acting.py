"""From a network's output to an action: one draw of noise per rollout, one cheap sample per step, all in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from rl_core.networks.actor_critic import ActorCritic
from rl_core.networks.forward import graphless
from rl_core.types import Actions, ActionSpace, Box, FloatArray, Forward


class Acting(Protocol):
    """How a policy acts; built after its parameters have found their place, it follows them as they change in place."""

    output: Forward  # [N, D] and masks -> logits [N, A], or means [N, D_a]
    executed: Callable[[Any], Any]  # a sample -> what the environment receives

    def noise(self, stream: np.random.Generator, steps: int, lanes: int) -> FloatArray:
        """Noise [steps, lanes, ..] for `sample`, under the parameters of now."""

    def sample(self, output: FloatArray, noise: FloatArray) -> Actions:
        """Actions [N] or [N, D_a], not clipped: log-probabilities belong to these (B-8)."""

    def mode(self, output: FloatArray) -> Actions:
        """The likeliest actions."""

    def params(self, output: FloatArray) -> FloatArray:
        """The parameters [.., P] of the distribution, as a batch stores them."""


def acting(net: ActorCritic, actions: ActionSpace) -> Acting:
    """How `net` acts in an action space."""
    return ActingInBox(net, actions) if isinstance(actions, Box) else ActingInDiscrete(net)


class ActingInDiscrete:
    """A sample of the softmax by Gumbel-max: argmax_i z_i + g_i."""

    def __init__(self, net: ActorCritic) -> None:
        forward = graphless(net.actor, net.trunk)
        self.output = _two_logits(forward) if net.family == "bernoulli" else forward
        self.executed: Callable[[Any], Any] = lambda action: action
        self._n = 2 if net.family == "bernoulli" else net.actor.sizes[-1]

    def noise(self, stream: np.random.Generator, steps: int, lanes: int) -> FloatArray:
        """Standard Gumbel noise [steps, lanes, A]."""
        u = stream.random((steps, lanes, self._n), dtype=np.float32)
        np.log(np.maximum(u, np.float32(1e-30)), out=u)
        return -np.log(-u)

    def sample(self, output: FloatArray, noise: FloatArray) -> Actions:
        """One action per lane."""
        action: Actions = (output + noise).argmax(1)
        return action

    def mode(self, output: FloatArray) -> Actions:
        """The action with the largest logit."""
        action: Actions = output.argmax(1)
        return action

    def params(self, output: FloatArray) -> FloatArray:
        """The logits."""
        return output


class ActingInBox:
    r"""a = \mu(s) + \sigma * standard normal noise; the environment receives it clipped to the bounds."""

    def __init__(self, net: ActorCritic, actions: Box) -> None:
        assert net.log_sigma is not None
        self.output = graphless(net.actor, net.trunk)
        self.executed: Callable[[Any], Any] = lambda action: np.clip(action, self._low, self._high)
        self._low, self._high = np.array(actions.low, np.float32), np.array(actions.high, np.float32)
        self._parameter = net.log_sigma

    @property
    def _log_sigma(self) -> FloatArray:
        log_sigma: FloatArray = self._parameter.detach().cpu().numpy()
        return log_sigma

    def noise(self, stream: np.random.Generator, steps: int, lanes: int) -> FloatArray:
        r"""Normal noise [steps, lanes, D_a], already times \sigma, which does not change inside a rollout."""
        return stream.standard_normal((steps, lanes, len(self._low)), dtype=np.float32) * np.exp(self._log_sigma)

    def sample(self, output: FloatArray, noise: FloatArray) -> Actions:
        """Mean plus noise, wherever it lies."""
        return output + noise

    def mode(self, output: FloatArray) -> Actions:
        """The mean."""
        return output

    def params(self, output: FloatArray) -> FloatArray:
        """Mean ++ log sigma."""
        return np.concatenate([output, np.broadcast_to(self._log_sigma, output.shape)], -1)


def _two_logits(forward: Forward) -> Forward:
    """One logit z as the two of the equal softmax, (0, z)."""

    def output(obs: FloatArray, masks: Sequence[FloatArray] = ()) -> FloatArray:
        z = forward(obs, masks)
        return np.concatenate([np.zeros_like(z), z], -1)

    return output
