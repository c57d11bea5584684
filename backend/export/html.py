"""One self-contained page about a run: it opens from a disk, without a network, and asks no other host for anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from backend import __version__
from backend.export import facts, figures
from backend.export.charts import CHARTS, RETURN, Chart
from backend.export.figures import Mark
from backend.export.look import STYLE
from backend.export.source import Source

POINTS = 600
COLUMNS = 120
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
"""Whatever a script of the page might ask for, the browser fetches nothing."""
CONFIG = {"responsive": True, "displaylogo": False, "displayModeBar": False}
GEO_FILES = "https://cdn.plot.ly/un/"
"""Where plotly.js would fetch maps from; the report has none."""
HEAT = Chart(
    "Advantage over updates", "Shade is the square root of the share per bin, each column relative to its peak.", ()
)


@dataclass(frozen=True)
class Numbers:
    """What the charts are drawn from."""

    series: dict[str, Any]
    advantage: list[dict[str, Any]]
    edges: list[float]
    changes: list[dict[str, Any]]


async def write(source: Source) -> AsyncIterator[bytes]:
    """Yield the page."""
    numbers = await read(source)
    yield (await asyncio.to_thread(page, source, numbers)).encode("utf-8", "replace")


async def read(source: Source) -> Numbers:
    """Read what the charts need."""
    run = source.record.id
    names = [line.metric for chart in (RETURN, *CHARTS) for line in chart.lines]
    found = await source.store.series(run, names, points=POINTS)
    edges = source.declared("metrics", "advantage").get("edges") or []
    rows = await source.store.distributions(run, "advantage", points=COLUMNS, bins=len(edges) + 1) if edges else []
    changes = [event async for event in source.events() if event["kind"] == "control_changed"]
    return Numbers(found["series"], rows, edges, changes)


def page(source: Source, numbers: Numbers) -> str:
    """Write the page."""
    name, notes = facts.text(source.record.name), facts.text(source.record.notes)
    script = get_plotlyjs().replace(GEO_FILES, "")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name} – Policyscope</title>
<style>{STYLE}</style>
<script>{script}</script></head>
<body>
<header><h1>{name}</h1><p class=faint>A run of Policyscope</p></header>
<section class=card>{facts.facts(source)}</section>
{f"<h2>Notes</h2><p class=notes>{notes}</p>" if source.record.notes else ""}
{facts.recipe(source)}
<h2>Charts</h2>
<p class=faint>Dotted lines are edits of a control: the first update computed with the new value.</p>
<section class=charts>{cards(source, numbers)}</section>
<h2>Controls</h2>
<section class=tables><div class=card>{facts.controls(source)}</div>
<div class=card><h3>Edits</h3>{facts.edits(numbers.changes)}</div></section>
<footer>Written by Policyscope {__version__}, from update 1 to {source.record.update}.</footer>
</body></html>
"""


def cards(source: Source, numbers: Numbers) -> str:
    """Write every chart of which the run measured something."""
    marks = marks_of(numbers.changes)
    written = [card(chart, figure) for chart, figure in drawn(source, numbers, marks) if figure is not None]
    return "".join(written) or "<p class=faint>The run has measured nothing.</p>"


def drawn(source: Source, numbers: Numbers, marks: Sequence[Mark]) -> list[tuple[Chart, go.Figure | None]]:
    """Draw the charts in the order of the desk."""
    ended = numbers.series["episode/return"]
    solved = source.declared("environments", source.record.environment["id"], "id").get("solved_at")
    first = figures.returns(RETURN, ended, solved, marks) if ended["total"] else None
    heat = figures.heat(numbers.advantage, numbers.edges, marks) if numbers.advantage else None
    return [(RETURN, first), (HEAT, heat), *((c, figures.lines(c, numbers.series, marks)) for c in CHARTS)]


def marks_of(changes: Sequence[dict[str, Any]]) -> list[Mark]:
    """Return the edits as marks."""
    found = [(event["at_update"], event["data"]["changes"]) for event in changes]
    return [Mark(at, ", ".join(f"{c['name']} → {c['new']}" for c in made)[:80]) for at, made in found]


def card(chart: Chart, figure: go.Figure) -> str:
    """Write one chart."""
    place = chart.title.lower().replace(" ", "-")
    drawing = figure.to_html(config=CONFIG, include_plotlyjs=False, full_html=False, div_id=place)
    return f"<div class=card><h3>{chart.title}</h3><p class=doc>{chart.doc}</p>{drawing}</div>"
