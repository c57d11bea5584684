"""Experiments of the laboratory: many estimates of one gradient, held against the exact one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from backend.api.text import EnvironmentId
from backend.api.wire import ControlValue, Message, Number, Request

Parameters = Annotated[dict[str, ControlValue], Field(max_length=100)]


class LabEnvironment(Request):
    """A finite environment and its keywords."""

    id: EnvironmentId
    kwargs: Parameters = Field(default_factory=dict)


class LabEstimator(Request):
    """A name for the table, and settings as of `rl_core.estimate`: controls, `algorithm`, `value`."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    settings: Parameters = Field(default_factory=dict)


class LabRequest(Request):
    """The whole experiment; the same request gives the same numbers. Bounds on work are the engine's."""

    environment: LabEnvironment
    gamma: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.95
    policy: Parameters = Field(default_factory=lambda: {"kind": "uniform"}, description="`kind` and its keywords.")
    behaviour: Parameters | None = Field(None, description="Who collects the data; null: the policy itself.")
    estimators: Annotated[list[LabEstimator], Field(min_length=1, max_length=16)]
    batch: Annotated[int, Field(ge=1, le=1024, description="Trajectories that make an estimate.")] = 16
    batches: Annotated[int, Field(ge=10, le=5000, description="Estimates of every estimator.")] = 500
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0


class Interval(Message):
    """A number with its 95 % confidence interval."""

    value: Number
    low: Number
    high: Number


class LabTruth(Message):
    """What dynamic programming says; J in reward, its gradient in reward per logit."""

    J: Number
    gradient_norm: Number
    gradient: list[list[Number]]
    states: int
    actions: int
    horizon: int


class LabRow(Message):
    """One estimator. Bias is a length in reward per logit; variance (a trace) and MSE are in its square."""

    name: str
    controls: dict[str, Any]
    bias: Interval
    bias_squared: Interval
    variance: Interval
    mse: Interval
    cosine: Interval | None = Field(description="With the exact gradient, mean over estimates; null where that is 0.")
    scale: Interval | None = Field(description="Length of the mean estimate along the exact gradient, over its own.")
    noise_floor: Number = Field(description="About as large a bias goes unseen: the square root of variance / batches.")
    p_value: Number = Field(description="Of a bias at least as large, if there were none.")
    verdict: Literal["unbiased", "scaled", "biased"] = Field(
        description="`unbiased`: within noise (p at least 0.001). `scaled`: only the length is wrong."
    )
    seconds: float


class LabResult(Message):
    """What the experiment found; all but the seconds is reproducible bit for bit."""

    request: LabRequest
    truth: LabTruth
    mean_length: float = Field(description="Steps per trajectory.")
    behaviour_J: Number | None
    estimators: list[LabRow]
    seconds: float
