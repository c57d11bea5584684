"""What the estimator made of the batch, and how good the critic behind it is."""

from __future__ import annotations

from dataclasses import dataclass

from rl_core.telemetry.grids import SYMLOG128
from rl_core.telemetry.metric import distribution, scalar
from rl_core.telemetry.reading import Array, Reading


@dataclass(frozen=True, slots=True)
class EstimateReading(Reading):
    """Arrays over the M valid samples of a batch."""

    advantage: Array  # as the loss used it, before minibatch normalisation
    returns: Array  # G_t
    baseline: Array  # what was subtracted from the return
    td_error: Array | None
    value: Array | None  # None without a critic
    target: Array | None


@scalar("advantage/mean", title="Advantage, mean", unit="reward", latex=r"\mathbb E[\hat A]", colour="blue")
def advantage_mean(u: EstimateReading) -> float:
    """Mean advantage before minibatch normalisation; far from 0 for long points at a wrong baseline."""
    return float(u.advantage.mean())


@scalar("advantage/std", title="Advantage, standard deviation", unit="reward", latex=r"\sigma(\hat A)", colour="blue")
def advantage_std(u: EstimateReading) -> float:
    """Standard deviation of the advantage before minibatch normalisation."""
    return float(u.advantage.std())


@scalar("advantage/positive", title="Share of positive weights", unit="1", latex=r"\Pr(\hat A>0)", colour="blue")
def advantage_positive(u: EstimateReading) -> float:
    """Share of samples whose action is pushed up."""
    return float((u.advantage > 0).mean())


@scalar("advantage/baseline", title="Baseline, mean", unit="reward", latex=r"\mathbb E[b]", colour="blue")
def baseline_value(u: EstimateReading) -> float:
    """Mean of what was subtracted from the return: a batch mean, or V where the advantage carries it."""
    return float(u.baseline.mean())


@scalar("return/mean", title="Return-to-go, mean", unit="reward", latex=r"\mathbb E[G_t]", colour="blue")
def return_mean(u: EstimateReading) -> float:
    """Mean discounted return-to-go of the batch."""
    return float(u.returns.mean())


@scalar(
    "critic/explained_variance", title="Explained variance", unit="1", colour="green", healthy=(0, 1),
    latex=r"1-\mathrm{Var}(\hat R-V)/\mathrm{Var}(\hat R)",
)  # fmt: skip
def explained_variance(u: EstimateReading) -> float | None:
    """1 = V predicts the targets, 0 = no better than their mean, below 0 = worse."""
    if u.value is None or u.target is None:
        return None
    spread = float(u.target.var())
    return float("nan") if spread == 0 else 1.0 - float((u.target - u.value).var()) / spread


@scalar("critic/value_mean", title="Value, mean", unit="reward", latex=r"\mathbb E[V]", colour="green")
def value_mean(u: EstimateReading) -> float | None:
    """Mean of V over the batch; beside the target's mean it shows a biased critic."""
    return None if u.value is None else float(u.value.mean())


@scalar("critic/target_mean", title="Value target, mean", unit="reward", latex=r"\mathbb E[\hat R]", colour="green")
def target_mean(u: EstimateReading) -> float | None:
    """Mean of the critic's targets over the batch."""
    return None if u.target is None else float(u.target.mean())


@scalar("critic/v_minus_mc", title="Value minus return", unit="reward", latex=r"\mathbb E[V-G]", colour="green")
def v_minus_mc(u: EstimateReading) -> float | None:
    """Mean of V minus the return that followed; a steady gap is a biased critic (a rollout's edge is bootstrapped)."""
    return None if u.value is None else float((u.value - u.returns).mean())


@distribution("advantage", title="Advantage", unit="reward", latex=r"\hat A_t", grid=SYMLOG128, colour="blue")
def advantage(u: EstimateReading) -> Array:
    """Advantage of each sample, before minibatch normalisation."""
    return u.advantage


@distribution("return", title="Return-to-go", unit="reward", latex=r"G_t", grid=SYMLOG128, colour="blue")
def returns(u: EstimateReading) -> Array:
    """Discounted return-to-go of each sample."""
    return u.returns


@distribution("td_error", title="TD error", unit="reward", latex=r"\delta_t", grid=SYMLOG128, colour="violet")
def td_error(u: EstimateReading) -> Array | None:
    """One-step TD error of each sample; centred on 0 when V is consistent."""
    return u.td_error
