"""The websocket protocol `policyscope.v1`: two unions, told apart by `type`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, TypeAdapter

from backend.api.models.common import ErrorObject
from backend.api.models.runs import ControlsEdit, Run
from backend.api.wire import Message, Number, Request

SUBPROTOCOL = "policyscope.v1"

EventKind = Literal[
    "started",
    "paused",
    "resumed",
    "control_changed",
    "control_refused",
    "action_done",
    "checkpoint",
    "episode",
    "alert",
    "forked",
    "solved",
    "finished",
    "stopped",
    "failed",
]
Names = Literal["*"] | Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=500)]
MessageId = Annotated[int, Field(ge=0, le=2**53)]
RunId = str


class Position(Request):
    """The last thing a viewer has."""

    epoch: int = Field(ge=0, le=2**53)
    seq: int = Field(ge=0, le=2**53)


class Subscribe(Request):
    """Watch a run, from a position on or from now (`after: null`)."""

    type: Literal["subscribe"]
    id: MessageId
    run: RunId
    after: Position | None = None
    metrics: Names = "*"
    distributions: Names = "*"
    max_hz: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] | None = None


class Unsubscribe(Request):
    """Stop watching a run."""

    type: Literal["unsubscribe"]
    id: MessageId
    run: RunId


class SetControls(ControlsEdit):
    """Set switches of a live run; the answer is the event, or an error with this id."""

    type: Literal["set_controls"]
    id: MessageId
    run: RunId


class Watch(Request):
    """Look, or stop looking, at the present policy as it plays; a picture that comes too late is left out."""

    type: Literal["watch"]
    id: MessageId
    run: RunId
    on: bool
    max_fps: Annotated[float, Field(gt=0, le=60, allow_inf_nan=False)] = 25.0


AnyClientMessage = Subscribe | Unsubscribe | SetControls | Watch
ClientMessage = Annotated[AnyClientMessage, Field(discriminator="type")]
client_message: TypeAdapter[AnyClientMessage] = TypeAdapter(ClientMessage)


class Subscribed(Message):
    """The run as it is, and where the stream goes on: replay, live, or reload what you have."""

    type: Literal["subscribed"]
    id: int
    run: Run
    epoch: int
    head: int
    resume: Literal["replay", "live", "reload"]


class Rows(Message):
    """One entry per row: an update, or a bucket of `n` consecutive ones of which `update` is the last."""

    update: list[int]
    n: list[int]
    grad_steps: list[int]
    env_steps: list[int]
    episodes: list[int]
    wall: list[Number]


class Scalars(Message):
    """One metric along the rows; `min` and `max` only if some row is a bucket."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    last: list[Number | None]
    min: list[Number | None] | None = None
    max: list[Number | None] | None = None


class EndedEpisode(Message):
    """The result of an episode."""

    episode: int
    update: int
    env_steps: int
    wall: Number
    return_: Number = Field(alias="return")
    length: int
    kind: str


class Distribution(Message):
    """A histogram of one update on its metric's fixed grid; `counts` holds `[bin, count]` of the bins in use."""

    update: int
    grid: str
    n: int
    min: Number | None
    max: Number | None
    nonfinite: int
    counts: list[tuple[int, int]]


class FrameMessage(Message):
    """Telemetry of the rows first_seq..seq."""

    type: Literal["frame"]
    run: str
    epoch: int
    first_seq: int
    seq: int
    rows: Rows
    scalars: dict[str, Scalars]
    ended: list[EndedEpisode]
    distributions: dict[str, Distribution]


class EventMessage(Message):
    """A fact about a run."""

    type: Literal["event"]
    run: str
    epoch: int
    seq: int
    kind: EventKind
    at_update: int
    wall: Number
    data: dict[str, JsonValue]


class SkipMessage(Message):
    """The rows and events from..to were not sent; read them over HTTP."""

    type: Literal["skip"]
    run: str
    epoch: int
    from_: int = Field(alias="from")
    to: int
    reason: Literal["slow"]


class RunMessage(Message):
    """A run's record changed."""

    type: Literal["run"]
    run: Run


class DeletedMessage(Message):
    """A run was deleted; nothing more follows of it."""

    type: Literal["deleted"]
    run: str


class ErrorMessage(Message):
    """A message of the client was refused; `id` is null if it had none."""

    type: Literal["error"]
    id: int | None
    error: ErrorObject


class Unsubscribed(Message):
    """No more frames of this run follow."""

    type: Literal["unsubscribed"]
    id: int
    run: str


class EditAcknowledged(Message):
    """The edit is accepted and pending."""

    type: Literal["edit"]
    id: int
    edit_id: str
    version: int
    state: Literal["pending", "changed", "refused"]


class Watching(Message):
    """Views of this run follow, or no more of them."""

    type: Literal["watching"]
    id: int
    run: str
    on: bool


class ViewMessage(Message):
    """One moment of an episode that the present policy plays; `state` and `image` are what comes before `action`."""

    type: Literal["view"]
    run: str
    update: int
    episode: int = Field(description="Counts the episodes watched; a new one begins with t = 0.")
    t: int
    state: list[Number] | None
    image: str | None = Field(description="data:image/jpeg;base64,…")
    action: int | list[Number] | None
    reward: Number
    return_: Number = Field(alias="return", description="Sum of the rewards up to here.")
    value: Number | None
    action_probs: list[Number] | None
    action_mean: list[Number] | None
    action_std: list[Number] | None
    done: bool


ServerMessage = Annotated[
    Subscribed
    | Unsubscribed
    | FrameMessage
    | EventMessage
    | SkipMessage
    | RunMessage
    | DeletedMessage
    | EditAcknowledged
    | Watching
    | ViewMessage
    | ErrorMessage,
    Field(discriminator="type"),
]
server_message: TypeAdapter[object] = TypeAdapter(ServerMessage)
