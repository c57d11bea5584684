"""S19: nothing that a file or a message contains is ever run as code."""

from __future__ import annotations

import ast

import pytest

from tests.contracts.sources import dotted, parsed

MODULES = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
CALLS = {"eval", "exec", "compile", "__import__", "yaml.load", "yaml.unsafe_load", "yaml.full_load"}


def imported(node: ast.AST) -> set[str]:
    """Return the top-level names that an import statement brings in."""
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return {(node.module or "").split(".")[0]} if isinstance(node, ast.ImportFrom) and not node.level else set()


def keyword_is(call: ast.Call, name: str, value: object) -> bool:
    """Say whether the call passes exactly this literal."""
    return any(k.arg == name and isinstance(k.value, ast.Constant) and k.value.value is value for k in call.keywords)


def unsafe_call(node: ast.AST) -> bool:
    """Say whether a call could run code out of data."""
    if not isinstance(node, ast.Call):
        return False
    name = dotted(node.func)
    if name in {"torch.load"}:
        return not keyword_is(node, "weights_only", True)
    allows_pickle = any(k.arg == "allow_pickle" for k in node.keywords) and not keyword_is(node, "allow_pickle", False)
    return name in CALLS or allows_pickle


def unsafe_lines(tree: ast.Module) -> list[int]:
    """Return the lines that load without the safe setting, or import something that only loads unsafely."""
    return [
        node.lineno  # type: ignore[attr-defined]
        for node in ast.walk(tree)
        if imported(node) & MODULES or unsafe_call(node)
    ]


def test_S19_no_unsafe_loading() -> None:
    found = [f"{path}:{line}" for path, tree in parsed("rl_core", "backend") for line in unsafe_lines(tree)]
    assert not found, f"code could be run out of data in {found}; use torch.load(weights_only=True), msgspec or JSON."


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from cloudpickle import loads",
        "import joblib.memory",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "torch.load(path, weights_only=flag)",
        "numpy.load(path, allow_pickle=True)",
        "yaml.load(text)",
        "eval(text)",
        "exec(text)",
    ],
)
def test_S19_every_spelling_is_seen(text: str) -> None:
    assert unsafe_lines(ast.parse(text))


def test_S19_safe_spellings_pass() -> None:
    safe = "model.eval()\nre.compile('x')\ntorch.load(path, weights_only=True)\nyaml.safe_load(text)"
    assert unsafe_lines(ast.parse(safe)) == []
