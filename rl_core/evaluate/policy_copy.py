"""The current policy once more, in a recorded lane and with random streams of its own: training shares nothing."""

from __future__ import annotations

import torch

from rl_core.algorithms.algorithm import algorithms
from rl_core.data.batch import Batch
from rl_core.data.samples import Estimates
from rl_core.evaluate.recorded_lane import RecordedLane
from rl_core.run.learner import Learner
from rl_core.run.snapshot import PolicySnapshot
from rl_core.streams import Streams
from rl_core.types import FloatArray, Spaces


class PolicyCopy:
    """Acts as a run's policy does, dropout included, on the processor."""

    def __init__(self, role: PolicySnapshot, stage: RecordedLane, seed: int) -> None:
        self.c = role.c.edited({"device": "cpu"})  # a forked process cannot use its parent's CUDA
        streams = Streams.of_evaluation(seed)
        info = stage.info
        spaces = Spaces((info.obs_size,), info.actions)
        self._learner = Learner(algorithms[role.config.algorithm], self.c, spaces, streams)
        self._rollout = self._learner.source(stage, self.c).rollout
        self.learn(role.parameters)

    def learn(self, parameters: FloatArray) -> None:
        """Act with these parameters [P] from now on; what is played moves no statistics."""
        size = len(self._learner.flat.vector)
        self._learner.flat.load(torch.from_numpy(parameters[:size]))
        self._rollout.normaliser.load(parameters[size:])
        self._rollout.normaliser.rest()

    def play(self) -> tuple[Batch, Estimates]:
        """One whole episode, and what the estimators of the update would make of it."""
        b = self._rollout.whole_episodes()
        return b, self._learner.estimate.judged(b, self.c)

    def step(self) -> tuple[Batch, float | None]:
        """One step of an endless row of episodes, and V of the state before it."""
        b = self._rollout.segments(1)
        return b, self._learner.estimate.value(b)
