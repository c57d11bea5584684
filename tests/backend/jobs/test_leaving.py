"""A server that is told to go, at whatever moment, leaves no agent behind and exits with 0."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.backend.kit import free_port


def agents(data_dir: Path) -> list[int]:
    """Return the agents of a data folder."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        command = process.info["cmdline"] or []
        if "backend.agent" in command and str(data_dir) in command:
            found.append(process.info["pid"])
    return found


@pytest.mark.parametrize("after_s", [0.0, 1.0])
def test_a_signal_while_the_agent_is_starting_leaves_nothing_behind(tmp_path: Path, after_s: float) -> None:
    command = [sys.executable, "-m", "backend.cli", "serve", "--no-browser", "--port", str(free_port())]
    server = subprocess.Popen([*command, "--data-dir", str(tmp_path)], stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 30
        while not (tmp_path / "server.json").exists() and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(after_s)
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
        assert agents(tmp_path) == []
        assert not (tmp_path / "server.json").exists()
    finally:
        server.kill()
        server.wait()
        for pid in agents(tmp_path):
            os.kill(pid, signal.SIGKILL)
