"""The stop-gradient as a value: it stands in a loss where the paper prints sg[...]."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from torch import Tensor

GateState = Literal["block", "pass"]


@dataclass(frozen=True, slots=True)
class Gate:
    """A named stop-gradient that blocks or passes: sg[x] has the value of x and, while it blocks, derivative 0.

    Called on a tensor of any shape it returns a tensor with the same values. An active `Tap` learns what arrived.
    """

    name: str
    state: GateState = "block"

    @property
    def passes(self) -> bool:
        """Whether gradient flows through."""
        return self.state == "pass"

    def __call__(self, x: Tensor) -> Tensor:
        tap = _active_tap.get()
        if tap is not None:
            return tap.passing(self.name, x) if self.passes else tap.blocking(self.name, x)
        return x if self.passes else x.detach()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        name = handler.field_name or "gate"
        states = core_schema.literal_schema(["block", "pass"])
        # A gate is validated as its state, so that a wrong value is refused in terms of the states only.
        as_state = core_schema.no_info_before_validator_function(
            lambda v: v.state if isinstance(v, Gate) else v, states
        )
        return core_schema.no_info_after_validator_function(
            lambda state: cls(name, state),
            as_state,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda gate: gate.state),
        )


@dataclass(slots=True)
class Tap:
    """Listens to every gate called inside `with tap.listen()`.

    The *pressure* on a gate is the norm of the gradient that arrived at it in the backward pass: stopped there while
    the gate blocks, flowing on while it passes.
    """

    arrivals: dict[str, list[Tensor]] = field(default_factory=dict)

    @contextmanager
    def listen(self) -> Iterator[Tap]:
        token = _active_tap.set(self)
        try:
            yield self
        finally:
            _active_tap.reset(token)

    def blocking(self, name: str, x: Tensor) -> Tensor:
        """A fresh leaf with the values of x: nothing behind it is reached, but the gradient at it can be read."""
        leaf = x.detach().requires_grad_()
        self.arrivals.setdefault(name, []).append(leaf)
        return leaf

    def passing(self, name: str, x: Tensor) -> Tensor:
        """x itself, with its gradient kept for reading; a constant has nothing behind it to reach."""
        through = x.view_as(x)
        if through.requires_grad:
            through.retain_grad()
        self.arrivals.setdefault(name, []).append(through)
        return through

    def forget(self) -> None:
        """Drop what has arrived so far: a probe that differentiates the graph is no backward pass of the update."""
        for x in (x for seen in self.arrivals.values() for x in seen):
            x.grad = None

    def pressure(self) -> dict[str, float]:
        """Gate name to the L2 norm of the gradient that arrived (0 where none did)."""
        return {name: sum(_squared_norm(x) for x in seen) ** 0.5 for name, seen in self.arrivals.items()}


def constant(x: Tensor) -> Tensor:
    """x as data, for a *choice* whose value says that a number is used and not its graph."""
    return x.detach()


_active_tap: ContextVar[Tap | None] = ContextVar("active_tap", default=None)


def _squared_norm(x: Tensor) -> float:
    return 0.0 if not x.requires_grad or x.grad is None else float(x.grad.square().sum())
