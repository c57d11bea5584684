"""S13: what the container publishes, who it runs as, and that its start command starts (no Docker engine is needed)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bench.server import free_port
from tests.contracts.sources import ROOT
from tests.packaging import dockerfile

IMAGE = dockerfile.read(ROOT / "Dockerfile")


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    """Return the one service of the compose file."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert list(services) == ["policyscope"]
    return dict(services["policyscope"])


def test_S13_compose_publishes_on_loopback_only(service: dict[str, Any]) -> None:
    assert service["ports"] == [f"127.0.0.1:8420:{IMAGE.env['POLICYSCOPE_PORT']}"]
    assert "network_mode" not in service


def test_compose_restarts_reaps_and_keeps_the_data(service: dict[str, Any]) -> None:
    assert (service["restart"], service["init"]) == ("unless-stopped", True)
    assert service["volumes"] == [f"data:{IMAGE.env['POLICYSCOPE_DATA_DIR']}"]
    assert IMAGE.volumes == [IMAGE.env["POLICYSCOPE_DATA_DIR"]]


def test_image_does_not_run_as_root() -> None:
    assert IMAGE.user == "policyscope"


def test_image_gets_no_secret_and_no_build_output() -> None:
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert set(kept) == {"pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "backend", "rl_core", "frontend"}


@pytest.mark.slow
def test_start_command_serves_in_a_clean_folder(tmp_path: Path) -> None:
    """Run CMD with ENV as the image would, then HEALTHCHECK, then the SIGTERM of `docker stop`."""
    port = free_port()
    environment = IMAGE.env | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "POLICYSCOPE_PORT": str(port),
        "POLICYSCOPE_DATA_DIR": str(tmp_path / "data"),
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(IMAGE.command, cwd=tmp_path, env=environment, stdout=output, stderr=output)
    try:
        assert health(port, server) == {"status": "ok", "version": "0.1.0"}, log.read_text()
        check = [part.replace("8420", str(port)) for part in IMAGE.healthcheck]
        subprocess.run([sys.executable, *check[1:]], env=environment, check=True, timeout=20)
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) in {0, -signal.SIGTERM}, log.read_text()


def health(port: int, server: subprocess.Popen[bytes]) -> dict[str, str] | None:
    """Ask until the server answers, has ended, or 30 seconds have passed."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            return dict(httpx.get(f"http://127.0.0.1:{port}/api/health", timeout=2).json())
        except httpx.TransportError:
            time.sleep(0.2)
    return None
