"""Why a configuration or an edit is refused, in sentences: what was found, what is allowed, what was likely meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from rl_core.registry import UnknownId, near_misses

BOUNDS = {
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "greater_than": "more than {gt}",
    "less_than": "less than {lt}",
}


class ConfigError(BaseModel):
    """One reason why a configuration or an edit is refused."""

    code: str
    message: str
    field: str | None = None
    did_you_mean: list[str] = []


class ConfigErrors(ValueError):
    """All reasons at once."""

    def __init__(self, errors: list[ConfigError]) -> None:
        self.errors = errors
        super().__init__(" ".join(error.message for error in errors))


def explained(invalid: ValidationError, prefix: str, model: type[BaseModel]) -> list[ConfigError]:
    """Every fault that pydantic found in values of `model`, each with the path of its field."""
    return [_explain(row, prefix, model) for row in invalid.errors(include_url=False)]


def _explain(row: Any, prefix: str, model: type[BaseModel]) -> ConfigError:
    path = [prefix, *(str(part) for part in row["loc"])] if prefix else [str(part) for part in row["loc"]]
    context, found = row.get("ctx", {}), row.get("input")
    if row["type"] == "invalid_combination":
        return ConfigError(code=row["type"], message=context["reason"], field=".".join([*path, context["field"]]))
    field = ".".join(path)
    if row["type"] == "extra_forbidden":
        return _unknown(field, path[-1], _fields_beside(path, model))
    if row["type"] == "missing":
        return ConfigError(code="missing", field=field, message=f"{field} is missing.")
    message = _sentence(path[-1], found, row["type"], context, row["msg"])
    return ConfigError(code=_code(row["type"]), field=field, message=message)


def _fields_beside(path: list[str], model: type[BaseModel]) -> list[str]:
    """The field names of the model that the last part of the path was looked for in."""
    inner = model.model_fields[path[0]].annotation if path[0] in model.model_fields else None
    nested = isinstance(inner, type) and issubclass(inner, BaseModel)
    return list((inner if nested else model).model_fields)  # type: ignore[union-attr]


def missing(field: str) -> ConfigError:
    """A start that says neither recipe nor this."""
    message = f"{field} is missing; give a recipe, or algorithm and environment."
    return ConfigError(code="missing", field=field, message=message)


def not_live(name: str) -> ConfigError:
    """An edit of a control that is fixed at the start."""
    message = f"{name} is fixed when a run starts and cannot change live. Start a new run with the other value."
    return ConfigError(code="not_live", field=f"controls.{name}", message=message)


def _code(kind: str) -> str:
    limits = ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number")
    return "out_of_range" if kind in limits else "invalid_value"


def _sentence(name: str, found: Any, kind: str, context: Mapping[str, Any], message: str) -> str:
    if kind == "missing":
        return f"{name} is missing."
    shown = repr(found)[:80]
    if kind in ("literal_error", "enum"):
        return f"{name} is {shown}; allowed {context['expected']}."
    if kind in BOUNDS:
        return f"{name} is {shown}; allowed {BOUNDS[kind].format(**context)}."
    return f"{name} is {shown}; {message[0].lower()}{message[1:]}."


def unknown_control(name: str, known: list[str]) -> ConfigError:
    """An edit of a control that the algorithm does not have."""
    return _unknown(f"controls.{name}", name, known)


def _unknown(field: str, name: str, known: list[str]) -> ConfigError:
    near = near_misses(name, known)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    code = "unknown_control" if field.startswith("controls.") else "unknown_field"
    return ConfigError(code=code, message=f"There is no {field[:120]}.{hint}", field=field[:120], did_you_mean=near)


def from_unknown(unknown: UnknownId, field: str) -> ConfigError:
    """An id that nothing is registered under."""
    return ConfigError(code=f"unknown_{field}", message=str(unknown), field=field, did_you_mean=unknown.did_you_mean)
