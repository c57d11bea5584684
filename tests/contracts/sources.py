"""Python files of a folder, parsed, for the tests that read code instead of running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def parsed(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield each file's path relative to the repository, and its tree."""
    for folder in folders:
        start = ROOT / folder
        for path in [start] if start.is_file() else sorted(start.rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(), str(path))


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for a chain of attributes; an inner expression counts as the empty name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
