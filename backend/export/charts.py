"""Which charts the report shows: those of the desk, with the same metrics, colours and words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One metric in a chart."""

    metric: str
    colour: str
    label: str = ""


@dataclass(frozen=True)
class Chart:
    """One chart over updates."""

    title: str
    doc: str
    lines: tuple[Line, ...]


RETURN = Chart("Return", "Sum of rewards of every finished training episode.", (Line("episode/return", "blue"),))

CHARTS = (
    Chart(
        "KL to old policy",
        "Two estimates of the divergence from the policy that collected the data: k3 is never negative, k1 may be.",
        (Line("policy/kl_k3", "violet", "k3"), Line("policy/kl_k1", "grey", "k1")),
    ),
    Chart(
        "Effective sample size",
        "How much of the data still counts after weighting by new over old probability.",
        (Line("ratio/ess", "teal"),),
    ),
    Chart(
        "Entropy",
        "How undecided the policy is: as a share of the most it could be, and in nats.",
        (Line("policy/entropy_relative", "green", "of max"), Line("policy/entropy", "grey", "nats")),
    ),
    Chart(
        "Explained variance",
        "Share of the variance of the returns that the critic foresees; below 0 it is worse than a constant.",
        (Line("critic/explained_variance", "green"),),
    ),
    Chart(
        "Value and its target",
        "Mean of the critic beside the mean of what it is trained towards; a lasting distance is a bias.",
        (Line("critic/value_mean", "green", "V"), Line("critic/target_mean", "orange", "target")),
    ),
    Chart(
        "Losses",
        "The terms of the loss. Their size means little; a change of course does.",
        (
            Line("loss/policy", "violet", "policy"),
            Line("loss/value", "green", "value"),
            Line("loss/entropy", "teal", "entropy"),
        ),
    ),
    Chart(
        "Gradient norm",
        "Length of the gradient before clipping; a jump is instability, zero a dead or detached path.",
        (Line("grad/norm", "orange"),),
    ),
    Chart(
        "Steps per second",
        "Environment steps per second of training, pauses not counted.",
        (Line("time/steps_per_second", "grey"),),
    ),
)
