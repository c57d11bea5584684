"""The messages between agent and server: MessagePack maps, told apart by their field `t`."""

from typing import Any

import msgspec

PROTOCOL = 1


def snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


class Message(msgspec.Struct, tag_field="t", tag=snake_case):
    """What every message has in common: its tag is the class name in snake case."""


class RunHead(msgspec.Struct):
    """A run as the agent finds it on its disk."""

    run: str
    epoch: int
    head: int
    alive: bool


class RunSettled(msgspec.Struct):
    """A run as the store knows it: everything up to `settled` is committed."""

    epoch: int
    settled: int


# agent -> server


class Hello(Message):
    """The first message of a connection."""

    agent: str
    boot_id: str
    catalog: dict[str, Any]
    runs: list[RunHead]
    protocol: int = PROTOCOL


class Records(Message):
    """Journal records in seq order, each as the trainer wrote it."""

    run: str
    epoch: int
    records: list[msgspec.Raw]


class Trainer(Message):
    """A trainer started, or ended; the end is told after the run's last record."""

    run: str
    epoch: int
    alive: bool
    pid: int | None
    exit: str | None


class View(Message):
    """One moment of an episode that the present policy plays for whoever watches; never stored, dropped when late.

    `view` is the live message `view` without `type` and `run`; its `image` is a JPEG as bytes, at most 64 KiB, or None.
    """

    run: str
    epoch: int
    view: dict[str, Any]


class Reply(Message, omit_defaults=True):
    """The answer to the request with the same id: a result or an error."""

    id: int
    result: Any = None
    error: dict[str, Any] | None = None


# server -> agent


class Welcome(Message):
    """The answer to hello; runs that it does not name are unknown to the server."""

    runs: dict[str, RunSettled]


class Settled(Message):
    """The store has committed a run up to `seq`."""

    run: str
    epoch: int
    seq: int


class Start(Message):
    """Have a trainer for the run: fork one unless it already had its start."""

    run: str
    epoch: int
    config: dict[str, Any]
    resume: bool = False
    settled: int = 0


class Command(Message):
    """Put a command into the run's inbox, once per command id."""

    run: str
    command: dict[str, Any]


class Resolve(Message):
    """Complete the body of a start, or say what is wrong with it."""

    id: int
    body: dict[str, Any]


class CheckEdit(Message):
    """Say what is wrong with an edit of a run's controls."""

    id: int
    config: dict[str, Any]
    values: dict[str, Any]
    edit: dict[str, Any]


class Log(Message):
    """Ask for the end of the trainer's output."""

    id: int
    run: str


class Watch(Message):
    """Send views of the run, at most `fps` a second, for as long as this is repeated every five seconds; 0 ends it."""

    run: str
    fps: float


class ReadEpisode(Message):
    """Ask for a recorded episode: `{"episode": document | None}`.

    The document is that of `GET /api/runs/{id}/episodes/{n}`, but that a view of images says how many there are,
    `{"kind": "images", "frames": T + 1}`: addresses are the server's.
    """

    id: int
    run: str
    n: int


class ReadFrame(Message):
    """Ask for one picture of a recorded episode: `{"jpeg": bytes | None}`."""

    id: int
    run: str
    n: int
    k: int


class Disk(Message):
    """Ask for the bytes of a run's files: `{"journal": 0, "checkpoints": 0, "episodes": 0, "log": 0}`.

    The journal counts everything that is none of the others; of a run without files every part is 0.
    """

    id: int
    run: str


class Study(Message):
    """Do an experiment of the laboratory: `{"result": ...}` or `{"errors": [...]}`, some seconds later."""

    id: int
    body: dict[str, Any]


class GiveUp(Message):
    """Nobody waits any more for the request with this id; one that takes long is ended and gets no answer."""

    id: int


class Forget(Message):
    """Delete the run's directory, unless its trainer lives."""

    run: str


class Shutdown(Message):
    """Suspend every trainer, then exit."""


Request = Resolve | CheckEdit | Log | ReadEpisode | ReadFrame | Disk
FromServer = Welcome | Settled | Start | Command | Request | Study | GiveUp | Watch | Forget | Shutdown
DECODER: msgspec.msgpack.Decoder[FromServer] = msgspec.msgpack.Decoder(FromServer)
ENCODER = msgspec.msgpack.Encoder()
