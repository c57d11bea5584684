"""Experiments of the laboratory: each in a forked child, so that the agent's loop and its trainers never wait."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from backend.agent.ending import exit_text
from backend.agent.process import Process
from backend.agent.protocol import Message, Reply, Study
from backend.agent.study_child import Work, fork_study
from backend.agent.timings import Timings

logger = logging.getLogger(__name__)


class Studies:
    """The children at work; whoever asks for too many at once has to wait on the other side."""

    def __init__(self, send: Callable[[Message], Awaitable[None]], work: Work, timings: Timings) -> None:
        self._send, self._work, self._timings = send, work, timings
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def begin(self, message: Study) -> None:
        """Start an experiment; its answer is sent when it is there."""
        task = asyncio.get_running_loop().create_task(self._answer(message))
        self._tasks[message.id] = task
        task.add_done_callback(lambda _task: self._tasks.pop(message.id, None))

    def end(self, ident: int) -> None:
        """Kill an experiment that nobody waits for."""
        if task := self._tasks.get(ident):
            task.cancel()

    def close(self) -> None:
        """Kill them all: the connection that they would answer is gone."""
        for task in list(self._tasks.values()):
            task.cancel()

    async def _answer(self, message: Study) -> None:
        try:
            reply = Reply(message.id, result=await study(self._work, message.body, self._timings.study))
        except (OSError, ChildDied) as failed:
            logger.exception("study")
            reply = Reply(message.id, error={"code": "lab_failed", "message": str(failed)})
        await self._send(reply)


class ChildDied(Exception):
    """The child left without a result."""


async def study(work: Work, body: dict[str, Any], seconds: float) -> dict[str, Any]:
    """The result of `work(body)` from a child; an error to be shown if it takes too long. Raises ChildDied."""
    pid, pipe = fork_study(work, body)
    exits: list[int | None] = []
    process = Process(pid, exits.append)
    try:
        async with asyncio.timeout(seconds):
            answer = await _read(pipe)
            await process.exited.wait()
    except TimeoutError:
        return {"errors": [_too_slow(seconds)]}
    finally:
        process.signal(signal.SIGKILL)
    if not answer:
        raise ChildDied(f"The experiment's process died ({exit_text(exits[0])}). Try fewer batches or a smaller MDP.")
    result: dict[str, Any] = msgspec.msgpack.decode(answer)
    return result


async def _read(pipe: int) -> bytes:
    """Everything up to the end of the pipe, which is closed then."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", 0))
    with contextlib.closing(transport):
        return await reader.read()


def _too_slow(seconds: float) -> dict[str, Any]:
    message = (
        f"The experiment took more than {seconds:g} s and was ended. Take fewer batches, fewer estimators or a smaller "
        "MDP; gradient 'literal' and normalisation per batch are the slow ones."
    )
    return {"code": "too_slow", "message": message, "field": "batches", "did_you_mean": []}
