"""The rule that takes the gradient of a score-function loss in one of several ways, and what can be said of it."""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.ad.products import flat_gradient, jacobian
from rl_core.data.samples import Samples, Score
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.metrics.score import ScoreProbe, TakenApart
from rl_core.on_policy.truth import Known, Truth
from rl_core.policies.family import Distribution
from rl_core.updates.descend import Descend, Passes
from rl_core.updates.report import GradientReport, Gradients
from rl_core.updates.rule import Declared
from rl_core.updates.score import analytic, literal, per_sample, policy_parameters
from rl_core.updates.step import backward
from rl_core.updates.term import Losses, deed
from rl_core.updates.update import Onlooker, Update

VARIANCE_LIMIT = 256  # trajectories whose gradients are held at once to measure their spread


class ScoreGradient(Descend):
    """Descent whose policy part is taken as the control `gradient` says: by one backward pass, or another way."""

    def fill(self, u: Update, losses: Losses, mine: frozenset[str]) -> GradientReport:
        """The gradient of the step; a control variate corrects an estimate, so the exact gradient is without it."""
        mode, at = u.c.gradient, losses.at
        if mode == "surrogate":
            return super().fill(u, losses, mine)
        began = time.perf_counter()
        backward(at.score.loss(), u.flat, keep_graph=True)  # to compare, and so that gates hear what arrives at them
        surrogate = -torch.cat([p.grad.reshape(-1) for p in policy_parameters(u.net) if p.grad is not None])
        middle = time.perf_counter()
        ascent, calls = _taken(mode, Score(constant(at.score.weight), at.score.log_pi), at.b, u)
        report = GradientReport(calls, time.perf_counter() - middle, middle - began)
        report.difference, report.ascent = float((ascent - surrogate).abs().max()), ascent
        replaced = {
            term.name for term in losses.declared if term.estimates and (mode == "exact" or term.name == "policy")
        }
        rest = losses.total(mine - replaced)
        u.flat.gradient.zero_()
        if rest.requires_grad:
            backward(rest, u.flat)
            report.calls += 1
        _descend_along(ascent, u.net)
        return report


def score_gradient(*groups: str) -> Declared:
    """Declare one step along a score-function gradient."""
    return Declared(groups, lambda flat, c: ScoreGradient(flat, c, groups, Passes()))


def _ascent(u: Update) -> Tensor:
    """The direction [P] in which the policy's part of the loss sends the actor."""
    taken = u.reading(Gradients).reports[0].ascent
    assert taken is not None
    return taken


SCORES = r"\\ \hat g=@reduction@\;@gamma_t@\hat A_t\,@gradient@\log\pi_\theta(a_t\mid s_t)"
ascent_lines = (
    deed(SCORES, ("gradient", "in", ("literal", "per_sample")))(_ascent),
    deed(r"\\ \hat g=@gradient@J", ("gradient", "is", "exact"))(_ascent),
)


def exact_ascent(u: Update) -> Tensor:
    r"""\nabla J [P] at the parameters of now, which the first step of an update knows already."""
    known = u.find(Known)
    if not u.steps and known is not None:
        return known.ascent
    truth = u.instrument(Truth)
    if truth is None:
        raise ValueError("gradient 'exact' needs a finite MDP, and this run's environment is none.")
    return truth.gradient(u.net, u.c.gamma)[1]


def _taken(mode: str, score: Score, m: Samples, u: Update) -> tuple[Tensor, int]:
    """The ascent direction [P], and how many backward passes it took."""
    if mode == "literal":
        return literal(score, u.net, m)
    return (exact_ascent(u), 1) if mode == "exact" else per_sample(score, u.net, m)


class ScoreProbing(Onlooker):
    """Looks at a score-function estimate before its step, when probing is due."""

    def first(self, u: Update, losses: Losses) -> None:
        """Leave a probe."""
        if u.probing:
            u.leave(probe_score(losses.at.score, losses.at.pi, losses.at.b, u.net))
            u.forget_probes()

    def read(self, u: Update) -> None:
        """Sums over the steps of what the policy's gradient cost where it was taken apart."""
        gradients, known = u.find(Gradients), u.find(Known)
        apart = [r for r in gradients.reports if r.surrogate_seconds is not None] if gradients else []
        if apart:
            taken = known.seconds if known and known.estimate is None else 0.0  # taken, not only compared
            seconds = taken + sum(report.seconds for report in apart)
            surrogate = sum(report.surrogate_seconds or 0.0 for report in apart)
            u.leave(TakenApart(seconds, surrogate, max(report.difference or 0.0 for report in apart)))


def probe_score(score: Score, pi: Distribution, m: Samples, net: ActorCritic) -> ScoreProbe:
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


def _variance(score: Score, m: Samples, net: ActorCritic) -> float | None:
    r"""tr Cov of \hat g = \sum_i g_i from its N terms: N times the summed variance of their entries over i."""
    if m.trajectories is None or not 1 < m.trajectories.count <= VARIANCE_LIMIT:
        return None
    each = jacobian(m.trajectories.total(score.weight * score.log_pi), policy_parameters(net))
    return float(m.trajectories.count * torch.var(each, 0, correction=1).sum())


def score_probing(net: Any, lanes: Any, watched: bool) -> ScoreProbing:
    """The instrument of algorithms whose policy loss is a sum of scores."""
    return ScoreProbing()
