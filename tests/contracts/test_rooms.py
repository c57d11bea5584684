"""The engine's rooms are drawn as they are, and its files know no circle, imports for the type checker included."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.sources import ROOT


def imports(root: Path, package: str) -> dict[str, set[str]]:
    """The modules of a package, each with those of them that it imports: at the top, in functions, for types."""
    paths = {_name(path.relative_to(root)): path for path in (root / package).rglob("*.py")}
    return {name: set(_imported(path, set(paths))) - {name} for name, path in paths.items()}


def _name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imported(path: Path, modules: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from modules & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module in modules:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from (names & modules) or {node.module}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules of which each is imported by the next and the last by the first; empty where there is no circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


def test_the_engine_has_no_import_circle() -> None:
    graph = imports(ROOT, "rl_core")
    assert "rl_core.run.run" in graph["rl_core.trainer.drive"]
    found = circle(graph)
    assert not found, f"import circle {' <- '.join(found)}: hand the thing in, or move what both need below both."


@pytest.mark.parametrize(
    "line",
    ["import engine.b", "from engine.b import B", "from engine import b", "def f() -> None:\n    import engine.b"],
)
def test_a_circle_that_only_types_close_is_found(line: str, tmp_path: Path) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine/__init__.py").write_text("")
    (tmp_path / "engine/a.py").write_text(f"from typing import TYPE_CHECKING\n{line}\n")
    (tmp_path / "engine/b.py").write_text("from typing import TYPE_CHECKING\n")
    assert circle(imports(tmp_path, "engine")) == []
    (tmp_path / "engine/b.py").write_text("if TYPE_CHECKING:\n    from engine.a import A\n")
    assert set(circle(imports(tmp_path, "engine"))) == {"engine.a", "engine.b"}


def test_the_drawing_of_the_rooms_is_the_contract() -> None:
    (contract,) = [c for c in _linter()["contracts"] if c["id"] == "engine"]
    text = (ROOT / "docs/architecture.md").read_text().split("## Who may import whom")[1]
    drawn = [line.split("  ")[0] for line in text.split("```")[1].strip().splitlines()]
    assert drawn == contract["layers"]


def test_no_import_of_the_engine_is_excepted() -> None:
    assert _linter()["exclude_type_checking_imports"] is False
    excepted = [line for c in _linter()["contracts"] for line in c.get("ignore_imports", []) if "rl_core" in line]
    assert not excepted


def _linter() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return found


@pytest.mark.parametrize("package", ["rl_core", "backend"])
def test_the_packages_say_that_they_are_typed(package: str) -> None:
    assert (files(package) / "py.typed").is_file()
