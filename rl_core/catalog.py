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

discover_algorithms()
discover(rl_core.telemetry.metrics)


def catalog() -> dict[str, Any]:
    """Algorithms, environments, recipes, metrics, per algorithm its controls, and what the laboratory offers."""
    controls = {name: a.controls.declarations() for name, a in algorithms.items()}
    return {
        "algorithms": [a.to_json() for a in algorithms.values()],
        "environments": catalog_rows(),
        "recipes": [recipe.to_json() for recipe in recipes.values()],
        "metrics": [*_metrics(), *_from_boundaries(controls)],
        "controls": controls,
        "laboratory": laboratory(),
    }


def _metrics() -> list[dict[str, Any]]:
    rows = [series.to_json() for series in episode_series.values()] + [m.to_json() for m in scalars.values()]
    return rows + [d.to_json() for d in distributions.values()]


def _from_boundaries(controls: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """A pressure per gate, and the leak of each loss into each group."""
    gates = {row["name"]: row for rows in controls.values() for row in rows if row["kind"] == "gate"}
    groups = ("actor", "critic", "trunk")
    leaks = [(loss, group) for loss in ("policy", "control_variate", "value", "entropy", "kl") for group in groups]
    return [_pressure(row) for row in gates.values()] + [_leak(loss, group) for loss, group in leaks]


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
