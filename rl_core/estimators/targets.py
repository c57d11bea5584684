"""What a critic of states is fitted to; all [T, N] (reward)."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from rl_core.estimators.options import critic_targets


@critic_targets.option("lambda", r"\textstyle\sum_l(\gamma\lambda)^l\delta_{t+l}+V_\phi(s_t)")
def lambda_return(gae_t: Float[Tensor, "T N"], v_t: Float[Tensor, "T N"]) -> Float[Tensor, "T N"]:
    r"""A^\lambda_t + V(s_t): the \lambda-return."""
    return gae_t + v_t


@critic_targets.option("mc", r"G_t")
def monte_carlo(g_t: Float[Tensor, "T N"]) -> Float[Tensor, "T N"]:
    """What followed."""
    return g_t


@critic_targets.option("td0", r"r_t+\gamma V_\phi(s_{t+1})")
def one_step(delta_t: Float[Tensor, "T N"], v_t: Float[Tensor, "T N"]) -> Float[Tensor, "T N"]:
    r"""\delta_t + V(s_t)."""
    return delta_t + v_t


@critic_targets.option("n_step", r"G_t^{(n)}")
def n_step(n_step_t: Float[Tensor, "T N"]) -> Float[Tensor, "T N"]:
    """n rewards, then V."""
    return n_step_t
