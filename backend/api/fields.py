"""The names that a body may use at a place, for the near misses of a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel


def known_names(annotation: Any, location: Iterable[str | int]) -> list[str]:
    """Return the field names beside the last part of pydantic's location in a value of `annotation`."""
    models = list(models_in(annotation))
    for part in [part for part in location if part != "body"][:-1]:
        tagged = [model for model in models if part in tags(model)]
        models = tagged or [inner for model in models for inner in models_of(model, str(part))]
    return list(dict.fromkeys(name for model in models for name in model.model_fields))


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models among an annotation's alternatives."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def models_of(model: type[BaseModel], field: str) -> Iterator[type[BaseModel]]:
    """Yield the models that a field of a model may hold."""
    if field in model.model_fields:
        yield from models_in(model.model_fields[field].annotation)


def tags(model: type[BaseModel]) -> tuple[Any, ...]:
    """Return what tells a model from the others of its union."""
    found = model.model_fields.get("action") or model.model_fields.get("type")
    return get_args(found.annotation) if found else ()
