"""The experiment: one policy, many batches, every estimator on the same ones, each held against the exact gradient."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from rl_core.data.batch import Batch
from rl_core.lab.bench import Bench, one_by_one
from rl_core.lab.estimator import Estimator, parse
from rl_core.lab.policies import logits_of
from rl_core.lab.request import EstimatorSpec, StudyRequest, parse_request
from rl_core.lab.sampling import Sampler, cut, mean_length
from rl_core.lab.statistics import summarise
from rl_core.lab.together import Together, able
from rl_core.refusals import ConfigError, ConfigErrors
from rl_core.run.threads import one_thread
from rl_core.tabular.dynamic_programming import Exact, exact
from rl_core.tabular.mdp import Float64, TabularMDP

ROUND = 8_000_000  # numbers that the one-hot observations, or the scores, of a round may have: 64 MB in float64
AGREE = 1e-9  # between one pass for all batches and one batch after the other, relative to the largest entry
COMPARED = 2  # batches


def study(body: Any, report: Callable[[float], None] | None = None) -> dict[str, Any]:
    """Bias, variance and error of each estimator, with 95 % intervals; a plain JSON document.

    Every number but the seconds is the same, bit for bit, whenever the same request is made. `report` hears the
    fraction that is done. Raises ConfigErrors with every reason why the request makes no sense.
    """
    began = time.perf_counter()
    request, mdp = parse_request(body)
    theta = _logits(request, mdp)
    acting = _acting(request, mdp, theta)
    estimators = _estimators(request, mdp, acting)
    with one_thread():
        truth = exact(mdp, theta)
        trials = [Trial(mdp, theta, e, request.batch) for e in estimators]
        length = _run(request, Sampling(request, mdp, theta if acting is None else acting), trials, report)
    rows = [_row(*pair, truth) for pair in zip(request.estimators, trials, strict=True)]
    return {
        "request": request.model_dump(mode="json"), "truth": _truth(mdp, truth), "mean_length": length,
        "behaviour_J": None if acting is None else exact(mdp, acting).J,
        "estimators": rows, "seconds": time.perf_counter() - began,
    }  # fmt: skip


class Trial:
    """One estimator and its estimates so far."""

    def __init__(self, mdp: TabularMDP, theta: Float64, e: Estimator, batch: int) -> None:
        self._bench, self._other = Bench(mdp, theta, e), Bench(mdp, theta, e)
        self._batch, self.c = batch, e.c
        self._together = Together(mdp, theta, e, batch) if able(e.c) else None
        self._found: list[Float64] = []
        self.seconds = 0.0

    def see(self, b: Batch) -> None:
        """Estimate from every batch in the lanes of `b`."""
        began = time.perf_counter()
        self._found.append(self._estimated(b))
        self.seconds += time.perf_counter() - began

    def _estimated(self, b: Batch) -> Float64:
        if self._together is not None:
            found = self._together.gradients(b)
            if self._found or self._agrees(found, b):
                return found
            self._together = None
        return one_by_one(self._bench, list(_batches(b, self._batch)))

    def estimates(self) -> Float64:
        """All estimates, [K, S A]."""
        each = np.concatenate(self._found)
        return each.reshape(len(each), -1)

    def _agrees(self, found: Float64, b: Batch) -> bool:
        """Whether the first batches alone give the same: an algorithm may couple trajectories in ways of its own."""
        first = one_by_one(self._other, list(_batches(b, self._batch))[:COMPARED])
        return bool(np.abs(first - found[:COMPARED]).max() <= AGREE * max(1.0, np.abs(first).max()))


class Sampling:
    """All batches, in rounds that fit into memory; every round is the same however many estimators look at it."""

    def __init__(self, request: StudyRequest, mdp: TabularMDP, logits: Float64) -> None:
        each = mdp.n_states * max(mdp.horizon + 1, mdp.n_actions) * request.batch
        self.rounds = math.ceil(request.batches / max(1, ROUND // each))
        self._size = math.ceil(
            request.batches / self.rounds
        )  # batches in a round; the last one gives a part of its own
        self._batch, self._wanted = request.batch, request.batches
        self._sampler = Sampler(mdp, logits, self._size * request.batch, request.seed)

    def batches(self, index: int) -> Batch:
        """The round with this number; to be asked for in order."""
        b, left = self._sampler.sample(), self._wanted - index * self._size
        return b if left >= self._size else cut(b, 0, left * self._batch)


def _run(
    request: StudyRequest, sampling: Sampling, trials: list[Trial], report: Callable[[float], None] | None
) -> float:
    """Show every batch to every estimator; the mean length of a trajectory."""
    lengths: list[tuple[float, int]] = []
    for index in range(sampling.rounds):
        b = sampling.batches(index)
        lengths.append((mean_length(b), b.shape[1]))
        for k, trial in enumerate(trials, 1):
            trial.see(b)
            if report:
                report((index + k / len(trials)) / sampling.rounds)
    return sum(mean * n for mean, n in lengths) / sum(n for _, n in lengths)


def _batches(b: Batch, size: int) -> Any:
    return (cut(b, first, first + size) for first in range(0, b.shape[1], size))


def _logits(request: StudyRequest, mdp: TabularMDP) -> Float64:
    try:
        return logits_of(request.policy, mdp)
    except ConfigErrors as wrong:
        raise ConfigErrors(_inside("policy", wrong)) from None


def _acting(request: StudyRequest, mdp: TabularMDP, theta: Float64) -> Float64 | None:
    try:
        return None if request.behaviour is None else logits_of(request.behaviour, mdp, theta)
    except ConfigErrors as wrong:
        raise ConfigErrors(_inside("behaviour", wrong)) from None


def _estimators(request: StudyRequest, mdp: TabularMDP, acting: Float64 | None) -> list[Estimator]:
    found, errors = [], []
    for k, spec in enumerate(request.estimators):
        try:
            found.append(parse(spec.settings | ({} if acting is None else {"behaviour": acting}), mdp))
        except ConfigErrors as wrong:
            errors += _inside(f"estimators.{k}.settings", wrong)
    if errors:
        raise ConfigErrors(errors)
    return found


def _inside(where: str, wrong: ConfigErrors) -> list[ConfigError]:
    """The same errors under the path of the part of the request that they are about."""
    fields = [(error.field or "").removeprefix("controls.") for error in wrong.errors]
    return [
        error.model_copy(update={"field": f"{where}.{field}".rstrip(".")})
        for error, field in zip(wrong.errors, fields, strict=True)
    ]


def _truth(mdp: TabularMDP, truth: Exact) -> dict[str, Any]:
    return {
        "J": truth.J, "gradient_norm": float(np.linalg.norm(truth.grad)), "gradient": truth.grad.tolist(),
        "states": mdp.n_states, "actions": mdp.n_actions, "horizon": mdp.horizon,
    }  # fmt: skip


def _row(spec: EstimatorSpec, trial: Trial, truth: Exact) -> dict[str, Any]:
    about = {"name": spec.name, "controls": trial.c.values(), "seconds": trial.seconds}
    return about | asdict(summarise(trial.estimates(), truth.grad.reshape(-1)))
