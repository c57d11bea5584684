r"""Natural policy gradient (Kakade 2001): \Delta\theta = \sqrt{2 \delta / g^T F^{-1} g} F^{-1} g."""

from __future__ import annotations

from rl_core.algorithms.algorithm import Algorithm, StepReport, Term, algorithm
from rl_core.collect.rollout import Collector
from rl_core.data.batch import Batch
from rl_core.data.samples import Losses, Minibatch, Score
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.kl_reference import exact_kl
from rl_core.on_policy.losses import entropy_bonus, value_loss
from rl_core.on_policy.trust_region import TrustRegionControls, natural_step
from rl_core.updates.flat import FlatParameters
from rl_core.updates.natural import measured, move

EQUATION = (
    Term(r"\Delta\theta=\sqrt{2\,@delta@\,/\,g^\top F_\nu^{-1}g}\;F_\nu^{-1}g,\quad F_\nu=\nabla^2\,"
         r"\overline{\mathrm{KL}}(@kl_direction@)+@damping@\,I,\quad\bar\pi=@kl_reference@"),
    Term(r"\\ g=\nabla\;@reduction@\;@gamma_t@@advantage@\,\log\pi_\theta(a_t\mid s_t)"),
    Term(r"\;+\;@entropy_coef@\,\nabla\textstyle\frac1M\sum @entropy@", ("entropy_coef", "not", 0)),
    Term(r"\\ L_V=@value_coef@\,\textstyle\frac1M\sum\big(V_\phi(s_t)-@value_target@\big)^2"),
    Term(r"\\ \hat A_t=@return_kind@@baseline@@advantage_norm@,\quad\hat R_t=@critic_target@"),
)  # fmt: skip


class NaturalPG(TrustRegionControls):
    """Controls of the natural policy gradient: one step of fixed length in KL along F^{-1} g."""


def collect(collector: Collector, c: NaturalPG) -> Batch:
    """T steps from every lane."""
    return collector.segments(c.n_steps)


def losses(b: Minibatch, net: ActorCritic, c: NaturalPG) -> Losses:
    r"""-(scale) w_t log \pi(a_t|s_t), with w_t = \gamma^t sg[A_t], the value loss and the entropy bonus."""
    pi = net.policy(b.obs, b.masks)
    log_pi_t = pi.log_prob(b.action)
    w_t = b.discounted(c.advantage(b.advantage))
    score = Score(b.scale / len(w_t) * w_t, log_pi_t)
    terms = {"policy": score.loss(), "value": value_loss(b, net, c)}
    if c.entropy_coef:
        terms["entropy"] = entropy_bonus(b, net, pi, c)
    return Losses(terms, log_ratio=log_pi_t - b.log_prob, pi=pi, score=score)


def step(m: Minibatch, at_start: Losses, net: ActorCritic, flat: FlatParameters, c: NaturalPG) -> StepReport:
    """The whole step that the quadratic model allows, whatever the KL then measures."""
    found = natural_step(m, at_start, net, flat, c)
    move(flat.values("actor"), found.step)

    def kl() -> float:
        pi = net.policy(m.obs, m.masks)
        return float(exact_kl(m, net, pi, pi.log_prob(m.action), c))

    return StepReport(
        gradient_norm=found.gradient.norm(),
        residuals=found.solution.residuals,
        predicted_kl=found.predicted_kl,
        measured_kl=measured(kl),
        step_norm=float(found.step.norm()),
    )


natural_pg = algorithm(
    Algorithm(
        id="natural_pg",
        title="Natural policy gradient",
        doc="One step per batch whose length is measured in the policy, not in the parameters.",
        ref="Kakade 2001",
        controls=NaturalPG,
        equation=EQUATION,
        collect=collect,
        losses=losses,
        actor_step=step,
    )
)
