"""From what a person asked for to a complete, validated configuration of a run, or to every reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, ValidationError, model_serializer

from rl_core.algorithms.algorithm import algorithms, discover_algorithms
from rl_core.environments.fits import concerned, misfits
from rl_core.environments.lanes import EnvironmentInfo
from rl_core.environments.make import EnvironmentRefused, check_environment
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.recipes import recipes
from rl_core.refusals import ConfigError, ConfigErrors, explained, from_unknown, missing, not_live, unknown_control
from rl_core.registry import UnknownId

discover_algorithms()


class EnvironmentConfig(BaseModel):
    """Which environment, in how many lanes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str = Field(max_length=200)
    num_envs: int = Field(8, ge=1, le=1024)
    kwargs: dict[str, Any] = {}


class Budget(BaseModel):
    """When a run has finished: the first of these that is reached."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    env_steps: int | None = Field(None, ge=1, le=10**12)
    updates: int | None = Field(None, ge=1, le=10**12)
    episodes: int | None = Field(None, ge=1, le=10**12)

    @model_serializer(mode="wrap")
    def _only_limits(self, dump: SerializerFunctionWrapHandler) -> dict[str, int]:
        return {name: limit for name, limit in dump(self).items() if limit is not None}

    def used(self, env_steps: int, updates: int, episodes: int) -> float:
        """The fraction used, 1 when the run has finished."""
        pairs = ((self.env_steps, env_steps), (self.updates, updates), (self.episodes, episodes))
        return min(1.0, max((now / limit for limit, now in pairs if limit), default=0.0))


class RunConfig(BaseModel):
    """Everything that determines a run; with the events of its edits it is the run."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    recipe: str | None = None
    algorithm: str
    environment: EnvironmentConfig
    controls: dict[str, Any]
    seed: int = Field(0, ge=0, lt=2**63)
    budget: Budget
    name: str = ""
    tags: list[str] = []
    pace: float | None = Field(None, gt=0, le=1e6)

    def parsed_controls(self) -> OnPolicyControls:
        """The controls as the algorithm reads them."""
        controls: OnPolicyControls = algorithms[self.algorithm].controls.model_validate(self.controls)
        return controls


DEFAULT_BUDGET = {"env_steps": 200_000}


def resolve(body: Mapping[str, Any]) -> RunConfig:
    """Fill in a recipe and every default; raises ConfigErrors with all reasons, each naming its field."""
    asked = {key: value for key, value in body.items() if value is not None}
    base = _recipe(asked)
    merged = base | asked
    merged["environment"] = _merged(base.get("environment"), asked.get("environment"), "environment")
    given = _merged(base.get("controls"), asked.get("controls"), "controls")
    _require(merged)
    controls, errors = checked_controls(merged["algorithm"], given)
    merged["controls"] = controls
    merged.setdefault("budget", DEFAULT_BUDGET)
    try:
        config = RunConfig.model_validate(merged)
    except ValidationError as invalid:
        raise ConfigErrors(errors + explained(invalid, "", RunConfig)) from None
    errors += _environment_errors(config)
    if config.budget.used(1, 1, 1) == 0.0:
        errors.append(ConfigError(code="invalid_value", message="The budget is empty; give env_steps, updates or "
                                  "episodes, for instance {\"env_steps\": 200000}.", field="budget"))  # fmt: skip
    if errors:
        raise ConfigErrors(errors)
    return config


def check_edit(
    config: RunConfig | Mapping[str, Any],
    values: Mapping[str, Any],
    edit: Mapping[str, Any],
    info: EnvironmentInfo | None = None,
) -> list[ConfigError]:
    """Why the controls `values` of a running run may not be edited so; empty if they may.

    `info` spares building the environment where an edit has to fit it.
    """
    name = config.algorithm if isinstance(config, RunConfig) else str(config["algorithm"])
    cls = algorithms[name].controls
    known = [key for key in edit if key in cls.model_fields]
    errors = [unknown_control(key, list(cls.model_fields)) for key in edit if key not in cls.model_fields]
    errors += [not_live(key) for key in known if not cls.is_live(key)]
    edited, invalid = checked_controls(name, dict(values) | {key: edit[key] for key in known})
    if errors or invalid or not concerned(known):
        return errors + invalid
    return misfits(cls.model_validate(edited), info or _info_of(config))


def _info_of(config: RunConfig | Mapping[str, Any]) -> EnvironmentInfo:
    about = config.environment.model_dump() if isinstance(config, RunConfig) else config["environment"]
    return check_environment(about["id"], about.get("kwargs") or {})


def _recipe(asked: Mapping[str, Any]) -> dict[str, Any]:
    if "recipe" not in asked:
        return {}
    try:
        return recipes[str(asked["recipe"])].config()
    except UnknownId as unknown:
        raise ConfigErrors([from_unknown(unknown, "recipe")]) from None


def _require(merged: Mapping[str, Any]) -> None:
    absent = [missing(field) for field in ("algorithm", "environment") if not merged.get(field)]
    if absent:
        raise ConfigErrors(absent)
    if not isinstance(merged["algorithm"], str) or merged["algorithm"] not in algorithms:
        try:
            algorithms[str(merged["algorithm"])]
        except UnknownId as unknown:
            raise ConfigErrors([from_unknown(unknown, "algorithm")]) from None


def _merged(base: Any, given: Any, field: str) -> dict[str, Any]:
    if given is not None and not isinstance(given, Mapping):
        message = f"{field} is a {type(given).__name__}; expected an object."
        raise ConfigErrors([ConfigError(code="invalid_value", field=field, message=message)])
    return dict(base or {}) | dict(given or {})


def checked_controls(algorithm: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[ConfigError]]:
    """Every control with its value, or every reason why these are no controls of the algorithm."""
    cls = algorithms[algorithm].controls
    try:
        return cls.model_validate(dict(given)).values(), []
    except ValidationError as invalid:
        errors = explained(invalid, "controls", cls)
        return {}, [_with_bounds(error, cls) for error in errors]


def _with_bounds(error: ConfigError, cls: type[OnPolicyControls]) -> ConfigError:
    """Both ends of the allowed range, where pydantic names only the one that was crossed."""
    if error.code != "out_of_range" or error.field is None:
        return error
    row = next(row for row in cls.declarations() if error.field == f"controls.{row['name']}")
    found = error.message.split(";")[0]
    return error.model_copy(update={"message": f"{found}; allowed {row['min']:g} to {row['max']:g}."})


def _environment_errors(config: RunConfig) -> list[ConfigError]:
    """Why the environment cannot be built, or which controls do not fit it."""
    try:
        info = check_environment(config.environment.id, config.environment.kwargs)
    except EnvironmentRefused as refused:
        code = "unknown_environment" if refused.unknown else "environment_refused"
        about = {"field": f"environment.{refused.field}", "did_you_mean": refused.did_you_mean}
        return [ConfigError(code=code, message=str(refused), **about)]
    return misfits(config.parsed_controls(), info) if config.controls else []
