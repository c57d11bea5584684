"""Tensors with one leading axis, taken and cut together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any, Self

from torch import Tensor


def kept(default: Any) -> Any:
    """A field without rows, the same for every part."""
    return field(default=default, metadata={"rows": "kept"})


def of_whole() -> Any:
    """A field that is true of the whole batch only: left behind where the batch is cut or put in another order."""
    return field(default=None, metadata={"rows": "left"})


@dataclass(frozen=True, slots=True)
class Rows:
    """A frozen record whose fields are tensors [B, ..], tuples of them, or None, unless declared otherwise."""

    def mapped(self, f: Callable[[Tensor], Tensor]) -> Self:
        """f applied to every tensor of rows."""
        return self._with(lambda x: tuple(f(y) for y in x) if isinstance(x, tuple) else f(x))

    def take(self, order: Tensor) -> Self:
        """The rows [len(order)] in another order."""
        return self.mapped(lambda x: x[order])

    def split(self, parts: int) -> list[Self]:
        """Consecutive parts whose sizes differ by at most one; views, nothing is copied."""
        cut = self._with(
            lambda x: [y.tensor_split(parts) for y in x] if isinstance(x, tuple) else x.tensor_split(parts)
        )
        return [cut._with(partial(_part, k)) for k in range(parts)]

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def _with(self, f: Callable[[Any], Any]) -> Self:
        changed: dict[str, Any] = {}
        for name, how in _layout(type(self)):
            x = getattr(self, name)
            changed[name] = x if how == "kept" or x is None else None if how == "left" else f(x)
        return type(self)(**changed)


def _part(k: int, cut: Any) -> Any:
    return tuple(pieces[k] for pieces in cut) if isinstance(cut, list) else cut[k]


_layouts: dict[type, tuple[tuple[str, str], ...]] = {}


def _layout(cls: type[Rows]) -> tuple[tuple[str, str], ...]:
    """Name of every field, and what becomes of it: "rows", "kept" or "left"."""
    if cls not in _layouts:
        _layouts[cls] = tuple((f.name, f.metadata.get("rows", "rows")) for f in fields(cls))
    return _layouts[cls]
