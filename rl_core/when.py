"""When something that is declared applies: conditions on the values of controls."""

from __future__ import annotations

from typing import Any

Condition = tuple[str, str, Any]  # (control, "is" | "not" | "in", value)
When = Condition | tuple[Condition, ...]  # of several all hold


def conditions(when: When | None) -> tuple[Condition, ...]:
    """All that has to hold."""
    if when is None:
        return ()
    return (when,) if isinstance(when[0], str) else when


def holds(when: When | None, c: Any) -> bool:
    """Whether it applies under these controls."""
    return all(_one(condition, c) for condition in conditions(when))


def to_json(when: When | None) -> dict[str, Any] | None:
    """The catalog's form: the first condition, and under "and" the others."""
    shown: dict[str, Any] | None = None
    for control, how, value in reversed(conditions(when)):
        also = {} if shown is None else {"and": shown}
        shown = {"control": control, how: list(value) if how == "in" else value} | also
    return shown


def _one(condition: Condition, c: Any) -> bool:
    control, how, value = condition
    found = getattr(c, control)
    return bool(found in value if how == "in" else (found == value) == (how == "is"))
