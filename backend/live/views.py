"""A view as the agent sends it, as the message that viewers get."""

from __future__ import annotations

import logging
from typing import Any

import msgspec

from backend.api.wire import encode

IMAGE_BYTES = 64 << 10

log = logging.getLogger("policyscope.live")

Numbers = list[float]


class View(msgspec.Struct, kw_only=True):
    """One moment of an episode; what it has no word for is null."""

    update: int
    episode: int
    t: int
    state: Numbers | None = None
    image: bytes | None = None
    action: int | Numbers | None = None
    reward: float
    total: float = msgspec.field(name="return")
    value: float | None = None
    action_probs: Numbers | None = None
    action_mean: Numbers | None = None
    action_std: Numbers | None = None
    done: bool


def message_of(run: str, view: dict[str, Any]) -> str | None:
    """Write the live message of a view; None for one that is no view or whose picture is too large."""
    try:
        found = msgspec.convert(view, View)
    except msgspec.ValidationError as wrong:
        log.warning("run %s: a view is left out: %s", run, wrong)
        return None
    if found.image is not None and len(found.image) > IMAGE_BYTES:
        log.warning("run %s: a view is left out: its picture has %s bytes", run, len(found.image))
        return None
    body = msgspec.to_builtins(found)  # which writes bytes in base64
    image = None if found.image is None else f"data:image/jpeg;base64,{body['image']}"
    return encode({"type": "view", "run": run, **body, "image": image}).decode()
