"""Losses, gradients, parameters and speed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rl_core.telemetry.metric import scalar, scalars
from rl_core.telemetry.probes import Probe
from rl_core.telemetry.reading import Array, Reading


@dataclass(frozen=True, slots=True)
class LossReading(Reading):
    """The terms of the loss by name, means over the steps of the last epoch."""

    losses: Mapping[str, float]

    def numbers(self) -> Mapping[str, float]:
        """Those of terms that have no metric of their own."""
        named = ((f"loss/{name}", value) for name, value in self.losses.items())
        return {name: value for name, value in named if name not in scalars}


@dataclass(frozen=True, slots=True)
class StepsReading(Reading):
    """Gradients of the steps that clip theirs."""

    norms: Array  # before clipping, one per step
    max_norm: float  # 0 = no limit


@dataclass(frozen=True, slots=True)
class FirstGradient(Reading):
    """The gradient of an update's first step, by parameter group."""

    norms: Mapping[str, float]
    cosine: float | None  # with the last update's

    def numbers(self) -> Mapping[str, float]:
        """Those of groups that have no metric of their own."""
        named = ((f"grad/{name}", value) for name, value in self.norms.items())
        return {name: value for name, value in named if name not in scalars}


@dataclass(frozen=True, slots=True)
class ParameterReading(Reading):
    """All parameters, as one vector."""

    norm: float
    update_norm: float


@dataclass(frozen=True, slots=True)
class RateReading(Reading):
    """The step size in force."""

    learning_rate: float


@dataclass(frozen=True, slots=True)
class Spent(Reading):
    """What an update took."""

    env_steps: int  # collected by it
    seconds: Mapping[str, float]  # collect, estimate, backward, optimiser, cpu
    elapsed: float  # wall seconds since the last update ended, pauses excluded


@dataclass(frozen=True, slots=True)
class Pressures(Reading):
    """The gradient that arrived at every gate."""

    norms: Mapping[str, float]

    def numbers(self) -> Mapping[str, float]:
        """One for each gate."""
        return {f"gate/{name}": norm for name, norm in self.norms.items()}


@scalar("loss/policy", title="Policy loss (surrogate)", unit="reward", latex=r"L_\pi", colour="blue")
def loss_policy(u: LossReading) -> float | None:
    """Value of the surrogate; only its gradient means something. Compare returns instead."""
    return u.losses.get("policy")


@scalar("loss/value", title="Value loss", unit="reward^2", latex=r"c_v L_V", colour="green")
def loss_value(u: LossReading) -> float | None:
    """Weighted mean squared error of V; rises while the reward grows, falls when it settles."""
    return u.losses.get("value")


@scalar("loss/entropy", title="Entropy term", unit="nat", latex=r"-c_e H", colour="green")
def loss_entropy(u: LossReading) -> float | None:
    """The entropy bonus as it enters the loss; absent without one."""
    return u.losses.get("entropy")


@scalar("loss/kl", title="KL penalty", unit="nat", latex=r"\beta\,\mathrm{KL}", colour="violet")
def loss_kl(u: LossReading) -> float | None:
    """The KL penalty as it enters the loss; absent without one."""
    return u.losses.get("kl")


@scalar("loss/total", title="Loss", unit="1", latex=r"L", colour="grey")
def loss_total(u: LossReading) -> float:
    """The sum that is minimised."""
    return sum(u.losses.values())


@scalar("grad/norm", title="Gradient norm before clipping", unit="1", latex=r"\lVert g\rVert", colour="orange")
def grad_norm(u: StepsReading) -> float:
    """Mean L2 norm of the gradient before clipping, over the steps that clip theirs (a trust region's does not); near 0
    for long means a dead or cut path.
    """
    return float(u.norms.mean())


@scalar("grad/clipped", title="Clipped gradient steps", unit="1", latex=r"\Pr(\lVert g\rVert>\max)", colour="orange")
def grad_clipped(u: StepsReading) -> float | None:
    """Share of steps whose gradient was scaled down; always 1 hides the effective learning rate."""
    return float((u.norms > u.max_norm).mean()) if u.max_norm > 0 else None


@scalar("grad/actor", title="Applied gradient, actor", unit="1", latex=r"\lVert g_\theta\rVert", colour="orange")
def grad_actor(u: FirstGradient) -> float | None:
    """L2 norm of the gradient as it is applied to the actor, after clipping, first step of the update."""
    return u.norms.get("actor")


@scalar("grad/critic", title="Applied gradient, critic", unit="1", latex=r"\lVert g_\phi\rVert", colour="orange")
def grad_critic(u: FirstGradient) -> float | None:
    """L2 norm of the gradient as it is applied to the critic, after clipping, first step of the update."""
    return u.norms.get("critic")


@scalar("grad/trunk", title="Applied gradient, trunk", unit="1", latex=r"\lVert g_\psi\rVert", colour="orange")
def grad_trunk(u: FirstGradient) -> float | None:
    """L2 norm of the gradient as it is applied to the shared trunk, after clipping, first step of the update."""
    return u.norms.get("trunk")


@scalar(
    "grad/trunk_cosine", title="Policy and value on the trunk, cosine", unit="1", colour="orange",
    latex=r"\cos(\nabla_\psi L_\pi,\nabla_\psi L_V)",
)  # fmt: skip
def trunk_cosine(u: Probe) -> float | None:
    """How the two losses agree about the shared trunk: below 0 they pull it apart; measured with the leak matrix."""
    return u.trunk_cosine


@scalar("grad/cosine", title="Successive gradients, cosine", unit="1", latex=r"\cos(g_k,g_{k-1})", colour="orange")
def grad_cosine(u: FirstGradient) -> float | None:
    """Cosine between the first gradients of this update and of the last; near 0 or below, noise rules."""
    return u.cosine


@scalar("param/norm", title="Parameter norm", unit="1", latex=r"\lVert\theta\rVert", colour="grey")
def param_norm(u: ParameterReading) -> float:
    """L2 norm of all parameters after the update."""
    return u.norm


@scalar("param/update_ratio", title="Update to weights", unit="1", latex=r"\lVert\Delta\theta\rVert/\lVert\theta\rVert")
def update_ratio(u: ParameterReading) -> float:
    """Length of the update relative to the parameters; about 0.001 per step is usual."""
    return u.update_norm / u.norm if u.norm else float("nan")


@scalar("optim/learning_rate", title="Learning rate", unit="1", latex=r"\alpha(n)", colour="grey")
def learning_rate(u: RateReading) -> float:
    """Step size in force, after its schedule."""
    return u.learning_rate


@scalar("time/steps_per_second", title="Steps per second", unit="1/s", latex=r"\dot n", colour="grey")
def steps_per_second(u: Spent) -> float:
    """Environment steps per second of wall time over the whole loop, pauses excluded."""
    return u.env_steps / u.elapsed if u.elapsed > 0 else float("nan")


@scalar("time/collect_ms", title="Collecting", unit="ms", latex=r"t_c", colour="grey")
def collect_ms(u: Spent) -> float:
    """Wall time spent acting and stepping environments."""
    return 1e3 * u.seconds["collect"]


@scalar("time/estimate_ms", title="Estimating", unit="ms", latex=r"t_e", colour="grey")
def estimate_ms(u: Spent) -> float:
    """Wall time spent on values, returns and advantages before the first step."""
    return 1e3 * u.seconds["estimate"]


@scalar("time/backward_ms", title="Losses and backward", unit="ms", latex=r"t_\nabla", colour="grey")
def backward_ms(u: Spent) -> float:
    """Wall time spent on losses and their backward passes."""
    return 1e3 * u.seconds["backward"]


@scalar("time/optimiser_ms", title="Optimiser", unit="ms", latex=r"t_o", colour="grey")
def optimiser_ms(u: Spent) -> float:
    """Wall time spent clipping gradients and stepping the optimiser."""
    return 1e3 * u.seconds["optimiser"]


@scalar("time/cpu_ms", title="Processor time", unit="ms", latex=r"t_{\text{CPU}}", colour="grey")
def cpu_ms(u: Spent) -> float:
    """Processor time of the whole update, all phases."""
    return 1e3 * u.seconds["cpu"]
