"""boundary(), number(), choice() and flag(): the only ways to declare a switch, and Controls, which holds them.

One declaration gives the validation, the API schema, the panel, the reference page and the generated tests.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, NoReturn, Self, cast, get_args

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from rl_core.ad.gate import Gate
from rl_core.conditions import Condition, condition_json
from rl_core.schedules import scheduled

Edges = tuple[tuple[str, str], ...]
Group = Literal["estimator", "policy", "critic", "schedule", "optimiser", "network"]


def boundary(
    latex: str,
    *,
    title: str,
    edges: Edges,
    spec: str,
    effect: str,
    passed: str,
    ref: str = "",
    default: Literal["block", "pass"] = "block",
    group: Group = "estimator",
    when: Sequence[Condition] = (),
) -> Any:
    """Declare a detach boundary: a gate whose state decides whether `edges` (loss, parameter group) carry gradient.

    `latex` is how the blocked value is written, `passed` how it is written when gradient flows. Like every control it
    may say `when` it has an effect: where any of the conditions holds, the other controls being as they are.
    """
    terms = {"block": latex, "pass": passed}
    about = {"kind": "gate", "edges": [list(e) for e in edges], "spec": spec, "boundary": True, "terms": terms}
    return _field(default, latex, title=title, effect=effect, ref=ref, live=True, group=group, when=when, about=about)


def choice(
    latex: str,
    default: str,
    *,
    title: str,
    group: Group = "estimator",
    terms: dict[str, str] | None = None,
    spec: str = "",
    effect: str = "",
    ref: str = "",
    live: bool = True,
    when: Sequence[Condition] = (),
) -> Any:
    """Declare a choice between named values; with `spec` (a B-n) a value other than the default is a wrong side."""
    about = {"kind": "choice", "spec": spec, "boundary": bool(spec), "terms": terms or {}}
    return _field(default, latex, title=title, effect=effect, ref=ref, live=live, group=group, when=when, about=about)


def number(
    latex: str,
    default: float,
    *,
    title: str,
    ge: float,
    le: float,
    unit: str = "1",
    log: bool = False,
    schedule: str = "",
    group: Group = "estimator",
    effect: str = "",
    ref: str = "",
    live: bool = True,
    when: Sequence[Condition] = (),
) -> Any:
    """Declare a number with its bounds and unit; an `int` annotation makes it whole.

    `schedule` names the control that says how it falls with the fraction of the budget used.
    """
    about = {"kind": "number", "min": ge, "max": le, "unit": unit, "log": log} | (
        {"schedule": schedule} if schedule else {}
    )
    extra = _field(default, latex, title=title, effect=effect, ref=ref, live=live, group=group, when=when, about=about)
    return cast(FieldInfo, Field(default, ge=ge, le=le, allow_inf_nan=False, json_schema_extra=extra.json_schema_extra))


def flag(
    latex: str,
    default: bool,
    *,
    title: str,
    group: Group = "estimator",
    terms: dict[str, str] | None = None,
    effect: str = "",
    ref: str = "",
    live: bool = True,
    when: Sequence[Condition] = (),
) -> Any:
    """Declare an on/off switch."""
    about = {"kind": "flag", "terms": terms or {}}
    return _field(default, latex, title=title, effect=effect, ref=ref, live=live, group=group, when=when, about=about)


def acting_when(*when: Condition) -> dict[str, Any]:
    """What `inherited` takes to say when a control has an effect: where any of these holds; none = always."""
    return {"when": [condition_json(condition) for condition in when]}


def inherited(base: type[Controls], name: str, default: Any, **about: Any) -> Any:
    """The declaration of `name` in a base class, with another default, and whatever else is said otherwise here."""
    info = copy.copy(base.model_fields[name])
    info.default = default
    info.json_schema_extra = {"control": _about(info) | about}
    return info


def _field(
    default: Any,
    latex: str,
    *,
    title: str,
    effect: str,
    ref: str,
    live: bool,
    group: Group,
    when: Sequence[Condition],
    about: dict[str, Any],
) -> Any:
    shared = {"latex": latex, "title": title, "effect": effect, "ref": ref, "live": live, "group": group}
    shared |= acting_when(*when)
    return Field(default, json_schema_extra=cast(Any, {"control": shared | about}))


class InForce:
    """Controls whose scheduled and remembered numbers are those of one update; read like the controls themselves."""

    def __init__(self, controls: Controls, now: Mapping[str, Any]) -> None:
        self.__dict__.update(controls.__dict__)
        self.__dict__.update(now)
        self.__dict__["_controls"] = controls

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_controls"], name)


class Controls(BaseModel):
    """A frozen set of declared switches; an edit makes a new, fully validated one."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True, validate_default=True
    )
    _declared: ClassVar[list[tuple[str, dict[str, Any]]]]
    groups_in_order: ClassVar[tuple[Group, ...]] = ("estimator", "policy", "critic", "schedule", "optimiser", "network")

    def values(self) -> dict[str, Any]:
        """Every control as a JSON value, by name."""
        return self.model_dump(mode="json")

    def at(self, progress: float, remembered: Mapping[str, Any] | None = None) -> InForce:
        """The controls at a moment: schedules at `progress` in [0, 1] of the budget, and what parts have remembered."""
        schedules = [(name, about["schedule"]) for name, about in self._abouts() if about.get("schedule")]
        now: dict[str, Any] = {"progress": progress}
        now |= {name: scheduled(getattr(self, name), getattr(self, by), progress) for name, by in schedules}
        return InForce(self, now | dict(remembered or {}))

    def passing_edges(self) -> list[tuple[str, str]]:
        """The (loss, parameter group) pairs that carry gradient because a gate passes."""
        gates = [about["edges"] for name, about in self._abouts() if about.get("edges") and getattr(self, name).passes]
        return [(loss, group) for edges in gates for loss, group in edges]

    @classmethod
    def _abouts(cls) -> list[tuple[str, dict[str, Any]]]:
        """What was declared of each control, looked up once."""
        if "_declared" not in cls.__dict__:
            cls._declared = [(name, _about(info)) for name, info in cls.model_fields.items()]
        return cls._declared

    def edited(self, values: dict[str, Any]) -> Self:
        """The controls after an edit; model_copy would skip validation."""
        return type(self).model_validate(self.values() | values)

    @classmethod
    def declarations(cls) -> list[dict[str, Any]]:
        """Every control as the catalog prints it, in the order of the panel."""
        rows = [_declaration(name, info) for name, info in cls.model_fields.items() if _about(info)]
        return sorted(rows, key=lambda row: cls.groups_in_order.index(row["group"]))

    @classmethod
    def is_live(cls, name: str) -> bool:
        """Whether the control may change during a run."""
        return bool(_about(cls.model_fields[name])["live"])

    def refuse(self, field: str, reason: str) -> NoReturn:
        """Refuse a combination of values, with the reason, from inside a validator."""
        raise PydanticCustomError("invalid_combination", "{reason}", {"reason": reason, "field": field})


def _about(info: FieldInfo) -> dict[str, Any]:
    extra = info.json_schema_extra
    return dict(cast(dict[str, Any], extra["control"])) if isinstance(extra, dict) and "control" in extra else {}


def _declaration(name: str, info: FieldInfo) -> dict[str, Any]:
    about = _about(info)
    default = info.default.state if isinstance(info.default, Gate) else info.default
    row = {"name": name, "default": default, "doc": info.description or "", "spec": "", "boundary": False} | about
    if row["kind"] == "gate":
        row["values"] = ["block", "pass"]
    elif row["kind"] == "choice":
        row["values"] = list(get_args(info.annotation))
    elif row["kind"] == "number":
        row["integer"] = info.annotation is int
    return row
