"""Conditions on the values of controls: when a line of the equation is in force, when a control has an effect."""

from __future__ import annotations

from typing import Any

Condition = tuple[str, str, Any]  # (control, "is" | "not" | "in", value)


def holds(condition: Condition, values: Any) -> bool:
    """Whether it is true of controls, whose values are read as attributes."""
    control, how, value = condition
    found = getattr(values, control)
    return bool(found in value if how == "in" else (found == value) == (how == "is"))


def condition_json(condition: Condition) -> dict[str, Any]:
    """The catalog's form."""
    control, how, value = condition
    return {"control": control, how: list(value) if how == "in" else value}
