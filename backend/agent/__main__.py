"""`python -m backend.agent --data-dir DIR`: the process that owns the trainers of this machine."""

import argparse
from pathlib import Path

from backend.agent.engine import RlCore
from backend.agent.environment import ensure_environment
from backend.agent.launch import launch
from backend.agent.timings import Timings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m backend.agent", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="where runs, lock and token are kept")
    arguments = parser.parse_args()
    ensure_environment()
    launch(arguments.data_dir.resolve(), RlCore(), Timings())


if __name__ == "__main__":
    main()
