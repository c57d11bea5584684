r"""\epsilon-greedy over the outputs of a network: mostly the largest, sometimes any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rl_core.types import Actions, FloatArray, Forward


class EpsilonGreedy:
    r"""\pi(a) = (1 - \epsilon) 1[a = argmax Q] + \epsilon / A; `epsilon` is set by whoever follows the controls."""

    def __init__(self, forward: Forward, n: int) -> None:
        self.output, self._n, self.epsilon = forward, n, 1.0
        self.executed: Callable[[Any], Any] = lambda action: action

    def noise(self, stream: np.random.Generator, steps: int, lanes: int) -> FloatArray:
        """Two uniform numbers for every step and lane: whether to explore, and where to."""
        return stream.random((steps, lanes, 2), dtype=np.float32)

    def sample(self, output: FloatArray, noise: FloatArray) -> Actions:
        """One action per lane."""
        anywhere = np.minimum((noise[:, 1] * self._n).astype(np.int64), self._n - 1)
        action: Actions = np.where(noise[:, 0] < self.epsilon, anywhere, output.argmax(1))
        return action

    def mode(self, output: FloatArray) -> Actions:
        """The greedy action."""
        action: Actions = output.argmax(1)
        return action

    def params(self, output: FloatArray) -> FloatArray:
        r"""log \pi(a) [.., A], as a batch stores it."""
        greedy = np.eye(self._n, dtype=np.float32)[output.argmax(-1)]
        pi = (1.0 - self.epsilon) * greedy + self.epsilon / self._n
        log_pi: FloatArray = np.log(np.maximum(pi, 1e-30)).astype(np.float32)
        return log_pi
