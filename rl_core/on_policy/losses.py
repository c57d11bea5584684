"""The terms that the algorithms of the on-policy family have in common."""

from __future__ import annotations

from torch import Tensor

from rl_core.on_policy.at import At, ScoreAt
from rl_core.updates.term import term, where

SCORED = r"L=-@reduction@\;@gamma_t@@advantage@\,\log\pi_\theta(a_t\mid s_t)"


@term("policy", SCORED, into="actor", estimates=True)
def score_loss(at: ScoreAt) -> Tensor:
    r"""-(scale) \sum_t \gamma^t sg[A_t] log \pi(a_t|s_t)."""
    return at.score.loss()


@term("value", r"\\ +\;@value_coef@\,\textstyle\frac1M\sum\big(V_\phi(s_t)-@value_target@\big)^2", into="critic")
def value_loss(at: At) -> Tensor:
    r"""c_v (1/M) \sum_t (V_\phi(s_t) - sg[\hat R_t])^2: a mean of squares, without a factor one half."""
    return at.c.value_coef * squared_errors(at.v, at.target).mean()  # type: ignore[no-any-return]


@term("entropy", r"\;-\;@entropy_coef@\,\textstyle\frac1M\sum @entropy@", "actor", ("entropy_coef", "not", 0))
def entropy_bonus(at: At) -> Tensor:
    r"""-c_e (1/M) \sum_t H(\pi(.|s_t)) (nats)."""
    source = at.pi if at.c.entropy == "current" else at.net.distribution(at.b.behaviour)
    return -at.c.entropy_coef * source.entropy().mean()  # type: ignore[no-any-return]


def _advantage(at: At) -> Tensor:
    """The advantage of each sample, as the loss uses it."""
    return at.b.advantage


advantage = (
    where(r"\\ \hat A_t=@return_kind@@baseline@", ("advantage_norm", "is", "none"))(_advantage),
    where(r"\\ \hat A_t=@advantage_norm@\big[@return_kind@@baseline@\big]", ("advantage_norm", "not", "none"))(
        _advantage
    ),
)


@where(r",\quad\hat R_t=@critic_target@", ("critic", "not", "none"))
def target(at: At) -> Tensor:
    """What the critic is fitted to."""
    return at.b.target


def squared_errors(v_t: Tensor, target_t: Tensor) -> Tensor:
    """(v_t - target_t)^2; raises ValueError where the shapes differ."""
    if v_t.shape != target_t.shape:
        raise ValueError(
            f"V has shape {tuple(v_t.shape)} and its target {tuple(target_t.shape)}; unequal shapes would broadcast to "
            "a matrix and fit V to the batch mean. Squeeze the critic's last axis."
        )
    return (v_t - target_t).square()
