"""The files of docs/adding.md, dropped into a copy of the engine, declare themselves: nothing else is edited."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.sources import ROOT

BLOCK = re.compile(r"```(?:python|toml)\n# (?P<path>\S+)\n(?P<text>.*?)```", re.DOTALL)
TRAIN = """
import json
from rl_core import train
from rl_core.catalog import catalog

frames = []
run = train({"recipe": "my-walk"}, frames.append)
measured = set().union(*(frame["scalars"] for frame in frames if frame["type"] == "frame"))
print(json.dumps({"catalog": catalog(), "updates": run.update, "measured": sorted(measured)}))
"""


@pytest.fixture(scope="module")
def blocks() -> dict[str, str]:
    """Return the page's files by path."""
    page = (ROOT / "docs" / "adding.md").read_text()
    return {match["path"]: match["text"] for match in BLOCK.finditer(page)}


@pytest.fixture(scope="module")
def extended(blocks: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the engine and the page's files in it."""
    folder = tmp_path_factory.mktemp("adding")
    shutil.copytree(ROOT / "rl_core", folder / "rl_core", ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in blocks.items():
        (folder / path).write_text(text)
    return folder


@pytest.fixture(scope="module")
def result(extended: Path) -> dict[str, Any]:
    """Train the added recipe in a fresh interpreter and return what it reports."""
    printed = run("-c", TRAIN, cwd=extended)
    return dict(json.loads(printed.splitlines()[-1]))


@pytest.mark.parametrize(
    ("group", "key", "name"),
    [
        ("algorithms", "id", "my_a2c"),
        ("environments", "id", "MyWalk-v0"),
        ("environments", "id", "MyBandit-v0"),
        ("recipes", "id", "my-walk"),
        ("metrics", "name", "advantage/range"),
    ],
)
def test_added_file_is_in_the_catalog(result: dict[str, Any], group: str, key: str, name: str) -> None:
    assert name in [row[key] for row in result["catalog"][group]]


def test_added_algorithm_has_its_controls(result: dict[str, Any]) -> None:
    assert "n_steps" in [row["name"] for row in result["catalog"]["controls"]["my_a2c"]]


def test_added_recipe_trains_and_measures(result: dict[str, Any]) -> None:
    assert result["updates"] == 20
    assert "advantage/range" in result["measured"]


def test_added_files_pass_the_linter(extended: Path, blocks: dict[str, str]) -> None:
    files = [path for path in blocks if path.endswith(".py")]
    run("-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml"), *files, cwd=extended)


def run(*arguments: str, cwd: Path) -> str:
    """Run Python in a folder, with the packages of that folder first; return what it printed."""
    environment = os.environ | {"PYTHONPATH": str(cwd), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
