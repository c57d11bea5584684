"""A real server per file of faults, and one round of runs under watch per test."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.scenario import Scenario
from tests.service import Service

ROUNDS = int(os.environ.get("POLICYSCOPE_FAULT_ROUNDS", "5"))
"""Rounds of each kill; the number in a failing test's name is its seed."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder; kills are looked for in /proc."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)
            if sys.platform != "linux":
                item.add_marker(pytest.mark.skip(reason="looks for processes in /proc"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a seed as many rounds as are wanted."""
    if "seed" in metafunc.fixturenames and not any("seed" in mark.args[0] for mark in parametrised(metafunc)):
        metafunc.parametrize("seed", range(ROUNDS))


def parametrised(metafunc: pytest.Metafunc) -> list[pytest.Mark]:
    """Return the marks by which a test chooses its own parameters."""
    return list(metafunc.definition.iter_markers("parametrize"))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return a server with its agent, and leave no process behind."""
    service = Service(tmp_path_factory.mktemp("service"))
    try:
        service.start()
        service.ready()
        yield service
    finally:
        service.end()


@pytest.fixture
def scenario(service: Service, tmp_path: Path, seed: int) -> Iterator[Scenario]:
    """Return a round that is watched from before its first record."""
    with Scenario(service, tmp_path, seed).watched() as scenario:
        yield scenario
