r"""TRPO (Schulman et al. 2015): max (1/M) \sum_t \rho_t sg[A_t] within a mean KL of \delta, back along F^{-1} g."""

from __future__ import annotations

from rl_core.ad.gate import constant
from rl_core.algorithms.algorithm import Algorithm, StepReport, Term, algorithm
from rl_core.collect.rollout import Collector
from rl_core.controls import number
from rl_core.data.batch import Batch
from rl_core.data.samples import Losses, Minibatch
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.kl_reference import exact_kl
from rl_core.on_policy.losses import entropy_bonus, value_loss
from rl_core.on_policy.old_policy import RatioControls, old_log_prob
from rl_core.on_policy.trust_region import TrustRegionControls, actor_loss, natural_step
from rl_core.updates.flat import FlatParameters
from rl_core.updates.natural import SHRINK, line_search

EQUATION = (
    Term(r"\max_\theta\;@reduction@\;@gamma_t@\rho_t\,@advantage@"),
    Term(r"\;+\;@entropy_coef@\,\textstyle\frac1M\sum @entropy@", ("entropy_coef", "not", 0)),
    Term(r"\quad\text{with}\;\overline{\mathrm{KL}}(@kl_direction@)\le @delta@,\quad\bar\pi=@kl_reference@"),
    Term(r"\\ \Delta\theta=0.8^j\sqrt{2\,@delta@\,/\,g^\top F_\nu^{-1}g}\;F_\nu^{-1}g,"
         r"\quad\nu=@damping@,\;j\le @backtracks@"),
    Term(r"\\ L_V=@value_coef@\,\textstyle\frac1M\sum\big(V_\phi(s_t)-@value_target@\big)^2,"
         r"\quad\rho_t=\pi_\theta(a_t\mid s_t)\,/\,@old_log_prob@(a_t\mid s_t)"),
    Term(r"\\ \hat A_t=@return_kind@@baseline@@advantage_norm@,\quad\hat R_t=@critic_target@"),
)  # fmt: skip


class TRPO(TrustRegionControls, RatioControls):
    """Controls of TRPO: the natural step, shortened until the surrogate improves and the measured KL allows it."""

    backtracks: int = number(
        r"j_{\max}", 10, title="Backtracks", ge=0, le=50, group="policy",
        effect="None at all: the whole step or no step.",
    )  # fmt: skip
    """How often the step is shortened to 0.8 of itself before it is given up."""


def collect(collector: Collector, c: TRPO) -> Batch:
    """T steps from every lane."""
    return collector.segments(c.n_steps)


def losses(b: Minibatch, net: ActorCritic, c: TRPO) -> Losses:
    r"""-(scale) \rho_t sg[A_t], \rho_t = exp(log \pi_\theta - log \pi_old), the value loss and the entropy bonus."""
    pi = net.policy(b.obs, b.masks)
    log_pi_t = pi.log_prob(b.action)
    log_rho_t = log_pi_t - old_log_prob(b, log_pi_t, c)
    gain_t = log_rho_t.exp() * c.advantage(b.advantage)
    terms = {"policy": -b.scale * b.discounted(gain_t).mean(), "value": value_loss(b, net, c)}
    if c.entropy_coef:
        terms["entropy"] = entropy_bonus(b, net, pi, c)
    return Losses(terms, log_ratio=log_rho_t, pi=pi)


def step(m: Minibatch, at_start: Losses, net: ActorCritic, flat: FlatParameters, c: TRPO) -> StepReport:
    """The natural step, and the search back along it."""
    found, before = natural_step(m, at_start, net, flat, c), float(constant(actor_loss(at_start)))

    def measure() -> tuple[float, float]:
        now = losses(m, net, c)
        return before - float(actor_loss(now)), float(exact_kl(m, net, now.pi, now.pi.log_prob(m.action), c))

    tried = line_search(flat.values("actor"), found.step, measure, c.delta, c.backtracks)
    share = 0.0 if tried.backtracks is None else SHRINK**tried.backtracks
    return StepReport(
        gradient_norm=found.gradient.norm(),
        residuals=found.solution.residuals,
        predicted_kl=share**2 * found.predicted_kl,
        measured_kl=tried.kl,
        step_norm=share * float(found.step.norm()),
        gain=tried.gain,
        backtracks=tried.backtracks,
    )


trpo = algorithm(
    Algorithm(
        id="trpo",
        title="TRPO",
        doc="The natural gradient's step, shortened until the surrogate improves inside the trust region.",
        ref="Schulman et al. 2015",
        controls=TRPO,
        equation=EQUATION,
        collect=collect,
        losses=losses,
        actor_step=step,
    )
)
