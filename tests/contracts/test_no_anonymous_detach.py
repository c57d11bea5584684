"""Where equations live, every stop-gradient is a declared gate."""

from __future__ import annotations

import ast

from tests.contracts.sources import parsed

EQUATIONS = (
    "rl_core/estimators", "rl_core/policies", "rl_core/on_policy", "rl_core/algorithms", "rl_core/networks",
    "rl_core/environments",
)  # fmt: skip
WITHOUT_GRAPH = {"rl_core/networks/forward.py"}  # acts on arrays: there is no gradient that could be stopped
STOPS = {"detach", "detach_", "data", "no_grad", "inference_mode", "set_grad_enabled", "enable_grad", "requires_grad_"}


def anonymous_stops(tree: ast.Module) -> list[int]:
    """Return the lines that stop or restart a gradient without a name that a person could switch."""
    named = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in STOPS)
    frozen = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "requires_grad" and isinstance(node.ctx, ast.Store)
    )
    imported = (
        node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and STOPS & {n.name for n in node.names}
    )
    return sorted(node.lineno for group in (named, frozen, imported) for node in group)


def test_equations_stop_gradients_only_through_gates() -> None:
    found = [
        f"{path}:{line}"
        for path, tree in parsed(*EQUATIONS)
        if path not in WITHOUT_GRAPH
        for line in anonymous_stops(tree)
    ]
    assert not found, (
        f"anonymous stop-gradient in {found}; expected a gate of the algorithm's Controls. "
        "Usual cause: a value that should not train something. Declare it with boundary() and call the gate there."
    )


def test_every_spelling_is_seen() -> None:
    spellings = [
        "x.detach()",
        "x = y.data",
        "with torch.no_grad(): pass",
        "@torch.inference_mode()\ndef f(): pass",
        "p.requires_grad_(False)",
        "p.requires_grad = False",
        "from torch import no_grad",
    ]
    assert [text for text in spellings if not anonymous_stops(ast.parse(text))] == []
    assert anonymous_stops(ast.parse("if x.requires_grad: loss = -(log_pi_t * c.advantage(delta_t)).mean()")) == []
