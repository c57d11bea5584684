"""Recorded episodes: the list, and one with every step of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from backend.api.wire import Message, Number

Why = Literal["schedule", "edit", "request"]
ViewKind = Literal["state", "images", "none"]


class EpisodeSummary(Message):
    """One recorded episode, as its event told it."""

    n: int
    kind: str
    update: int
    seed: int
    return_: Number = Field(alias="return")
    length: int
    reason: Why = Field(description="Why it was recorded: on schedule, at an edit, or because somebody asked.")
    view: ViewKind
    wall: Number = Field(description="Seconds of the run when it was recorded.")


class EpisodePage(Message):
    """Recorded episodes, newest first; `next` is the cursor of the following page."""

    episodes: list[EpisodeSummary]
    next: str | None


class Steps(Message):
    """What was computed at each of the T steps; null where there is no critic."""

    reward: list[Number]
    value: list[Number | None]
    advantage: list[Number | None]
    log_prob: list[Number]
    action: list[int] | list[list[Number]] = Field(description="[T] discrete, [T][Da] continuous.")
    action_probs: list[list[Number]] = Field(description="[T][A]; empty for continuous actions.")
    action_mean: list[list[Number]] = Field(description="[T][Da]; empty for discrete actions.")
    action_std: list[list[Number]] = Field(description="[T][Da]; empty for discrete actions.")


class StateView(Message):
    """States that the page draws by itself; T + 1 of them, the last is the final one."""

    kind: Literal["state"]
    renderer: str
    states: list[list[Number]]


class ImagesView(Message):
    """Pictures; T + 1 of them, the last shows the final state."""

    kind: Literal["images"]
    urls: list[str]
    every: int = Field(default=1, ge=1, description="Only every so many steps a new picture was drawn.")


class NoView(Message):
    """Nothing to look at, and why."""

    kind: Literal["none"]
    reason: str


EpisodeView = Annotated[StateView | ImagesView | NoView, Field(discriminator="kind")]


class Episode(Message):
    """One recorded episode with every step."""

    n: int
    kind: str
    update: int
    seed: int
    return_: Number = Field(alias="return")
    length: int
    reason: Why
    terminated: bool
    truncated: bool
    steps: Steps
    view: EpisodeView
