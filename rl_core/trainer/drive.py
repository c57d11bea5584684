"""Drives a run to its end: commands and recordings between two updates, and the updates."""

from __future__ import annotations

from rl_core.evaluate.evaluator import Evaluator
from rl_core.run.run import Run
from rl_core.trainer.operate import Ended, Operator


def drive(run: Run, operator: Operator, evaluator: Evaluator | None = None) -> str:
    """Train until the budget is used up or the operator ends it; the state it ended in.

    What takes place between two updates is the operator's and the evaluator's; nothing of it is known to the run.
    """
    operator.drives(run, evaluator)
    try:
        while run.progress() < 1.0:
            operator.between_updates(run)
            run.advance()
    except Ended as ended:
        if evaluator:
            evaluator.finish(run, patient=False)
        return ended.state
    operator.end_steps(run)
    if evaluator:
        evaluator.finish(run, patient=True)
    run.checkpoint()
    return "finished"
