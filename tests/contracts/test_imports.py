"""The import drawing as it shows at run time: the server is up without torch, the agent's lock needs none."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "gymnasium", "rl_core", "backend.agent")


def loaded_by(module: str) -> set[str]:
    """Return what a fresh interpreter has loaded after importing one module."""
    code = f"import sys, {module}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["backend.app", "backend.cli", "backend.schema"])
def test_server_does_not_import_the_engine(module: str) -> None:
    assert loaded_by(module) & set(HEAVY) == set()
