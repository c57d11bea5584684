"""`policyscope export`: which run is meant, through the server and without one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from backend.cli import main
from backend.export.command import NoSuchRun, chosen
from backend.services import write_server_file
from tests.backend.kit import FakeAgent, running

RUNS = [{"id": "ab12", "name": "a"}, {"id": "ab34", "name": "twice"}, {"id": "cd56", "name": "twice"}]


@pytest.mark.parametrize(
    ("wanted", "meant"), [("ab12", "ab12"), ("ab3", "ab34"), ("c", "cd56"), ("a", "ab12"), ("ab", None), ("x", None)]
)
def test_an_id_its_beginning_or_a_name_is_meant(wanted: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(NoSuchRun):
            chosen(wanted, RUNS)
    else:
        assert chosen(wanted, RUNS) == meant


def test_a_name_of_two_runs_names_both() -> None:
    with pytest.raises(NoSuchRun, match="ab34, cd56"):
        chosen("twice", RUNS)
    with pytest.raises(NoSuchRun):
        chosen("", RUNS)


def export(folder: Path, *arguments: str) -> int:
    """Run the command and return its exit code."""
    with pytest.raises(SystemExit) as left:
        main(["export", "--data-dir", str(folder), *arguments])
    return int(left.value.code or 0)


async def test_the_file_is_the_same_with_and_without_a_server(tmp_path: Path) -> None:
    through, alone = tmp_path / "through.csv", tmp_path / "alone.csv"
    data = tmp_path / "data"
    async with running(data) as server:
        write_server_file(server.settings)
        agent = FakeAgent(server)
        await agent.connect()
        run = await server.start_run(name="mine")
        await agent.rows(run, 5)
        await server.until(run, lambda r: r["update"] == 5)
        assert await asyncio.to_thread(export, data, "mine", "--format", "csv", "--out", str(through)) == 0
        assert await asyncio.to_thread(export, data, "nobody", "--format", "csv") == 2
        await agent.disconnect()
    (data / "server.json").unlink()
    assert await asyncio.to_thread(export, data, run[:6], "--format", "csv", "--out", str(alone)) == 0
    assert through.read_text() == alone.read_text()
    assert len(alone.read_text().splitlines()) == 6
