"""One of A actions; from logits, never from a softmax followed by a log."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot

from rl_core.policies.family import Family, family
from rl_core.types import Actions, ActionSpace, Array, Discrete, FloatArray, Forward, IntArray


@dataclass(frozen=True, slots=True)
class Categorical:
    r"""\pi_i = e^{z_i} / sum_j e^{z_j} over A actions; `log_p` has shape [..., A], in nats."""

    log_p: Tensor

    @classmethod
    def from_logits(cls, logits: Tensor) -> Categorical:
        """The distribution with the given unnormalised log-probabilities."""
        return cls(torch.log_softmax(logits, dim=-1))

    def log_prob(self, action: Tensor) -> Tensor:
        """log pi(a); not summed over any axis, because one Categorical is one scalar action."""
        return self.log_p.gather(-1, action.unsqueeze(-1)).squeeze(-1)

    def entropy(self) -> Tensor:
        """H = -sum_i pi_i log pi_i, between 0 and ln A (nats)."""
        return -(self.log_p.exp() * self.log_p).sum(-1)

    def kl(self, other: Categorical) -> Tensor:
        """KL(self || other) = sum_i p_i (log p_i - log q_i) (nats)."""
        return (self.log_p.exp() * (self.log_p - other.log_p)).sum(-1)

    def as_label(self, action: Tensor) -> Tensor:
        """The same number as -CE(z, a)."""
        return -cross_entropy(self.log_p, action, reduction="none")

    def slope(self, action: Tensor) -> Tensor:
        r"""1[a = k] - \pi_k in logit k."""
        return one_hot(action, self.log_p.shape[-1]) - self.log_p.exp()

    @property
    def params(self) -> Tensor:
        """The logits, normalised."""
        return self.log_p

    @property
    def max_entropy(self) -> float:
        """ln A (nats)."""
        return math.log(self.log_p.shape[-1])


class ActingInDiscrete:
    """A sample of the softmax by Gumbel-max: argmax_i z_i + g_i."""

    def __init__(self, forward: Forward, n: int) -> None:
        self.output = forward
        self.executed: Callable[[Any], Any] = lambda action: action
        self._n = n

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


class CategoricalMeasures:
    """Its normal form is log pi [M, A]."""

    def __init__(self, n: int) -> None:
        self.max_entropy: float | None = math.log(n)

    def normal(self, params: Array) -> Array:
        """Log-softmax over the last axis; transposed, because NumPy reduces a short last axis one row at a time."""
        columns = np.ascontiguousarray(params.T)
        columns = columns - columns.max(0)
        out: Array = (columns - np.log(np.exp(columns).sum(0))).T
        return out

    def log_prob(self, normal: Array, action: IntArray) -> Array:
        """The entry of the action."""
        out: Array = np.take_along_axis(normal, action[:, None], 1)[:, 0]
        return out

    def entropy(self, normal: Array) -> Array:
        r"""-\sum_i \pi_i log \pi_i."""
        out: Array = -(np.exp(normal) * normal).sum(1)
        return out

    def kl(self, old: Array, new: Array) -> float:
        r"""\sum_i p_i (log p_i - log q_i)."""
        return float((np.exp(old) * (old - new)).sum(1).mean())

    def log_sigma(self, normal: Array) -> float | None:
        """It has none."""
        return None


def _misfit(actions: ActionSpace) -> str:
    if isinstance(actions, Discrete):
        return ""
    return (
        f"chooses among discrete actions, but {{environment}} acts with {actions.size} real numbers. Use 'auto' or "
        "'gaussian'."
    )


def _n(actions: ActionSpace) -> int:
    assert isinstance(actions, Discrete)
    return actions.n


family(
    Family(
        id="categorical",
        misfit=_misfit,
        usual=lambda actions: isinstance(actions, Discrete),
        outputs=_n,
        of=lambda out, _: Categorical.from_logits(out),
        from_params=Categorical.from_logits,
        acting=lambda forward, actions, _: ActingInDiscrete(forward, _n(actions)),
        measures=lambda actions: CategoricalMeasures(_n(actions)),
    )
)
