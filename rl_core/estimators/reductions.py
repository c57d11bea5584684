r"""How a sum over samples becomes a loss."""

from __future__ import annotations

from typing import Literal

Reduction = Literal["traj_mean", "step_mean", "sum"]


def reduction_scale(how: Reduction, n_steps: int, n_trajectories: int) -> float:
    r"""The factor that turns a mean over samples into the reduction over the batch of M steps and N trajectories.

    traj_mean is (1/N) \sum_i \sum_t (the unbiased one), step_mean (1/M) \sum, sum \sum. A mean over a random minibatch
    times this factor has the full batch's value as its expectation.
    """
    return {"traj_mean": n_steps / max(n_trajectories, 1), "step_mean": 1.0, "sum": float(n_steps)}[how]
