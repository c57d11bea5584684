"""How a metric is declared: a function of an update's record, with its name, unit, LaTeX and meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_type_hints

import numpy as np
from numpy.typing import NDArray

from rl_core.registry import Registry
from rl_core.telemetry.grids import Grid
from rl_core.telemetry.reading import Reading
from rl_core.types import Episode

Colour = Literal["blue", "green", "violet", "teal", "orange", "grey"]
ReadScalar = Callable[[Any], float | None]
ReadSamples = Callable[[Any], NDArray[Any] | None]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number per update; None where it was not measured."""

    name: str
    title: str
    unit: str
    latex: str
    doc: str
    colour: Colour
    healthy: tuple[float | None, float | None] | None
    read: ReadScalar
    needs: type[Reading]

    def to_json(self) -> dict[str, Any]:
        """The row of the catalog."""
        text = {"name": self.name, "kind": "scalar", "title": self.title, "unit": self.unit, "latex": self.latex}
        healthy = list(self.healthy) if self.healthy else None
        return text | {"doc": self.doc, "colour": self.colour, "healthy": healthy}


@dataclass(frozen=True, slots=True)
class Distribution:
    """A histogram per measured update, on a fixed grid."""

    name: str
    title: str
    unit: str
    latex: str
    doc: str
    colour: Colour
    grid: Grid
    read: ReadSamples
    needs: type[Reading]

    def to_json(self) -> dict[str, Any]:
        """The row of the catalog."""
        text = {"name": self.name, "kind": "distribution", "title": self.title, "unit": self.unit, "latex": self.latex}
        grid = {"grid": self.grid.name, "edges": self.grid.edges.tolist()}
        return text | {"doc": self.doc, "colour": self.colour} | grid

    def measure(self, u: Reading) -> dict[str, Any] | None:
        """The sparse histogram of the frame, or None where there is nothing to count."""
        samples = self.read(u)
        if samples is None or samples.size == 0:
            return None
        finite = np.isfinite(samples)
        kept = samples if finite.all() else samples[finite]
        counts = self.grid.count(kept)
        filled = np.flatnonzero(counts)
        low, high = (float(kept.min()), float(kept.max())) if kept.size else (float("nan"), float("nan"))
        about = {"grid": self.grid.name, "n": int(samples.size), "min": low, "max": high}
        sparse = np.stack([filled, counts[filled]], 1).tolist()
        return about | {"nonfinite": int(samples.size - kept.size), "counts": sparse}


@dataclass(frozen=True, slots=True)
class EpisodeSeries:
    """A number per episode that has ended."""

    name: str
    title: str
    unit: str
    latex: str
    doc: str
    colour: Colour
    read: Callable[[Episode], float]

    def to_json(self) -> dict[str, Any]:
        """The row of the catalog."""
        text = {"name": self.name, "kind": "scalar", "title": self.title, "unit": self.unit, "latex": self.latex}
        return text | {"doc": self.doc, "colour": self.colour, "healthy": None}


def needed_by(read: Callable[..., Any]) -> type[Reading]:
    """The type of the reading that a metric's function takes."""
    takes = [kind for name, kind in get_type_hints(read).items() if name != "return"]
    if len(takes) != 1 or not (isinstance(takes[0], type) and issubclass(takes[0], Reading)):
        raise TypeError(
            f"metric {read.__name__} takes {takes}; expected one parameter whose type is a reading. Write "
            f"`def {read.__name__}(u: EstimateReading) -> float`, or a reading of your own."
        )
    return takes[0]


scalars: Registry[Scalar] = Registry("metric")
distributions: Registry[Distribution] = Registry("distribution")
episode_series: Registry[EpisodeSeries] = Registry("episode series")


def scalar(
    name: str,
    *,
    title: str,
    unit: str,
    latex: str,
    colour: Colour = "grey",
    healthy: tuple[float | None, float | None] | None = None,
) -> Callable[[ReadScalar], ReadScalar]:
    """Declare a scalar metric; the function's docstring is its meaning."""

    def declare(read: ReadScalar) -> ReadScalar:
        doc = " ".join((read.__doc__ or "").split())
        scalars.add(name, Scalar(name, title, unit, latex, doc, colour, healthy, read, needed_by(read)))
        return read

    return declare


def distribution(
    name: str, *, title: str, unit: str, latex: str, grid: Grid, colour: Colour
) -> Callable[[ReadSamples], ReadSamples]:
    """Declare a distribution; the function's docstring is its meaning."""

    def declare(read: ReadSamples) -> ReadSamples:
        doc = " ".join((read.__doc__ or "").split())
        distributions.add(name, Distribution(name, title, unit, latex, doc, colour, grid, read, needed_by(read)))
        return read

    return declare


def per_episode(
    name: str, *, title: str, unit: str, latex: str, colour: Colour
) -> Callable[[Callable[[Episode], float]], Callable[[Episode], float]]:
    """Declare a number per episode; the function's docstring is its meaning."""

    def declare(read: Callable[[Episode], float]) -> Callable[[Episode], float]:
        doc = " ".join((read.__doc__ or "").split())
        episode_series.add(name, EpisodeSeries(name, title, unit, latex, doc, colour, read))
        return read

    return declare
