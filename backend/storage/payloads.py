"""The parts of journal payloads that the store looks into; everything else in them is kept untouched."""

from typing import Annotated, Any

import msgspec

from .errors import BadRecord

Count = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Bin = Annotated[int, msgspec.Meta(ge=0, lt=2**16)]


class Rows(msgspec.Struct, frozen=True):
    """Where each row of a frame lies on every axis."""

    update: list[Count]
    n: list[Count]
    grad_steps: list[Count]
    env_steps: list[Count]
    episodes: list[Count]
    wall: list[float]


class Scalar(msgspec.Struct, frozen=True):
    """One metric in a frame; None is "not measured", and `min`, `max` come with rows of several updates."""

    last: list[float | None]
    min: list[float | None] | None = None
    max: list[float | None] | None = None


class Ended(msgspec.Struct, frozen=True):
    """An episode that ended."""

    episode: Count
    update: Count
    env_steps: Count
    wall: float
    total: float = msgspec.field(name="return")
    length: float


class Distribution(msgspec.Struct, frozen=True):
    """A histogram on the fixed grid of its metric."""

    update: Count
    n: Count
    nonfinite: Count
    min: float | None
    max: float | None
    counts: list[tuple[Bin, Count]]


class Frame(msgspec.Struct, frozen=True, tag_field="type", tag="frame"):
    """Telemetry of one or more rows."""

    first_seq: Count
    seq: Count
    rows: Rows
    scalars: dict[str, Scalar] = msgspec.field(default_factory=dict)
    ended: list[Ended] = msgspec.field(default_factory=list)
    distributions: dict[str, Distribution] = msgspec.field(default_factory=dict)


class Event(msgspec.Struct, frozen=True, tag_field="type", tag="event"):
    """A fact about the run."""

    seq: Count
    kind: str


Payload = Frame | Event
_decoder = msgspec.msgpack.Decoder(list[Payload])


def join(payloads: list[dict[str, Any]]) -> bytes:
    """Payloads as MessagePack maps, one after the other, so that two joined texts join by concatenation."""
    encode = msgspec.msgpack.Encoder().encode
    return b"".join(map(encode, payloads))


def _as_list(joined: bytes, count: int) -> bytes:
    return b"\xdd" + count.to_bytes(4, "big") + joined


def typed(joined: bytes, count: int) -> list[Payload]:
    """The parts of `count` joined payloads that the store looks into."""
    return _decoder.decode(_as_list(joined, count))


def plain(joined: bytes, count: int) -> list[dict[str, Any]]:
    """`count` joined payloads exactly as they came."""
    found: list[dict[str, Any]] = msgspec.msgpack.decode(_as_list(joined, count))
    return found


def first_seq(payload: dict[str, Any]) -> int:
    """The first seq that a payload covers."""
    first: int = payload.get("first_seq", payload["seq"])
    return first


def check(payload: dict[str, Any]) -> Payload:
    """The typed view of a payload; raises BadRecord if its parts do not fit together."""
    try:
        record: Payload = msgspec.convert(payload, Payload)
    except msgspec.ValidationError as error:
        raise BadRecord(f"A record does not have the shape of a frame or event: {error}.") from None
    if isinstance(record, Frame):
        _check_lengths(record)
    return record


def _check_lengths(frame: Frame) -> None:
    wanted = frame.seq - frame.first_seq + 1
    lists = {f"rows.{name}": getattr(frame.rows, name) for name in Rows.__struct_fields__}
    for name, scalar in frame.scalars.items():
        lists[f"{name}.last"] = scalar.last
        lists |= {f"{name}.{part}": values for part in ("min", "max") if (values := getattr(scalar, part)) is not None}
    for name, values in lists.items():
        if len(values) != wanted:
            raise BadRecord(
                f"Frame {frame.first_seq} to {frame.seq}: {name} has {len(values)} values; expected {wanted}, "
                "one for each seq. Usual cause: a frame that was changed after it was written."
            )


def cut(payload: dict[str, Any], head: int) -> dict[str, Any]:
    """The part of a frame after seq `head`, for a reader or a store that already has the seqs up to it."""
    skip = head - first_seq(payload) + 1
    if skip <= 0 or payload["type"] != "frame":
        return payload
    seen = payload["rows"]["update"][skip - 1]
    return payload | {
        "first_seq": head + 1,
        "rows": {name: values[skip:] for name, values in payload["rows"].items()},
        "scalars": {
            name: {part: values[skip:] for part, values in scalar.items()}
            for name, scalar in payload["scalars"].items()
        },
        "ended": [episode for episode in payload["ended"] if episode["update"] > seen],
        "distributions": {name: d for name, d in payload["distributions"].items() if d["update"] > seen},
    }
