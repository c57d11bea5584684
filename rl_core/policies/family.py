"""What a family of distributions over actions is: its formulas in torch, how it acts, how it is read, what it fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

import rl_core.policies
from rl_core.registry import Registry, discover
from rl_core.types import Actions, ActionSpace, Array, FloatArray, Forward


class Distribution(Protocol):
    """What a policy says at a batch of states; sums run over the action's dimensions, never over samples."""

    def log_prob(self, action: Tensor) -> Tensor:
        """log pi(a), per sample (nats; for a density it depends on the action's units)."""

    def entropy(self) -> Tensor:
        """H, per sample (nats)."""

    def kl(self, other: Any) -> Tensor:
        """KL(self || other), per sample (nats); `other` is of the same family."""

    def as_label(self, action: Tensor) -> Tensor:
        """log pi(a) as minus a cross-entropy with the action as a label, where actions can be labels."""

    def slope(self, action: Tensor) -> Tensor | None:
        """d log pi(a) / d output [B, K] of a linear network's outputs, where it has a closed form."""

    @property
    def params(self) -> Tensor:
        """The parameters [.., P] from which `ActorCritic.distribution` builds it again."""


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


class Measures(Protocol):
    """The formulas of one family of distributions, over samples [M]; in nats."""

    max_entropy: float | None  # None for a density, whose entropy has no bound

    def normal(self, params: Array) -> Array:
        """Parameters [M, P] in the form the other functions take."""

    def log_prob(self, normal: Array, action: NDArray[Any]) -> Array:
        """log pi(a) [M]."""

    def entropy(self, normal: Array) -> Array:
        """H [M]."""

    def kl(self, old: Array, new: Array) -> float:
        """Mean KL(old || new)."""

    def log_sigma(self, normal: Array) -> float | None:
        """Mean log standard deviation, where there is one."""


@dataclass(frozen=True, slots=True)
class Family:
    """One family; `of` takes a network's outputs, and the free log sigma [D_a] of a family that has one.

    `misfit` says why it does not fit an action space, "" if it does; `usual` whether it is taken where nobody chooses.
    """

    id: str
    misfit: Callable[[ActionSpace], str]
    usual: Callable[[ActionSpace], bool]
    outputs: Callable[[ActionSpace], int]
    of: Callable[[Tensor, Any], Distribution]
    from_params: Callable[[Tensor], Distribution]
    acting: Callable[[Forward, ActionSpace, Any], Acting]
    measures: Callable[[ActionSpace], Measures]
    has_sigma: bool = False


families: Registry[Family] = Registry("distribution")


def family(declared: Family) -> Family:
    """Declare a family."""
    return families.add(declared.id, declared)


def family_for(actions: ActionSpace, name: str) -> Family:
    """The family of this name, or the usual one of the action space for "auto"."""
    if name != "auto":
        return families[name]
    return next(found for found in families.values() if found.usual(actions))


def discover_families() -> None:
    """Import every file of the package, so that each declares itself."""
    discover(rl_core.policies)
