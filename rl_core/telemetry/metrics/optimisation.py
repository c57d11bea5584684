"""Losses, gradients, parameters and speed."""

from __future__ import annotations

from rl_core.telemetry.metric import scalar
from rl_core.telemetry.record import UpdateRecord


@scalar("loss/policy", title="Policy loss (surrogate)", unit="reward", latex=r"L_\pi", colour="blue")
def loss_policy(u: UpdateRecord) -> float:
    """Value of the surrogate; only its gradient means something. Compare returns instead."""
    return u.losses["policy"]


@scalar("loss/value", title="Value loss", unit="reward^2", latex=r"c_v L_V", colour="green")
def loss_value(u: UpdateRecord) -> float | None:
    """Weighted mean squared error of V; rises while the reward grows, falls when it settles."""
    return u.losses.get("value")


@scalar("loss/entropy", title="Entropy term", unit="nat", latex=r"-c_e H", colour="green")
def loss_entropy(u: UpdateRecord) -> float:
    """The entropy bonus as it enters the loss; 0 without one."""
    return u.losses.get("entropy", 0.0)


@scalar("loss/kl", title="KL penalty", unit="nat", latex=r"\beta\,\mathrm{KL}", colour="violet")
def loss_kl(u: UpdateRecord) -> float | None:
    """The KL penalty as it enters the loss; absent without one."""
    return u.losses.get("kl")


@scalar("loss/total", title="Loss", unit="1", latex=r"L", colour="grey")
def loss_total(u: UpdateRecord) -> float:
    """The sum that is minimised."""
    return sum(u.losses.values())


@scalar("grad/norm", title="Gradient norm", unit="1", latex=r"\lVert g\rVert", colour="orange")
def grad_norm(u: UpdateRecord) -> float:
    """Mean L2 norm of the whole gradient before clipping; near 0 for long means a dead or cut path."""
    return float(u.grad_norms.mean())


@scalar("grad/clipped", title="Clipped gradient steps", unit="1", latex=r"\Pr(\lVert g\rVert>\max)", colour="orange")
def grad_clipped(u: UpdateRecord) -> float | None:
    """Share of steps whose gradient was scaled down; always 1 hides the effective learning rate."""
    return float((u.grad_norms > u.max_grad_norm).mean()) if u.max_grad_norm > 0 else None


@scalar("grad/actor", title="Gradient norm, actor", unit="1", latex=r"\lVert g_\theta\rVert", colour="orange")
def grad_actor(u: UpdateRecord) -> float | None:
    """L2 norm of the applied gradient on the actor, first step of the update."""
    return u.group_norms.get("actor")


@scalar("grad/critic", title="Gradient norm, critic", unit="1", latex=r"\lVert g_\phi\rVert", colour="orange")
def grad_critic(u: UpdateRecord) -> float | None:
    """L2 norm of the applied gradient on the critic, first step of the update."""
    return u.group_norms.get("critic")


@scalar("grad/trunk", title="Gradient norm, trunk", unit="1", latex=r"\lVert g_\psi\rVert", colour="orange")
def grad_trunk(u: UpdateRecord) -> float | None:
    """L2 norm of the applied gradient on the shared trunk, first step of the update."""
    return u.group_norms.get("trunk")


@scalar(
    "grad/trunk_cosine", title="Policy and value on the trunk, cosine", unit="1", colour="orange",
    latex=r"\cos(\nabla_\psi L_\pi,\nabla_\psi L_V)",
)  # fmt: skip
def trunk_cosine(u: UpdateRecord) -> float | None:
    """How the two losses agree about the shared trunk: below 0 they pull it apart; measured with the leak matrix."""
    return u.trunk_cosine


@scalar("grad/cosine", title="Successive gradients, cosine", unit="1", latex=r"\cos(g_k,g_{k-1})", colour="orange")
def grad_cosine(u: UpdateRecord) -> float | None:
    """Cosine between the first gradients of this update and of the last; near 0 or below, noise rules."""
    return u.grad_cosine


@scalar("param/norm", title="Parameter norm", unit="1", latex=r"\lVert\theta\rVert", colour="grey")
def param_norm(u: UpdateRecord) -> float:
    """L2 norm of all parameters after the update."""
    return u.param_norm


@scalar("param/update_ratio", title="Update to weights", unit="1", latex=r"\lVert\Delta\theta\rVert/\lVert\theta\rVert")
def update_ratio(u: UpdateRecord) -> float:
    """Length of the update relative to the parameters; about 0.001 per step is usual."""
    return u.update_norm / u.param_norm if u.param_norm else float("nan")


@scalar("optim/learning_rate", title="Learning rate", unit="1", latex=r"\alpha(n)", colour="grey")
def learning_rate(u: UpdateRecord) -> float:
    """Step size in force, after its schedule."""
    return u.learning_rate


@scalar("optim/backward_calls", title="Backward passes", unit="1", latex=r"n_\nabla", colour="grey")
def backward_calls(u: UpdateRecord) -> float:
    """Backward passes of this update: one per step, or one per sample where the gradient is taken literally."""
    return float(u.taken.calls)


@scalar("time/steps_per_second", title="Steps per second", unit="1/s", latex=r"\dot n", colour="grey")
def steps_per_second(u: UpdateRecord) -> float:
    """Environment steps per second of wall time over the whole loop, pauses excluded."""
    return u.env_steps / u.elapsed if u.elapsed > 0 else float("nan")


@scalar("time/collect_ms", title="Collecting", unit="ms", latex=r"t_c", colour="grey")
def collect_ms(u: UpdateRecord) -> float:
    """Wall time spent acting and stepping environments."""
    return 1e3 * u.seconds["collect"]


@scalar("time/estimate_ms", title="Estimating", unit="ms", latex=r"t_e", colour="grey")
def estimate_ms(u: UpdateRecord) -> float:
    """Wall time spent on values, returns and advantages before the first step."""
    return 1e3 * u.seconds["estimate"]


@scalar("time/backward_ms", title="Losses and backward", unit="ms", latex=r"t_\nabla", colour="grey")
def backward_ms(u: UpdateRecord) -> float:
    """Wall time spent on losses and their backward passes."""
    return 1e3 * u.seconds["backward"]


@scalar("time/optimiser_ms", title="Optimiser", unit="ms", latex=r"t_o", colour="grey")
def optimiser_ms(u: UpdateRecord) -> float:
    """Wall time spent clipping gradients and stepping the optimiser."""
    return 1e3 * u.seconds["optimiser"]


@scalar("time/cpu_ms", title="Processor time", unit="ms", latex=r"t_{\text{CPU}}", colour="grey")
def cpu_ms(u: UpdateRecord) -> float:
    """Processor time of the whole update, all phases."""
    return 1e3 * u.seconds["cpu"]
