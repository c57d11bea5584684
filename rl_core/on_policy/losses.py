"""The parts of a loss that REINFORCE, actor-critic methods and PPO have in common."""

from __future__ import annotations

from torch import Tensor

from rl_core.data.samples import Minibatch
from rl_core.estimators.schedules import scheduled
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.policies.family import Distribution


def value_loss(b: Minibatch, net: ActorCritic, c: OnPolicyControls) -> Tensor:
    r"""c_v (1/M) \sum_t (V_\phi(s_t) - sg[\hat R_t])^2: a mean of squares, without a factor one half."""
    return c.value_coef * squared_errors(net.value(b.obs), c.value_target(b.target)).mean()


def squared_errors(v_t: Tensor, target_t: Tensor) -> Tensor:
    """(v_t - target_t)^2; raises ValueError where the shapes differ."""
    if v_t.shape != target_t.shape:
        raise ValueError(
            f"V has shape {tuple(v_t.shape)} and its target {tuple(target_t.shape)}; unequal shapes would broadcast to "
            "a matrix and fit V to the batch mean. Squeeze the critic's last axis."
        )
    return (v_t - target_t).square()


def entropy_bonus(b: Minibatch, net: ActorCritic, pi: Distribution, c: OnPolicyControls) -> Tensor:
    r"""-c_e (1/M) \sum_t H(\pi(.|s_t)) (nats)."""
    source = pi if c.entropy == "current" else net.distribution(b.behaviour)
    return -scheduled(c.entropy_coef, c.entropy_schedule, b.progress) * source.entropy().mean()
