"""SECURITY.md promises no defence without a test, and each named test exists."""

from __future__ import annotations

import ast
import re

from tests.contracts.sources import ROOT, parsed

ROW = re.compile(r"^\| (S\d+) \|.*\| (?P<tests>[^|]+) \|$", re.MULTILINE)


def promised() -> dict[str, list[str]]:
    """Return the tests that the page names, by the id of the defence."""
    page = (ROOT / "SECURITY.md").read_text()
    return {match[1]: re.findall(r"`(test_\w+)`", match["tests"]) for match in ROW.finditer(page)}


def test_every_defence_of_the_page_has_its_tests() -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    existing = {node.name for _, tree in parsed("tests") for node in ast.walk(tree) if isinstance(node, functions)}
    page = promised()
    assert len(page) >= 10
    for defence, names in page.items():
        assert names, f"{defence} names no test"
        assert [name for name in names if name not in existing or not name.startswith(f"test_{defence}_")] == []
