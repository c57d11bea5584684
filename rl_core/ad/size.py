"""The graph behind a scalar: how many operations it remembers, and what it holds for the backward pass."""

from __future__ import annotations

from typing import Any

from torch import Tensor

_saved: dict[type, tuple[str, ...]] = {}  # names of what a kind of node saves


def graph_size(y: Tensor) -> tuple[int, int]:
    """Nodes of the graph of y, and bytes of the tensors that they saved, each storage once.

    Parameters count neither as nodes nor as saved: they are there anyway. To be called before a backward pass frees it.
    """
    waiting: list[Any] = [y.grad_fn]
    seen: set[Any] = set()
    storages: dict[int, int] = {}
    while waiting:
        node = waiting.pop()
        if node is None or node in seen or hasattr(node, "variable"):  # a leaf: where a gradient is accumulated
            continue
        seen.add(node)
        storages |= _held(node)
        waiting += [after for after, _ in node.next_functions]
    return len(seen), sum(storages.values())


def _held(node: Any) -> dict[int, int]:
    """Address and bytes of every storage that a node saved, apart from those of leaves."""
    kind = type(node)
    if kind not in _saved:
        _saved[kind] = tuple(name for name in dir(node) if name.startswith("_saved_"))
    values = (getattr(node, name) for name in _saved[kind])
    tensors = (x for value in values for x in (value if isinstance(value, list | tuple) else (value,)))
    return {
        x.untyped_storage().data_ptr(): x.untyped_storage().nbytes()
        for x in tensors
        if isinstance(x, Tensor) and not _is_parameter(x)
    }


def _is_parameter(x: Tensor) -> bool:
    base = x if x._base is None else x._base
    return base.is_leaf and base.requires_grad
