"""Experiments in children of the agent: answered, ended when too slow, and outlived when they die."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import subprocess
import time
from typing import Any

import pytest

from backend.agent.protocol import Message, Reply, Study
from backend.agent.studies import Studies, study
from backend.agent.timings import Timings
from tests.backend.agent.fake_server import FakeServer
from tests.backend.agent.test_requests import ask


async def test_the_answer_is_that_of_the_work_done_in_another_and_nicer_process() -> None:
    def work(body: dict[str, Any]) -> dict[str, Any]:
        return {"result": [body["x"], math.inf, os.getpid(), os.nice(0), os.getsid(0)]}

    x, infinity, pid, niceness, session = (await study(work, {"x": 3}, 10.0))["result"]
    assert (x, infinity, session) == (3, math.inf, pid)
    assert pid != os.getpid()
    assert niceness > os.nice(0)


async def test_a_large_answer_comes_whole() -> None:
    found = await study(lambda _body: {"result": [0.5] * 300_000}, {}, 20.0)
    assert len(found["result"]) == 300_000


async def test_what_takes_too_long_is_killed_and_refused_with_what_to_do() -> None:
    began = time.monotonic()
    found = await study(lambda _body: time.sleep(60) or {}, {}, 0.2)
    assert time.monotonic() - began < 10
    assert found["errors"][0]["code"] == "too_slow"
    assert "fewer batches" in found["errors"][0]["message"]


@pytest.mark.parametrize("how", [signal.SIGKILL, "exit", "raise"])
async def test_a_child_that_dies_is_an_error_with_its_cause(how: Any) -> None:
    def work(_body: dict[str, Any]) -> dict[str, Any]:
        if how == "raise":
            raise RuntimeError("no")
        if how == "exit":
            os._exit(3)
        os.kill(os.getpid(), how)
        return {}

    sent: list[Reply] = []

    async def send(message: Message) -> None:
        assert isinstance(message, Reply)
        sent.append(message)

    studies = Studies(send, work, Timings())
    studies.begin(Study(7, {}))
    async with asyncio.timeout(10):
        while not sent:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    cause = {"raise": "exit 1", "exit": "exit 3"}.get(how, "SIGKILL")
    assert (sent[0].id, sent[0].error and sent[0].error["code"]) == (7, "lab_failed")
    assert cause in str(sent[0].error)


async def test_one_that_nobody_waits_for_is_killed_without_an_answer(tmp_path: Any) -> None:
    def work(_body: dict[str, Any]) -> dict[str, Any]:
        (tmp_path / "pid").write_text(str(os.getpid()))
        time.sleep(60)
        return {}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    studies = Studies(send, work, Timings())
    studies.begin(Study(7, {}))
    async with asyncio.timeout(10):
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        pid = int((tmp_path / "pid").read_text())
        studies.end(7)
        while _runs(pid):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert sent == []


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_other_requests_are_answered_while_an_experiment_goes_on(
    server: FakeServer, agent: subprocess.Popen[bytes]
) -> None:
    await server.send({"t": "study", "id": 50, "body": {"sleep": 60}})
    assert (await ask(server, t="resolve", body={"algorithm": "fake"}))["result"]
    await server.send({"t": "study", "id": 51, "body": {"sleep": 0}})
    await server.until(lambda: 51 in server.replies)
    assert server.replies[51]["result"] == {"result": {"slept": 0}}
    assert 50 not in server.replies
    await server.send({"t": "give_up", "id": 50})
    assert agent.poll() is None
