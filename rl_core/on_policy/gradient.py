"""Fills the gradient of one step: a backward pass on the summed loss, or for a score-function loss another way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.ad.products import flat_gradient, jacobian
from rl_core.data.samples import Losses, Minibatch, Score
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.truth import ESTIMATED
from rl_core.policies.family import Distribution
from rl_core.updates.flat import FlatParameters
from rl_core.updates.score import analytic, literal, per_sample, policy_parameters
from rl_core.updates.step import backward

VARIANCE_LIMIT = 256  # trajectories whose gradients are held at once to measure their spread


@dataclass(slots=True)
class GradientReport:
    """How the policy's gradient of one step was taken, and what it was measured against."""

    calls: int = 1  # backward passes of the step
    seconds: float = 0.0  # of the policy's part, where it was taken apart
    surrogate_seconds: float | None = None  # of the one backward pass that would have done
    difference: float | None = None  # largest entry of |taken - surrogate|


@dataclass(frozen=True, slots=True)
class ScoreProbe:
    """What is measured about a score-function estimate now and then, before its step; None where it does not apply."""

    norm: float  # of the policy's gradient as autograd takes it
    analytic_norm: float | None  # of its closed form, where the policy is linear
    analytic_difference: float | None  # largest entry of |closed form - autograd|
    variance: float | None  # trace of the covariance of the estimate, over trajectories


def fill_gradient(
    losses: Losses, m: Minibatch, net: ActorCritic, flat: FlatParameters, c: Any, exact: Callable[[], Tensor]
) -> GradientReport:
    """`flat.gradient` of this step's loss; the policy's part as the control `gradient` says, if need be the exact one.

    A control variate corrects an estimate, so the exact gradient is without it.
    """
    mode = getattr(c, "gradient", "surrogate")
    if mode == "surrogate" or losses.score is None:
        backward(losses.total(), flat)
        return GradientReport()
    began = time.perf_counter()
    backward(losses.score.loss(), flat, keep_graph=True)  # for comparison, and so that gates hear what arrives at them
    surrogate = -torch.cat([p.grad.reshape(-1) for p in policy_parameters(net) if p.grad is not None])
    middle = time.perf_counter()
    score = Score(constant(losses.score.weight), losses.score.log_pi)
    ascent, calls = _taken(mode, score, m, net, exact)
    report = GradientReport(calls, time.perf_counter() - middle, middle - began)
    report.difference = float((ascent - surrogate).abs().max())
    rest = losses.total(*(ESTIMATED if mode == "exact" else ("policy",)))
    flat.gradient.zero_()
    if rest.requires_grad:
        backward(rest, flat)
        report.calls += 1
    _descend_along(ascent, net)
    return report


def _taken(mode: str, score: Score, m: Minibatch, net: ActorCritic, exact: Callable[[], Tensor]) -> tuple[Tensor, int]:
    """The ascent direction [P], and how many backward passes it took."""
    if mode == "literal":
        return literal(score, net, m)
    return (exact(), 1) if mode == "exact" else per_sample(score, net, m)


def probe_score(score: Score, pi: Distribution, m: Minibatch, net: ActorCritic) -> ScoreProbe:
    """Set the closed form beside autograd's gradient where the policy is linear, and measure the estimate's spread."""
    score = Score(constant(score.weight), score.log_pi)
    taken = -flat_gradient(score.loss(), policy_parameters(net))
    closed = None if net.hidden_sizes else analytic(score, pi, m)
    return ScoreProbe(
        norm=float(taken.norm()),
        analytic_norm=None if closed is None else float(constant(closed).norm()),
        analytic_difference=None if closed is None else float(constant(closed - taken).abs().max()),
        variance=_variance(score, m, net),
    )


def _descend_along(ascent: Tensor, net: ActorCritic) -> None:
    """Add -ascent to the gradients, which are views of one vector."""
    parameters = policy_parameters(net)
    at = 0
    for p in parameters:
        assert p.grad is not None
        p.grad -= constant(ascent[at : at + p.numel()]).view_as(p)
        at += p.numel()


def _variance(score: Score, m: Minibatch, net: ActorCritic) -> float | None:
    r"""tr Cov of \hat g = \sum_i g_i from its N terms: N times the summed variance of their entries over i."""
    if m.trajectories is None or not 1 < m.trajectories.count <= VARIANCE_LIMIT:
        return None
    each = jacobian(m.trajectories.total(score.weight * score.log_pi), policy_parameters(net))
    return float(m.trajectories.count * torch.var(each, 0, correction=1).sum())
