"""Figures of the report, made with Plotly: lines over updates and the advantage heat map, with every edit marked."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from backend.export.charts import Chart
from backend.export.look import COLOURS, FONT

HEIGHT = 240
SMOOTHED = 15
"""Points in the moving mean of the returns."""
LABELS = 8
"""Marks that are named; with more of them the names would cover the curve."""


@dataclass(frozen=True)
class Mark:
    """An edit on the axis of updates."""

    update: int
    label: str


def lines(chart: Chart, found: dict[str, Any], marks: Sequence[Mark]) -> go.Figure | None:
    """Return a chart of its measured metrics, None if there is none of them."""
    figure = frame(marks)
    for line in chart.lines:
        column = found.get(line.metric)
        if column and column["total"]:
            draw(figure, column, COLOURS[line.colour], line.label or chart.title)
    figure.update_layout(showlegend=len(figure.data) > 1 and any(trace.showlegend for trace in figure.data))
    return figure if figure.data else None


def returns(chart: Chart, column: dict[str, Any], solved_at: float | None, marks: Sequence[Mark]) -> go.Figure:
    """Return the returns of the episodes, pale, under their moving mean."""
    figure = frame(marks)
    (line,) = chart.lines
    mean = np.array(column["mean"], float)
    figure.add_scatter(
        x=column["x1"],
        y=mean,
        mode="lines",
        line={"color": faded(COLOURS[line.colour], 0.3), "width": 1},
        name="return",
    )
    figure.add_scatter(
        x=column["x1"], y=moving_mean(mean), mode="lines", line={"color": COLOURS[line.colour], "width": 2}, name="mean"
    )
    if solved_at is not None:
        figure.add_hline(y=solved_at, line={"color": COLOURS["faint"], "width": 1, "dash": "dash"})
    return figure


def draw(figure: go.Figure, column: dict[str, Any], colour: str, label: str) -> None:
    """Add one metric: its mean per bucket, over the band of its extremes where buckets hold several points."""
    x = column["x1"]
    if not column["raw"]:
        edge = {"x": x, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        figure.add_scatter(y=column["min"], **edge)
        figure.add_scatter(y=column["max"], fill="tonexty", fillcolor=faded(colour, 0.16), **edge)
    figure.add_scatter(
        x=x, y=column["mean"], mode="lines", line={"color": colour, "width": 1.6}, name=label, showlegend=True
    )


def heat(rows: Sequence[dict[str, Any]], edges: Sequence[float], marks: Sequence[Mark]) -> go.Figure | None:
    """Return a distribution over updates: shade is the root of the share, each column relative to its peak."""
    counts = np.array([row["counts"] for row in rows], float).T
    if not counts.size or not counts.any():
        return None
    used = np.flatnonzero(counts.any(axis=1))
    counts = counts[used[0] : used[-1] + 1]
    peaks = np.maximum(counts.max(axis=0), 1)
    figure = frame(marks)
    x = [*(row["first_update"] for row in rows), rows[-1]["update"] + 1]
    y = np.arange(used[0], used[-1] + 2) - 0.5
    scale = [[0, faded(COLOURS["blue"], 0)], [1, COLOURS["blue"]]]
    figure.add_heatmap(z=np.sqrt(counts / peaks), x=x, y=y, colorscale=scale, showscale=False, hoverinfo="skip")
    figure.update_yaxes(**bin_ticks(edges, int(used[0]), int(used[-1])))
    return figure


def bin_ticks(edges: Sequence[float], first: int, last: int) -> dict[str, Any]:
    """Return about five edges between the bins in use as ticks; edge i lies between the bins i and i + 1."""
    inside = [i for i in range(max(first, 0), last + 1) if i < len(edges)]
    chosen = inside[:: max(1, len(inside) // 5)]
    return {"tickvals": [i + 0.5 for i in chosen], "ticktext": [f"{edges[i]:.3g}" for i in chosen]}


def frame(marks: Sequence[Mark]) -> go.Figure:
    """Return an empty figure in our look with a dotted rule at every edit."""
    figure = go.Figure()
    figure.update_layout(
        template="none",
        height=HEIGHT,
        margin={"l": 52, "r": 12, "t": 8, "b": 34},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 11, "color": COLOURS["faint"]},
        hovermode="x unified",
        showlegend=False,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"},
    )
    figure.update_xaxes(
        title={"text": "update", "standoff": 6}, showgrid=False, zeroline=False, linecolor=COLOURS["rule"]
    )
    figure.update_yaxes(gridcolor=COLOURS["grid"], zeroline=False, exponentformat="power")
    figure.update_layout(shapes=[rule(mark) for mark in marks], annotations=names(marks))
    return figure


def rule(mark: Mark) -> dict[str, Any]:
    """Return the line of an edit."""
    place = {"type": "line", "x0": mark.update, "x1": mark.update, "y0": 0, "y1": 1, "yref": "paper"}
    return place | {"line": {"color": COLOURS["faint"], "width": 1, "dash": "dot"}}


def names(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """Return the names of the edits; Plotly reads tags in a text, so none may be in it."""
    if len(marks) > LABELS:
        return []
    look = {"y": 1, "yref": "paper", "xanchor": "left", "yanchor": "top", "showarrow": False, "font": {"size": 10}}
    return [{"x": mark.update, "text": html.escape(mark.label), "bgcolor": COLOURS["card"], **look} for mark in marks]


def moving_mean(values: Any) -> Any:
    """Return the mean of the values around each one, fewer of them at the ends."""
    known = np.nan_to_num(values, posinf=0, neginf=0)
    weights = np.ones(min(SMOOTHED, max(1, len(values))))
    return np.convolve(known, weights, "same") / np.maximum(np.convolve(np.isfinite(values), weights, "same"), 1)


def faded(colour: str, alpha: float) -> str:
    """Return `#rrggbb` with an opacity."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
