"""The real agent around the fake engine, as a process of its own: `python -m tests.backend.agent.fake_agent DIR`."""

import sys
from pathlib import Path

from backend.agent.environment import ensure_environment
from backend.agent.launch import launch
from backend.agent.timings import Timings
from tests.backend.agent.fake_engine import FakeEngine

if __name__ == "__main__":
    ensure_environment()
    launch(Path(sys.argv[1]), FakeEngine(), Timings(stop=0.4, suspend=3.0, orphan=float(sys.argv[2]), backoff_max=0.3))
