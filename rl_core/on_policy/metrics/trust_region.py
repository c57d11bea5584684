"""A step whose length is a KL: how well its equation was solved, what was promised of it, and what was measured."""

from __future__ import annotations

from rl_core.telemetry.metric import scalar
from rl_core.updates.trust_region import StepReport

ITERATIONS = (1, 2, 3, 5, 10, 15, 20)  # of the conjugate gradients, after which the residual is reported


@scalar(
    "trust/kl_predicted", title="KL of the step, predicted", unit="nat", colour="violet",
    latex=r"\tfrac12\Delta\theta^\top F\Delta\theta",
)  # fmt: skip
def kl_predicted(u: StepReport) -> float | None:
    """KL of the step that was taken, by the quadratic model that the Fisher matrix is of."""
    return u.predicted_kl


@scalar(
    "trust/kl_measured", title="KL of the step, measured", unit="nat", colour="violet",
    latex=r"\overline{\mathrm{KL}}(\theta,\theta+\Delta\theta)",
)  # fmt: skip
def kl_measured(u: StepReport) -> float | None:
    """KL on the batch after the step; far from the predicted one the quadratic model no longer holds."""
    return u.measured_kl


@scalar("trust/step_norm", title="Step in the parameters", unit="1", latex=r"\lVert\Delta\theta\rVert", colour="grey")
def step_norm(u: StepReport) -> float | None:
    """L2 norm of the actor's step; a short one can be a large KL, and a long one along dead parameters none."""
    return u.step_norm


@scalar("trust/gain", title="Surrogate gain", unit="reward", latex=r"\Delta\hat J", colour="blue")
def gain(u: StepReport) -> float | None:
    """By how much the step that was taken improved the surrogate on its batch; 0 where none was taken."""
    return u.gain


@scalar("trust/backtracks", title="Backtracks", unit="1", latex=r"j", colour="orange")
def backtracks(u: StepReport) -> float | None:
    """How often the step was shortened to 0.8 of itself; absent where no step was taken or none searched for."""
    return None if u.backtracks is None else float(u.backtracks)


@scalar("trust/taken", title="Step taken", unit="1", latex=r"1[\Delta\theta\neq 0]", colour="orange")
def taken(u: StepReport) -> float | None:
    """1 where the search found a step that improves the surrogate inside the region, 0 where it gave up."""
    return None if u.gain is None else float(u.backtracks is not None)


@scalar(
    "trust/residual",
    title="Residual of F x = g",
    unit="1",
    colour="orange",
    latex=r"\lVert g-F_\nu x\rVert/\lVert g\rVert",
)
def residual(u: StepReport) -> float | None:
    """Relative residual when the conjugate gradients ended: 0 = solved; 1 = nothing was solved, as for F = 0 (B-12)."""
    return relative_residual(u.residuals, len(u.residuals) - 1)


def relative_residual(residuals: list[float], iterations: int) -> float | None:
    """The residual after so many iterations over the first; None where there were fewer."""
    if iterations >= len(residuals):
        return None
    return residuals[iterations] / residuals[0] if residuals[0] else 0.0


def _declare(k: int) -> None:
    def read(u: StepReport) -> float | None:
        return relative_residual(u.residuals, k)

    read.__doc__ = f"Relative residual after {k} iterations of the conjugate gradients; absent where they ended before."
    title, latex = f"Residual after {k}", rf"\lVert r_{{{k}}}\rVert/\lVert g\rVert"
    scalar(f"trust/residual_{k}", title=title, unit="1", latex=latex, colour="orange")(read)


for _k in ITERATIONS:
    _declare(_k)
