"""What every distribution over actions can say."""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor


class Distribution(Protocol):
    """What a policy says at a batch of states; sums run over the action's dimensions, never over samples."""

    def log_prob(self, action: Tensor) -> Tensor:
        """log pi(a), per sample (nats; for a density it depends on the action's units)."""

    def entropy(self) -> Tensor:
        """H, per sample (nats)."""

    def kl(self, other: Any) -> Tensor:
        """KL(self || other), per sample (nats); `other` is of the same family."""

    @property
    def params(self) -> Tensor:
        """The parameters [.., P] from which `ActorCritic.distribution` builds it again."""
