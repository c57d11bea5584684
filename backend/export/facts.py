"""The tables of the report: what the run is, its switches and their edits, the recipe; every text is escaped."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from typing import Any

from backend.export.source import Source

Cell = Any


def text(value: Any) -> str:
    """Write a value for a person, as HTML."""
    if value is None:
        return "–"
    if isinstance(value, float):
        shown = (
            f"{value:.6g}" if math.isfinite(value) else {"nan": "NaN", "inf": "Infinity"}.get(str(value), "-Infinity")
        )
    elif isinstance(value, bool):
        shown = "yes" if value else "no"
    elif isinstance(value, int):
        shown = f"{value:,}"
    elif isinstance(value, dict):
        shown = ", ".join(f"{name} = {inner}" for name, inner in value.items()) or "–"
    elif isinstance(value, list):
        shown = ", ".join(map(str, value)) or "–"
    else:
        shown = str(value)
    return html.escape(shown)


def facts(source: Source) -> str:
    """Write what the run is and how far it came."""
    record = source.record
    rows = {
        "algorithm": source.declared("algorithms", record.algorithm, "id").get("title") or record.algorithm,
        "environment": f"{record.environment['id']}, {record.environment['num_envs']} at once",
        "environment's arguments": record.environment["kwargs"],
        "seed": str(record.seed),
        "budget": record.budget,
        "state": record.state if record.reason is None else f"{record.state}: {record.reason}",
        "updates": record.update,
        "environment steps": record.env_steps,
        "episodes": record.episodes,
        "return, last 100 episodes": record.last_return,
        "return, best 100 in a row": record.best_return,
        "tags": record.tags,
        "started by": record.owner,
        "created": record.created,
        "started": record.started,
        "ended": record.ended,
        "replays bit for bit": record.reproducible.get("exact"),
        "run": record.id,
    }
    return "<dl class=facts>" + "".join(f"<div><dt>{k}</dt><dd>{text(v)}</dd></div>" for k, v in rows.items()) + "</dl>"


def recipe(source: Source) -> str:
    """Write the recipe and its lesson, empty without one."""
    if source.record.recipe is None:
        return ""
    row = source.declared("recipes", source.record.recipe, "id")
    title, doc = row.get("title") or source.record.recipe, row.get("doc") or ""
    return f"<h2>Recipe: {text(title)}</h2>" + "".join(f"<p>{text(part)}</p>" for part in doc.split("\n\n") if part)


def controls(source: Source) -> str:
    """Write every switch: its value at the start and in the end."""
    begun, ended = source.record.config.get("controls", {}), source.record.controls["values"]
    declared = {row["name"]: row for row in source.catalog.get("controls", {}).get(source.record.algorithm, [])}
    rows, changed = [], []
    for name in ended:
        rows.append((declared.get(name, {}).get("title") or name, begun.get(name), ended[name]))
        changed.append(begun.get(name) != ended[name])
    return table(("control", "at the start", "in the end"), rows, changed)


def edits(changes: Sequence[dict[str, Any]]) -> str:
    """Write every edit that was applied."""
    rows = [
        (event["at_update"], change["name"], change["old"], change["new"], event["data"].get("by"))
        for event in changes
        for change in event["data"]["changes"]
    ]
    return (
        table(("update", "control", "from", "to", "by"), rows) if rows else "<p class=faint>No control was edited.</p>"
    )


def table(header: Iterable[str], rows: Iterable[Sequence[Cell]], changed: Sequence[bool] = ()) -> str:
    """Write a table; changed rows stand out."""
    head = "".join(f"<th scope=col>{text(cell)}</th>" for cell in header)
    body = ""
    for i, row in enumerate(rows):
        mark = " class=changed" if i < len(changed) and changed[i] else ""
        body += f"<tr{mark}>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>"
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
