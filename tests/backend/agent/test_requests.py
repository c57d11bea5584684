"""What the server asks of the engine, and messages that make no sense."""

import subprocess

import pytest

from tests.backend.agent.fake_server import FakeServer

pytestmark = pytest.mark.usefixtures("agent")


async def ask(server: FakeServer, **message: object) -> dict[str, object]:
    ident = len(server.replies) + 1
    await server.send({"id": ident, **message})
    await server.until(lambda: ident in server.replies)
    return server.replies[ident]


async def test_hello_carries_the_catalog(server: FakeServer) -> None:
    hello = server.hellos[0]
    assert hello["protocol"] == 1
    assert hello["catalog"] == {"algorithms": [{"id": "fake"}]}
    assert len(hello["agent"]) == 32


async def test_resolve_answers_with_a_config_or_with_errors(server: FakeServer) -> None:
    resolved = await ask(server, t="resolve", body={"algorithm": "fake"})
    assert resolved["result"] == {"config": {"algorithm": "fake", "seed": 0}}
    refused = await ask(server, t="resolve", body={})
    assert refused["result"]["errors"][0]["code"] == "missing"  # type: ignore[index]


async def test_check_edit(server: FakeServer) -> None:
    reply = await ask(server, t="check_edit", config={}, values={"gamma": 0.9}, edit={"gamme": 1.0})
    assert reply["result"] == {"errors": [{"code": "unknown_control", "field": "gamme"}]}


async def test_a_fault_becomes_an_error(server: FakeServer) -> None:
    reply = await ask(server, t="log", run="../../etc")
    assert reply["error"]["code"] == "agent_error"  # type: ignore[index]
    assert "result" not in reply


async def test_nonsense_is_survived(server: FakeServer, agent: "subprocess.Popen[bytes]") -> None:
    for nonsense in (
        {},
        {"t": "dance"},
        {"t": "start", "run": 5},
        {"t": "start", "run": "../x", "epoch": 1, "config": {}},
    ):
        await server.send(nonsense)
    await server.command("unknown", "pause")
    await server.send({"t": "settled", "run": "unknown", "epoch": 1, "seq": 3})
    await server.send({"t": "forget", "run": "../.."})
    assert (await ask(server, t="log", run="r1"))["result"] == {"text": ""}
    assert agent.poll() is None
