"""What is asked of the laboratory: an MDP, a policy, estimators, and how much of everything."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import rl_core.environments.finite
from rl_core.environments.finite.declared import finite_environments, mdp_of
from rl_core.environments.kwargs import keyword_fault
from rl_core.refusals import ConfigError, ConfigErrors, explained
from rl_core.registry import discover, near_misses
from rl_core.tabular.mdp import TabularMDP

discover(rl_core.environments.finite)

MAX_ESTIMATORS = 16
MAX_TABLE = 4_000  # states x actions
MAX_VALUES = 4_000_000  # horizon x states x actions: Q of dynamic programming
MAX_STEPS = 4_000_000  # batches x trajectories x horizon, for each policy that collects
MAX_LOOKUPS = 400_000_000  # the same times states: what one-hot observations cost


class EnvironmentSpec(BaseModel):
    """A finite environment and its keywords."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str = Field(max_length=200)
    kwargs: dict[str, Any] = {}


class EstimatorSpec(BaseModel):
    """A name for the table, and the settings of `rl_core.estimate`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=80)
    settings: dict[str, Any] = {}


class StudyRequest(BaseModel):
    """The whole experiment; the same request gives the same numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    environment: EnvironmentSpec
    gamma: float = Field(0.95, ge=0, le=1, allow_inf_nan=False)
    policy: dict[str, Any] = {"kind": "uniform"}
    behaviour: dict[str, Any] | None = None  # who collects the trajectories of every estimator; None: the policy
    estimators: list[EstimatorSpec] = Field(min_length=1, max_length=MAX_ESTIMATORS)
    batch: int = Field(16, ge=1, le=1024)
    batches: int = Field(500, ge=10, le=5000)
    seed: int = Field(0, ge=0, lt=2**31)


def parse_request(body: Any) -> tuple[StudyRequest, TabularMDP]:
    """The request with every default and its MDP; raises ConfigErrors with all reasons why not."""
    try:
        request = StudyRequest.model_validate(body)
    except ValidationError as invalid:
        raise ConfigErrors(explained(invalid, "", StudyRequest)) from None
    mdp = _mdp(request)
    _check_size(request, mdp)
    return request, mdp


def _mdp(request: StudyRequest) -> TabularMDP:
    env_id, kwargs = request.environment.id, request.environment.kwargs
    if env_id not in finite_environments:
        known = list(finite_environments)
        message = f"'{env_id[:80]}' is no finite MDP, so its gradient is not known. Use {' or '.join(known)}."
        raise ConfigErrors([_refused("unknown_environment", "id", message, near_misses(env_id, known))])
    if fault := keyword_fault(env_id, kwargs):
        raise ConfigErrors([_refused("environment_refused", "kwargs", fault)])
    try:
        mdp = mdp_of(env_id, kwargs)
    except (TypeError, ValueError) as wrong:
        message = f"{env_id} cannot be built from {kwargs!r:.200}: {wrong}"
        raise ConfigErrors([_refused("environment_refused", "kwargs", message)]) from None
    mdp.gamma = request.gamma
    return mdp


def _refused(code: str, field: str, message: str, near: list[str] | None = None) -> ConfigError:
    return ConfigError(code=code, message=message, field=f"environment.{field}", did_you_mean=near or [])


def _check_size(request: StudyRequest, mdp: TabularMDP) -> None:
    """Refuse what would take minutes or gigabytes."""
    table, steps = mdp.n_states * mdp.n_actions, request.batch * request.batches * mdp.horizon
    sizes = [
        ("environment.kwargs", "states x actions", table, MAX_TABLE, "Use a smaller MDP."),
        ("environment.kwargs", "horizon x states x actions", mdp.horizon * table, MAX_VALUES, "Shorten the horizon."),
        ("batches", "batches x trajectories x horizon", steps, MAX_STEPS, "Take fewer batches or trajectories."),
        ("batches", "the same x states", steps * mdp.n_states, MAX_LOOKUPS, "Take fewer batches or a smaller MDP."),
    ]  # fmt: skip
    errors = [
        ConfigError(code="too_large", field=field, message=f"{what} is {found:,}; allowed up to {limit:,}. {hint}")
        for field, what, found, limit, hint in sizes
        if found > limit
    ]
    if errors:
        raise ConfigErrors(errors[:1])
