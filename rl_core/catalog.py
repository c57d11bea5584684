"""Everything declared, as one JSON document."""

from __future__ import annotations

from typing import Any

import rl_core.telemetry.metrics
from rl_core.algorithms.algorithm import algorithms, discover_algorithms
from rl_core.environments.make import catalog_rows
from rl_core.lab.presets import laboratory
from rl_core.recipes import recipes
from rl_core.registry import discover
from rl_core.telemetry.metric import distributions, episode_series, scalars
from rl_core.updates.term import Term

discover_algorithms()
discover(rl_core.telemetry.metrics)


def catalog() -> dict[str, Any]:
    """Algorithms, environments, recipes, metrics, per algorithm its controls, and what the laboratory offers."""
    controls = {name: a.controls.declarations() for name, a in algorithms.items()}
    return {
        "algorithms": [a.to_json() for a in algorithms.values()],
        "environments": catalog_rows(),
        "recipes": [recipe.to_json() for recipe in recipes.values()],
        "metrics": [*_metrics(), *_from_declarations(controls)],
        "controls": controls,
        "laboratory": laboratory(),
    }


def _metrics() -> list[dict[str, Any]]:
    rows = [series.to_json() for series in episode_series.values()] + [m.to_json() for m in scalars.values()]
    return rows + [d.to_json() for d in distributions.values()]


def _from_declarations(controls: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """A pressure per gate; a loss per term and the leak of it into each group; a gradient per group."""
    gates = {row["name"]: row for rows in controls.values() for row in rows if row["kind"] == "gate"}
    terms = {term.name: term for a in algorithms.values() for term in a.terms}
    groups = dict.fromkeys(group for a in algorithms.values() for group in a.groups)
    leaks = dict.fromkeys((t.name, group) for a in algorithms.values() for t in a.terms for group in a.groups)
    losses = [_loss(term) for name, term in terms.items() if f"loss/{name}" not in scalars]
    gradients = [_gradient(group) for group in groups if f"grad/{group}" not in scalars]
    return [*map(_pressure, gates.values()), *losses, *gradients, *(_leak(*pair) for pair in leaks)]


def _loss(term: Term) -> dict[str, Any]:
    doc = " ".join((term.value.__doc__ or "").split())
    words = term.name.replace("_", " ")
    return _scalar(f"loss/{term.name}", f"Loss, {words}", rf"L_{{\text{{{words}}}}}", f"As it enters the loss: {doc}")


def _gradient(group: str) -> dict[str, Any]:
    doc = f"L2 norm of the gradient as it is applied to {group}, after clipping, first step of the update."
    return _scalar(f"grad/{group}", f"Applied gradient, {group}", rf"\lVert g_{{\text{{{group}}}}}\rVert", doc)


def _pressure(gate: dict[str, Any]) -> dict[str, Any]:
    return _scalar(
        f"gate/{gate['name']}",
        f"Pressure on {gate['title'].lower()}",
        r"\lVert\partial L/\partial " + gate["terms"]["pass"] + r"\rVert",
        "Gradient that arrived at this boundary in the first step of the update: stopped there while it blocks, "
        "flowing on while it passes.",
    )


def _leak(loss: str, group: str) -> dict[str, Any]:
    words = loss.replace("_", "-")
    latex = rf"\lVert\nabla_{{\text{{{group}}}}}L_{{\text{{{words}}}}}\rVert"
    doc = f"How strongly the {words} loss pulls at the {group}; measured twice a second and after every edit."
    return _scalar(f"leak/{loss}/{group}", f"Gradient of the {words} loss in the {group}", latex, doc)


def _scalar(name: str, title: str, latex: str, doc: str) -> dict[str, Any]:
    row = {"name": name, "kind": "scalar", "title": title, "unit": "1", "latex": latex, "doc": doc}
    return row | {"colour": "orange", "healthy": None}
