"""One update as its rules see it: samples, losses, and what is left behind for the metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from rl_core.ad.gate import Tap
from rl_core.data.batch import Batch
from rl_core.data.rows import Rows
from rl_core.data.samples import Estimates
from rl_core.streams import Streams
from rl_core.telemetry.reading import Reading
from rl_core.updates.flat import FlatParameters
from rl_core.updates.term import Losses, Term

R = TypeVar("R")


class Estimate(Protocol):
    """The stage between a batch and its samples; it may remember."""

    def __call__(self, u: Update) -> Rows:
        """The samples of the whole batch."""

    def again(self, u: Update, samples: Any) -> Rows:
        """The same samples with estimates of now, before another epoch."""

    def prepared(self, u: Update, m: Any, index: Tensor) -> Rows:
        """Samples [B] as a step sees them; `index` are their places in the whole batch."""

    def value(self, b: Batch) -> float | None:
        """What the critic says of the one state of a batch of one step; None without one."""

    def judged(self, b: Batch, c: Any) -> Estimates:
        """What an update would make of a batch that somebody played; nothing of it is remembered."""

    def state(self) -> Any:
        """For a checkpoint."""

    def restore(self, state: Any) -> None:
        """Go on from a checkpoint."""


class Forgetful:
    """A part that remembers nothing."""

    def state(self) -> Any:
        """Nothing."""
        return None

    def restore(self, state: Any) -> None:
        """Nothing to do."""


class Onlooker(Forgetful):
    """An instrument: it looks at the losses of an update's first step, and at the whole update when it is done."""

    def first(self, u: Update, losses: Losses) -> None:
        """Before the first backward pass."""

    def read(self, u: Update) -> None:
        """After the last step; what it leaves is read by the metrics."""

    def edited(self) -> None:
        """The estimator may be another one from now on."""


@dataclass(slots=True)
class Step:
    """What one step of a rule was made of, still as tensors: reading a number now would stall the loop."""

    samples: Any
    losses: Losses
    norm: Tensor  # of the gradient of the rule's groups, before it is clipped
    clipped: bool = True  # whether the rule clips its gradient


@dataclass(slots=True)
class Update:
    """`samples` are those of the whole batch; `steps` and `left` fill while the rules act."""

    batch: Any
    c: Any  # the controls with the numbers in force
    net: Any
    flat: FlatParameters
    streams: Streams
    estimate: Estimate
    terms: tuple[Term, ...]
    see: Callable[[Any, Any, Any], Any]  # samples, networks, controls -> At
    instruments: Sequence[Onlooker] = ()
    probing: bool = False
    samples: Any = None
    steps: list[Step] = field(default_factory=list)
    steps_per_epoch: int = 1
    first_gradient: dict[str, Tensor] = field(default_factory=dict)
    pressure: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=lambda: {"estimate": 0.0, "backward": 0.0, "optimiser": 0.0})
    left: dict[type, Reading] = field(default_factory=dict)
    _tap: Tap | None = None

    def leave(self, reading: Reading) -> None:
        """Put down what the metrics of its type read."""
        self.left[type(reading)] = reading

    def find(self, kind: type[R]) -> R | None:
        """What was left of a type, if anything was."""
        return self.left.get(kind)  # type: ignore[return-value]

    def reading(self, kind: type[R]) -> R:
        """What was left of a type; KeyError if nothing was."""
        return self.left[kind]  # type: ignore[return-value]

    def instrument(self, kind: type[R]) -> R | None:
        """The instrument of a type, if this run has it."""
        return next((x for x in self.instruments if isinstance(x, kind)), None)

    def losses(self, m: Any) -> Losses:
        """The terms in force at samples as a step sees them; those of the first step are listened to."""
        if self.steps or self._tap is not None:
            return Losses(self.terms, self.see(m, self.net, self.c))
        self._tap = Tap()
        with self._tap.listen():
            losses = Losses(self.terms, self.see(m, self.net, self.c))
        for instrument in self.instruments:
            instrument.first(self, losses)
        return losses

    def forget_probes(self) -> None:
        """A probe that differentiated the first graph is no backward pass of the update."""
        if self._tap is not None:
            self._tap.forget()

    def note_gradient(self) -> None:
        """Keep the gradient of the first step, and what arrived at its gates."""
        if self._tap is not None and not self.first_gradient:
            self.pressure = self._tap.pressure()
            self.first_gradient = {name: p.grad.clone() for name, p in self.flat.groups.items() if p.grad is not None}

    def minibatches(self, samples: Any, parts: int) -> Iterator[Any]:
        """An epoch's samples as its steps see them: shuffled once, its minibatches slices of that without a copy."""
        self.steps_per_epoch = parts = min(parts, len(samples))
        if parts == 1:
            yield self.whole(samples)
            return
        device = self.flat.vector.device
        order = torch.from_numpy(self.streams["minibatch"].permutation(len(samples))).to(device)
        shuffled = samples.take(order)
        for index, part in zip(order.tensor_split(parts), shuffled.split(parts), strict=True):
            yield self.estimate.prepared(self, part, index)

    def whole(self, samples: Any) -> Any:
        """All samples as one step sees them."""
        everything = torch.arange(len(samples), device=self.flat.vector.device)
        return self.estimate.prepared(self, samples, everything)
