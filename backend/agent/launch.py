"""Becoming the agent of a data directory: one at a time, warm before it works."""

import asyncio
import gc
import logging
import os
import resource
from pathlib import Path

from backend.agent.agent import Agent
from backend.agent.engine import Engine
from backend.agent.lock import try_lock
from backend.agent.timings import Timings

OPEN_FILES = 4096


def launch(data_dir: Path, engine: Engine, timings: Timings) -> None:
    """Run the agent until it leaves; return at once if another one is there."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = try_lock(data_dir / "agent.lock")
    if lock is None:
        return
    logging.basicConfig(level=logging.INFO, format="agent: %(message)s")
    _raise_file_limit()
    engine.warm()
    # A collection in a trainer would otherwise walk all that was imported, and copy its pages.
    gc.collect()
    gc.freeze()
    asyncio.run(_run(data_dir, engine, timings))
    os.close(lock)


async def _run(data_dir: Path, engine: Engine, timings: Timings) -> None:
    await Agent(data_dir, engine, timings).run()


def _raise_file_limit() -> None:
    """Three descriptors per run, beside the connection."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < OPEN_FILES:
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
