"""How far a row of estimates lies from the exact gradient: each by itself, and their mean."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import torch

from rl_core.on_policy.metrics.exact import ExactReading
from rl_core.telemetry.reading import Array

WINDOW = 100  # updates


class Deviation:
    r"""Remembers \hat g - \nabla J and \nabla J of the last WINDOW updates since the last edit."""

    def __init__(self) -> None:
        self._errors: deque[Array] = deque(maxlen=WINDOW)
        self._exact: deque[Array] = deque(maxlen=WINDOW)

    def read(self, j: float, optimum: float, exact: Array, estimate: Array, scale: float | None) -> ExactReading:
        """Take one update's; `scale` makes the estimate one of dJ/d theta, and is None where that is unknown."""
        cosine = _ratio(float(estimate @ exact), _norm(estimate) * _norm(exact))
        if scale is None:
            return ExactReading(j, optimum, _norm(exact), cosine, None, None)
        error = (estimate * scale - exact).astype(np.float32)
        if self._errors and len(self._errors[0]) != len(error):
            self.forget()
        self._errors.append(error)
        self._exact.append(exact)
        of_mean = _ratio(_norm(np.sum(self._errors, 0)), _norm(np.sum(self._exact, 0)))
        return ExactReading(j, optimum, _norm(exact), cosine, _ratio(_norm(error), _norm(exact)), of_mean)

    def forget(self) -> None:
        """The estimator is another one from now on."""
        self._errors.clear()
        self._exact.clear()

    def state(self) -> dict[str, Any] | None:
        """For a checkpoint; None where nothing is compared."""
        if not self._errors:
            return None
        return {"errors": torch.from_numpy(np.stack(self._errors)), "exact": torch.from_numpy(np.stack(self._exact))}

    def restore(self, state: dict[str, Any] | None) -> None:
        """Go on from a checkpoint."""
        self.forget()
        if state is not None:
            self._errors.extend(state["errors"].numpy())
            self._exact.extend(state["exact"].numpy())


def _norm(x: Array) -> float:
    return float(np.linalg.norm(x.astype(np.float64)))


def _ratio(x: float, y: float) -> float | None:
    """None where it would be a division by 0: an estimate of 0 is common where rewards are rare, and no fault."""
    return x / y if y else None
