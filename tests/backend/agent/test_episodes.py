"""Recorded episodes and the disk, asked for by number: nothing outside the run's folder, nothing of any size."""

import os
from pathlib import Path

import pytest

from backend.agent.run_directory import RunDirectory
from rl_core.journal import episodes
from rl_core.journal.episodes import EpisodeFolder, read_document, read_picture
from tests.backend.agent.fake_server import FakeServer
from tests.backend.agent.test_requests import ask


def written(run: Path, n: int = 3, reason: str = "request", size: int = 10) -> EpisodeFolder:
    folder = EpisodeFolder(run / "episodes")
    folder.put(n, {"n": n, "reason": reason, "filler": "x" * size}, [b"one", b"two"])
    folder.keep(n, reason)
    return folder


@pytest.mark.usefixtures("agent")
async def test_what_is_asked_for_is_sent(server: FakeServer, tmp_path: Path) -> None:
    run = tmp_path / "runs" / "r1"
    written(run)
    (run / "log.txt").write_text("12345")
    (run / "journal-00000001.bin").write_bytes(b"123")
    document = (await ask(server, t="read_episode", run="r1", n=3))["result"]
    assert document == {"episode": {"n": 3, "reason": "request", "filler": "x" * 10}}
    assert (await ask(server, t="read_episode", run="r1", n=4))["result"] == {"episode": None}
    assert (await ask(server, t="read_frame", run="r1", n=3, k=1))["result"] == {"jpeg": b"two"}
    assert (await ask(server, t="read_frame", run="r1", n=3, k=2))["result"] == {"jpeg": None}
    disk = (await ask(server, t="disk", run="r1"))["result"]
    size = sum(path.stat().st_size for path in (run / "episodes").iterdir())
    assert disk == {"journal": 3, "checkpoints": 0, "episodes": size, "log": 5}
    assert (await ask(server, t="disk", run="gone"))["result"] == dict.fromkeys(disk, 0)  # type: ignore[call-overload]
    await server.send({"t": "forget", "run": "r1"})
    assert (await ask(server, t="read_episode", run="r1", n=3))["result"] == {"episode": None}
    assert not run.exists()


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("n", [0, -1, 10**8, 2**62])
async def test_a_number_that_is_none_finds_nothing(server: FakeServer, tmp_path: Path, n: int) -> None:
    written(tmp_path / "runs" / "r1")
    assert (await ask(server, t="read_episode", run="r1", n=n))["result"] == {"episode": None}
    assert (await ask(server, t="read_frame", run="r1", n=3, k=n))["result"] == (
        {"jpeg": b"one"} if n == 0 else {"jpeg": None}
    )


@pytest.mark.usefixtures("agent")
async def test_a_run_id_that_is_a_path_is_refused(server: FakeServer) -> None:
    for message in ({"t": "read_episode", "n": 1}, {"t": "read_frame", "n": 1, "k": 0}, {"t": "disk"}):
        reply = await ask(server, run="../../etc", **message)
        assert reply["error"]["code"] == "agent_error"  # type: ignore[index]


def test_no_link_is_followed_and_no_pipe_is_waited_for(tmp_path: Path) -> None:
    run = tmp_path / "run"
    written(run, 1)
    (run / "episodes" / "00000002.msgpack").symlink_to(run / "episodes" / "00000001.msgpack")
    with pytest.raises(OSError, match="symbolic links"):
        read_document(run, 2)
    os.mkfifo(run / "episodes" / "00000003.pictures")
    assert read_picture(run, 3, 0) is None
    (run / "episodes").rename(tmp_path / "elsewhere")
    (run / "episodes").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"Not a directory|symbolic links"):
        read_document(run, 1)


def test_a_document_too_long_to_send_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, 1, size=2000)
    monkeypatch.setattr(episodes, "DOCUMENT_BYTES", 1000)
    with pytest.raises(ValueError, match="at most 1000"):
        read_document(tmp_path, 1)


@pytest.mark.parametrize(("limit", "value"), [("MAX_EPISODES", 4), ("MAX_BYTES", 4 * 90)])
def test_the_oldest_scheduled_episodes_go_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(episodes, limit, value)
    reasons = {1: "request", 2: "schedule", 3: "edit", 4: "schedule", 5: "request", 6: "schedule"}
    folder = EpisodeFolder(tmp_path / "episodes")
    for n, reason in reasons.items():
        folder.put(n, {"n": n, "reason": reason, "filler": "x" * (60 - len(reason))}, [])
        folder.keep(n, reason)
    left = [n for n in reasons if read_document(tmp_path, n)]
    assert left == [1, 3, 5, 6]
    again = EpisodeFolder(tmp_path / "episodes")  # as a resumed run finds it
    assert again.next_number == 7
    again.put(7, {"n": 7, "reason": "request", "filler": "x" * 53}, [])
    again.keep(7, "request")
    assert [n for n in range(8) if read_document(tmp_path, n)] == [1, 3, 5, 7]


def test_disk_counts_no_linked_file(tmp_path: Path) -> None:
    directory = RunDirectory.of(tmp_path, "r1")
    directory.path.mkdir(parents=True)
    (tmp_path / "large").write_bytes(b"x" * 100_000)
    (directory.path / "link").symlink_to(tmp_path / "large")
    assert sum(directory.disk().values()) < 1000
