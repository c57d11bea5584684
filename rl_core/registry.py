"""Ids to declared things: found by walking packages, duplicates refused, near misses suggested."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


class UnknownId(LookupError):
    """An id that nothing is registered under, with the nearest ids that exist."""

    def __init__(self, kind: str, found: str, known: list[str]) -> None:
        self.kind, self.found = kind, found
        self.did_you_mean = near_misses(found, known)
        hint = f" Did you mean {' or '.join(self.did_you_mean)}?" if self.did_you_mean else ""
        super().__init__(f"There is no {kind} '{found[:80]}'.{hint} Known: {', '.join(sorted(known)[:20])}.")


class Registry(Mapping[str, T]):
    """A read-only mapping from id to declared thing, filled by `add` while modules are imported."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, T] = {}

    def add(self, key: str, item: T) -> T:
        if key in self._items:
            raise ValueError(f"{self.kind} '{key}' is declared twice; ids must be unique. Rename one of the two.")
        self._items[key] = item
        return item

    def __getitem__(self, key: str) -> T:
        try:
            return self._items[key]
        except KeyError:
            raise UnknownId(self.kind, key, list(self._items)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items


def near_misses(found: str, known: list[str]) -> list[str]:
    """Up to three known ids that look like the one found, whatever its case."""
    lowered = {name.lower(): name for name in known}
    return [lowered[m] for m in difflib.get_close_matches(found[:80].lower(), lowered, n=3, cutoff=0.55)]


def discover(package: ModuleType) -> None:
    """Import every module of a package, so that a file dropped into it declares itself."""
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
