"""Importance weights, and what the epochs on one batch do to the ratios."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rl_core.telemetry.grids import LOGRATIO128
from rl_core.telemetry.metric import distribution, scalar
from rl_core.telemetry.reading import Array, Reading


@dataclass(frozen=True, slots=True)
class WeightReading(Reading):
    """Importance weights that are not the ratios."""

    log_weight: Array  # last epoch


@dataclass(frozen=True, slots=True)
class EpochsReading(Reading):
    """Log ratios before each epoch's steps, joined when somebody asks; an actor that takes one step moves in none."""

    epochs: Callable[[], list[Array]]
    weighted: bool  # whether samples have weights that are not the ratios


EPOCHS = (1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 40, 50)  # whose ratios are shown


@scalar(
    "ratio/ess_weights", title="Effective sample size of the weights", unit="1", colour="teal", healthy=(0.5, 1),
    latex=r"(\sum w)^2/(n\sum w^2)",
)  # fmt: skip
def ess_weights(u: WeightReading) -> float:
    """Effective sample size of the importance weights, as a share of their number; products lose it with length."""
    return effective_share(u.log_weight)


@scalar("ratio/max_log_weight", title="Largest log weight", unit="nat", latex=r"\max\log w", colour="teal")
def max_log_weight(u: WeightReading) -> float:
    """Log of the largest importance weight, last epoch: 3 nats are a sample that counts for twenty."""
    return float(u.log_weight.max())


def effective_share(log_w: Array) -> float:
    r"""(\sum w)^2 / (n \sum w^2), with the largest log-weight subtracted first."""
    w = np.exp(log_w - log_w.max())
    return float(w.sum() ** 2 / ((w @ w) * w.size))


def _declare(k: int) -> None:
    def ratios(u: EpochsReading) -> Array | None:
        epochs = u.epochs()
        return np.exp(epochs[k - 1]) if 1 < len(epochs) >= k else None

    def ess(u: EpochsReading) -> float | None:
        if not u.weighted:
            return None
        epochs = u.epochs()
        return effective_share(epochs[k - 1]) if len(epochs) >= k else None

    ratios.__doc__ = f"Ratio of new to old probability of each taken action, before the steps of epoch {k}."
    ess.__doc__ = f"Effective sample size of the ratios before the steps of epoch {k}, as a share of the batch."
    title, latex = f"Effective sample size, epoch {k}", rf"\mathrm{{ESS}}^{{({k})}}"
    scalar(f"ratio/ess_epoch_{k}", title=title, unit="1", latex=latex, colour="teal")(ess)
    title, latex = f"Ratio, epoch {k}", rf"\rho_t^{{({k})}}"
    distribution(f"ratio_epoch_{k}", title=title, unit="1", latex=latex, grid=LOGRATIO128, colour="teal")(ratios)


for _k in EPOCHS:
    _declare(_k)
