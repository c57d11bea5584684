"""The whole life of a trainer in a process of its own: journal, inbox, checkpoints, and exactly one last word."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path

from rl_core.config import RunConfig
from rl_core.evaluate.evaluator import Evaluator
from rl_core.journal.inbox import InboxReader
from rl_core.journal.journal import JournalWriter
from rl_core.run.checkpoint import Checkpoints
from rl_core.run.log import Log
from rl_core.run.run import Run
from rl_core.run.threads import one_thread
from rl_core.trainer.drive import drive
from rl_core.trainer.operate import Operator

REASONS = {"finished": "budget used up", "stopped": "stopped by request"}


def run_trainer(config: RunConfig, directory: Path, *, resume: bool) -> None:
    """Train in `directory` until the run has finished, is stopped or suspended.

    A resumed run goes on from its newest checkpoint and waits, paused, for a command. An exception is journaled as
    `failed`, printed, and raised again.
    """
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(message)s", force=True)
    with one_thread():
        _live(config, directory, resume)


def _live(config: RunConfig, directory: Path, resume: bool) -> None:
    journal, run = JournalWriter(directory), None
    checkpoints, inbox = Checkpoints(directory / "checkpoints"), InboxReader(directory / "inbox.bin")
    evaluator = Evaluator(directory)
    try:
        operator = Operator(inbox.poll, paused=resume, pace=config.pace)
        run = Run(config, journal, checkpoints)
        operator.drives(run, evaluator)
        if resume:
            run.restore(checkpoints.newest())
        else:
            run.begin()
        state = drive(run, operator, evaluator)
        if state in REASONS:
            run.event(state, {"reason": REASONS[state]})
        else:
            run.event("paused", {"suspended": True, "by": None})
    except BaseException as failed:
        traceback.print_exc()
        _journal_failure(journal, run, failed)
        raise
    finally:
        evaluator.close()
        journal.close()


def _journal_failure(journal: JournalWriter, run: Run | None, failed: BaseException) -> None:
    """The last word of a run that broke; one that could not even be built has no update and no clock."""
    reason = f"{type(failed).__name__}: {failed}".split("\n")[0][:500]
    update, wall = (run.update, run.watch.wall) if run else (0, 0.0)
    Log(journal).event("failed", update, wall, {"reason": reason})
