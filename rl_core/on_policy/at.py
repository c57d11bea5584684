"""The samples of the on-policy family seen by the networks of now: what several terms share is computed once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.data.samples import Samples, Score
from rl_core.estimators.reductions import reduction_scale
from rl_core.policies.family import Distribution


class At:
    r"""`b` samples [B], `net` the networks, `c` the controls with the numbers in force.

    `advantage` and `target` are those of the samples; \pi, V and everything made of them are those of `net`.
    """

    def __init__(self, b: Samples, net: Any, c: Any) -> None:
        self.b, self.net, self.c = b, net, c
        self._params: Tensor | None = None

    @cached_property
    def features(self) -> Tensor:
        """What a shared trunk makes of the observations, without dropout; without a trunk the observations."""
        features: Tensor = self.net.features(self.b.obs)
        return features

    @cached_property
    def pi(self) -> Distribution:
        r"""\pi_\theta(.|s_t) under the masks of the policy that acted."""
        b, net = self.b, self.net
        return self._noted(net.policy(b.obs, b.masks) if b.masks else net.policy_of(self.features))

    def _noted(self, pi: Distribution) -> Distribution:
        # A Gaussian holds the live log sigma, which the optimiser moves before anybody reads it.
        self._params = constant(pi.params)
        return pi

    @property
    def params(self) -> Tensor:
        r"""The parameters [B, P] of \pi as numbers, those of the moment at which it was computed."""
        if self._params is None:
            raise ValueError("The policy was not computed at these samples; read `pi` before the parameters move.")
        return self._params

    @cached_property
    def log_pi(self) -> Tensor:
        r"""log \pi_\theta(a_t|s_t) [B] (nats)."""
        return self.pi.log_prob(self.b.action)

    @cached_property
    def log_rho(self) -> Tensor:
        r"""log \rho_t = log \pi_\theta(a_t|s_t) - log \pi_old(a_t|s_t) [B] (nats)."""
        return self.log_pi - self.old_log_prob

    @property
    def old_log_prob(self) -> Tensor:
        r"""log \pi_old(a_t|s_t) [B], of the policy that made the data."""
        return self.b.log_prob

    @cached_property
    def v(self) -> Tensor:
        r"""V_\phi(s_t) [B] (reward)."""
        v: Tensor = self.net.value_of(self.features)
        return v

    @cached_property
    def advantage(self) -> Tensor:
        r"""sg[A_t] [B]: the advantage behind its gate."""
        advantage: Tensor = self.c.advantage(self.b.advantage)
        return advantage

    @cached_property
    def target(self) -> Tensor:
        r"""sg[R_t] [B]: the critic's target behind its gate."""
        target: Tensor = self.c.value_target(self.b.target)
        return target

    @property
    def scale(self) -> float:
        """What turns a mean over samples into the reduction that the control `reduction` names."""
        return reduction_scale(self.c.reduction, *self.b.sizes)

    def mean(self, x_t: Tensor) -> Tensor:
        """The chosen reduction of x_t [B] over the batch: (1/M), (1/N) or 1 times its sum."""
        scale = self.scale
        return x_t.mean() if scale == 1.0 else scale * x_t.mean()

    def discounted(self, x_t: Tensor) -> Tensor:
        r"""\gamma^t x_t where states are weighted so, else x_t."""
        return x_t if self.b.discount is None else self.b.discount * x_t

    @property
    def clip_range(self) -> float | None:
        """Half-width of the region in which the ratio is trusted, where it is clipped."""
        return None

    @property
    def log_weight(self) -> Tensor | None:
        """The log of importance weights that are not the ratios, where there are any."""
        return None

    @property
    def kl(self) -> Tensor | None:
        """Mean KL to the reference, where it is controlled (nats)."""
        return None

    @property
    def score(self) -> Score | None:
        """The parts of the policy's loss, where it is a sum of scores."""
        return None


class ScoreAt(At):
    """Samples whose policy loss is a sum of scores."""

    @cached_property
    def score(self) -> Score:
        r"""w_t = \gamma^t sg[A_t] over M or N, and log \pi."""
        return Score(self.scale / len(self.log_pi) * self.discounted(self.advantage), self.log_pi)
