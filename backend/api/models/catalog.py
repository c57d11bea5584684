"""Everything declared: what the panel, the start form and the charts are made from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from backend.api.models.lab import LabRequest
from backend.api.wire import ControlValue, Message, Number


class Declared(Message):
    """A declaration; it may say more than is listed here."""

    model_config = ConfigDict(extra="allow", json_schema_serialization_defaults_required=False)


class TermCondition(Declared):
    """Holds while a control is, or is not, a value, or is one of several, and while `and` holds."""

    control: str
    is_: ControlValue = Field(default=None, alias="is")
    not_: ControlValue = Field(default=None, alias="not")
    in_: list[ControlValue] | None = Field(default=None, alias="in")
    and_: TermCondition | None = Field(default=None, alias="and")


class Control(Declared):
    """A declared switch; `when` are conditions of which one has to hold for it to have an effect, none = always."""

    name: str
    kind: Literal["gate", "choice", "number", "flag"]
    title: str = ""
    spec: str | None = None
    values: list[ControlValue] | None = None
    default: ControlValue
    live: bool
    edges: list[tuple[str, str]] = Field(default_factory=list)
    latex: str | None = None
    terms: dict[str, str] | None = None
    doc: str = ""
    effect: str | None = None
    group: str | None = None
    boundary: bool = False
    when: list[TermCondition] = Field(default_factory=list)
    ref: str | None = None
    unit: str | None = None
    min: Number | None = None
    max: Number | None = None
    integer: bool = False
    log: bool = False


class Term(Declared):
    """One term of an equation; `@name@` stands for a control's own LaTeX."""

    latex: str
    when: TermCondition | None = None


class Algorithm(Declared):
    """A learning algorithm with its equation."""

    id: str
    title: str
    doc: str = ""
    ref: str | None = None
    equation: list[Term] = Field(default_factory=list)


class DiscreteActions(Declared):
    """One of `n` actions."""

    kind: Literal["discrete"]
    n: int
    names: list[str]


class BoxActions(Declared):
    """A vector of numbers, each between its bounds."""

    kind: Literal["box"]
    shape: list[int]
    low: list[Number]
    high: list[Number]
    names: list[str]


ActionSpace = Annotated[DiscreteActions | BoxActions, Field(discriminator="kind")]


class CatalogEnvironment(Declared):
    """An environment that can be chosen."""

    id: str
    title: str = ""
    doc: str = ""
    array: bool = False
    observation: dict[str, Any] | None = None
    actions: ActionSpace | None = None
    solved_at: Number | None = None
    max_episode_steps: int | None = None
    renderer: str | None = None
    enumerable: bool = False
    one_hot: bool = False
    available: bool = True
    needs: str | None = None


class Recipe(Declared):
    """A named configuration with lesson text."""

    id: str
    title: str
    doc: str = ""
    algorithm: str
    environment: Any
    controls: dict[str, ControlValue] = Field(default_factory=dict)
    seed: int | None = None
    budget: dict[str, Any] | None = None
    seeds: dict[str, Any] | None = None


class Metric(Declared):
    """A declared measurement."""

    name: str
    kind: Literal["scalar", "distribution"]
    title: str = ""
    unit: str = "1"
    latex: str | None = None
    doc: str = ""
    healthy: tuple[Number | None, Number | None] | None = None
    colour: str | None = None
    grid: str | None = None
    edges: list[Number] | None = None


class LabKeyword(Message):
    """A keyword of a kind of policy."""

    name: str
    default: Any
    integer: bool
    latex: str
    doc: str
    min: Number | None
    max: Number | None
    unit: str


class LabArgument(Message):
    """A keyword of an environment that is a number."""

    name: str
    default: Number
    integer: bool


class LabEnvironmentRow(Message):
    """A finite environment."""

    id: str
    title: str
    doc: str
    keywords: list[LabArgument]


class LabPolicy(Message):
    """A kind of policy for an experiment; `collects`: made from the policy under study, to collect its data."""

    id: str
    title: str
    latex: str
    doc: str
    collects: bool
    keywords: list[LabKeyword]


class LabValue(Message):
    """What a critic may know."""

    id: str
    doc: str


class LabPreset(Message):
    """An experiment of one click."""

    id: str
    title: str
    doc: str
    request: LabRequest


class CatalogLaboratory(Message):
    """What experiments of the laboratory are made from."""

    algorithms: list[str]
    environments: list[LabEnvironmentRow]
    settings: dict[str, list[str]]
    values: list[LabValue]
    policies: list[LabPolicy]
    presets: list[LabPreset]
    max_estimators: int


class Catalog(Message):
    """Everything that can be chosen, turned and measured."""

    algorithms: list[Algorithm]
    environments: list[CatalogEnvironment]
    recipes: list[Recipe]
    metrics: list[Metric]
    controls: dict[str, list[Control]]
    laboratory: CatalogLaboratory | None = None
