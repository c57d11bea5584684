"""Runs: starting, listing, changing, acting on them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from backend.api.models.common import ErrorObject
from backend.api.text import EnvironmentId, Name, Notes, Tags, VisibleName
from backend.api.wire import INT64, ControlValue, Message, Number, Request
from backend.jobs.machine import State

START_BODY = {
    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/StartRequest"}}}}
}
"""For routes that take the body of a start apart by themselves."""


class EnvironmentRequest(Request):
    """Which environment, how many lanes of it, and its own arguments."""

    id: EnvironmentId | None = None
    num_envs: Annotated[int, Field(ge=1, le=65_536)] | None = None
    kwargs: dict[str, ControlValue] | None = None


class BudgetRequest(Request):
    """When the run is finished: the first of these that is reached."""

    env_steps: Annotated[int, Field(ge=1, le=INT64)] | None = None
    updates: Annotated[int, Field(ge=1, le=INT64)] | None = None
    episodes: Annotated[int, Field(ge=1, le=INT64)] | None = None


class StartRequest(Request):
    """A recipe, or an algorithm and an environment; what is given overrides the recipe."""

    recipe: Annotated[str, Field(max_length=200)] | None = None
    algorithm: Annotated[str, Field(max_length=200)] | None = None
    environment: EnvironmentRequest | None = None
    controls: Annotated[dict[str, ControlValue], Field(max_length=1000)] | None = None
    seed: Annotated[int, Field(ge=0, le=INT64)] | None = None
    budget: BudgetRequest | None = None
    name: Name | None = None
    tags: Tags | None = None
    pace: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] | None = None


def none() -> None:
    """Return the default of what is left out: a default in the schema would make the field always there."""


Limit = Annotated[int | SkipJsonSchema[None], Field(exclude_if=lambda limit: limit is None)]


class Validation(Message):
    """Whether a start would be accepted, with every reason why not."""

    ok: bool
    errors: list[ErrorObject]


class Environment(Message):
    """The environment of a run."""

    model_config = ConfigDict(extra="forbid")

    id: str
    num_envs: int
    kwargs: dict[str, ControlValue]


class Budget(Message):
    """When the run is finished: the first of these that is reached; only those that are set are there."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    env_steps: Limit = Field(default_factory=none)
    updates: Limit = Field(default_factory=none)
    episodes: Limit = Field(default_factory=none)


class PendingEdit(Message):
    """An accepted edit that the trainer has not applied yet."""

    edit_id: str
    version: int
    by: str | None
    values: dict[str, ControlValue]


class ControlsState(Message):
    """The switches of a run: the values in force and the edits on their way."""

    version: int
    values: dict[str, ControlValue]
    pending: list[PendingEdit]


class Reproducible(Message):
    """Whether config, seed and events replay the run bit for bit, and if not, why."""

    exact: bool
    reason: str | None


class Run(Message):
    """One training job."""

    id: str
    name: str
    recipe: str | None
    algorithm: str
    environment: Environment
    seed: int
    budget: Budget
    state: State
    reachable: bool = Field(description="Whether its trainer can be spoken to now; never a state.")
    reason: str | None
    version: int
    epoch: int
    head: int = Field(description="Newest seq in the store.")
    update: int
    env_steps: int
    episodes: int
    controls: ControlsState
    pace: Number | None = Field(description="Ceiling in updates per second; null is full speed.")
    parent: str | None
    owner: str
    tags: list[str]
    notes: str
    created: str
    started: str | None
    ended: str | None
    reproducible: Reproducible
    last_return: Number | None = Field(description="Mean return of the last up to 100 training episodes.")
    best_return: Number | None = Field(description="The largest such mean since 10 episodes had ended.")
    deleted: str | None = Field(description="When it was deleted; for 24 hours from then it can be restored.")


class RunPage(Message):
    """One page of runs; `next` is the cursor of the following one."""

    runs: list[Run]
    next: str | None


class RunPatch(Request):
    """What a person may rewrite on a run at any time; what is not given stays."""

    name: VisibleName = Field(default_factory=str)
    tags: Tags = Field(default_factory=list)
    notes: Notes = Field(default_factory=str)


class Pause(Request):
    """Stop after the current update and keep everything in memory."""

    action: Literal["pause"]


class Resume(Request):
    """Go on."""

    action: Literal["resume"]


class SaveCheckpoint(Request):
    """Write a checkpoint now."""

    action: Literal["checkpoint"]


class Step(Request):
    """Compute exactly so many updates, then be paused again."""

    action: Literal["step"]
    updates: int = Field(default=1, ge=1, le=1_000_000)


class Pace(Request):
    """Set the ceiling on updates per second; null is full speed."""

    action: Literal["pace"]
    updates_per_s: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] | None


class Stop(Request):
    """End the run, with a last checkpoint unless told otherwise."""

    action: Literal["stop"]
    checkpoint: bool = True


class Record(Request):
    """Play episodes with the present policy and record them; `seed` is that of the first."""

    action: Literal["record"]
    episodes: int = Field(default=1, ge=1, le=20)
    seed: Annotated[int, Field(ge=0, le=INT64)] | None = None


AnyAction = Pause | Resume | SaveCheckpoint | Step | Pace | Stop | Record
Action = Annotated[AnyAction, Field(discriminator="action")]


class ActionAccepted(Message):
    """The action is on its way; the event `action_done` with this id tells its result (null: nothing was to do)."""

    action_id: str | None


class ControlsEdit(Request):
    """Set switches of a live run, all or nothing."""

    values: Annotated[dict[str, ControlValue], Field(min_length=1, max_length=1000)]
    expect_version: Annotated[int, Field(ge=1, le=INT64)] | None = None
    edit_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class EditAccepted(Message):
    """The edit has this version and waits for the trainer."""

    edit_id: str
    version: int
    state: Literal["pending", "changed", "refused"]
