"""Separate random streams, all derived from the run's seed, so that runs that differ in one switch share the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

NAMES = ("action", "minibatch", "dropout")


class Streams:
    """One generator per purpose; environment lanes get a seed of their own for every episode."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._generators = {name: np.random.default_rng([seed, k]) for k, name in enumerate(NAMES)}

    def __getitem__(self, name: str) -> np.random.Generator:
        return self._generators[name]

    @classmethod
    def of_evaluation(cls, seed: int) -> Streams:
        """Streams that share nothing with those of a run, whatever its seed."""
        return cls(int(np.random.SeedSequence([seed, 400]).generate_state(1, np.uint64)[0]))

    def initialisation(self) -> torch.Generator:
        """A fresh generator for the first weights."""
        return torch.Generator().manual_seed(int(np.random.SeedSequence([self.seed, 100]).generate_state(1)[0]))

    def episode_seed(self, lane: int, episode: int) -> int:
        """The seed of the `episode`-th episode of a lane (63 bits)."""
        return int(np.random.SeedSequence([self.seed, 200, lane, episode]).generate_state(1, np.uint64)[0] >> 1)

    def state(self) -> dict[str, Any]:
        """The position of every stream, as plain numbers and strings."""
        return {name: g.bit_generator.state for name, g in self._generators.items()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a saved position."""
        for name, position in state.items():
            self._generators[name].bit_generator.state = position
