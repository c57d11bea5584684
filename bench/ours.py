"""Our subject of `bench.training`: the run's own loop, with its journal on disk or with no telemetry at all."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.peers import Job, Mark, Ppo, mark


def telemetry_on(job: Job, seed: int) -> list[Mark]:
    """Train as a trainer does: every update measured, frames and events written to a journal on disk."""
    from rl_core.journal.journal import JournalWriter

    with TemporaryDirectory(prefix="policyscope-") as folder:
        journal = JournalWriter(Path(folder))
        try:
            return marks(job, seed, sink=journal, telemetry=True)
        finally:
            journal.close()


def telemetry_off(job: Job, seed: int) -> list[Mark]:
    """Train and measure nothing."""
    return marks(job, seed, sink=None, telemetry=False)


def marks(job: Job, seed: int, sink: Any, telemetry: bool) -> list[Mark]:
    """Train and return a mark at the beginning and at the end of every update."""
    from rl_core.run.run import Run
    from rl_core.trainer.operate import Operator

    run, operator = Run(config(job, seed), sink, telemetry=telemetry), Operator()
    run.watch.go()
    found = [mark(0)]
    while run.progress() < 1.0:
        operator.between_updates(run)
        run.advance()
        found.append(mark(run.source.env_steps))
    return found


def config(job: Job, seed: int) -> Any:
    """Return the engine's config of the job."""
    from rl_core.config import resolve

    controls: dict[str, Any] = {
        "n_steps": job.steps,
        "learning_rate": job.learning_rate,
        "learning_rate_schedule": "constant",
        "optimiser": "adam" if isinstance(job, Ppo) else "rmsprop",
        "entropy_coef": job.entropy_coef,
        "value_coef": job.value_coef,
        "gamma": job.gamma,
        "gae_lambda": job.gae_lambda,
        "max_grad_norm": job.max_grad_norm,
        "hidden_layers": len(job.hidden),
        "hidden_size": job.hidden[0],
        "activation": "tanh",
    }
    if isinstance(job, Ppo):
        controls |= {"epochs": job.epochs, "minibatches": job.minibatches, "clip": job.clip}
    algorithm = "ppo" if isinstance(job, Ppo) else "a2c"
    environment = {"id": job.environment, "num_envs": job.num_envs}
    budget = {"updates": job.updates}
    body = {"algorithm": algorithm, "environment": environment, "controls": controls, "seed": seed, "budget": budget}
    return resolve(body)
