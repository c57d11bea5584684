"""The run desk as a person meets it: by role, name and what the charts draw."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.tab import Tab
from tests.service import Service, eventually

DRAWN = """(id) => (document.querySelector(`figure[data-chart="${id}"] .surface`)?.data ?? [])
    .map(({ name, x, y }) => ({ name, x: Array.from(x), y: Array.from(y) }))"""
MARKS = """(id) => (document.querySelector(`figure[data-chart="${id}"] .surface`)?.layout?.shapes ?? [])
    .filter(({ type, yref }) => type === 'line' && yref === 'paper').map(({ x0 }) => x0)"""
IS_RED = """(element) => {
    const probe = document.body.appendChild(document.createElement('span'))
    probe.style.color = 'var(--red)'
    const red = getComputedStyle(probe).color
    probe.remove()
    return getComputedStyle(element).color === red
}"""
COLUMNS = ("x0", "x1", "n", "nonfinite", "min", "max", "mean", "last")

Points = list[tuple[float, ...]]


class Desk:
    """The desk of one run in one tab."""

    def __init__(self, tab: Tab, service: Service, run: str) -> None:
        self.tab = tab
        self.service = service
        self.run = run

    @property
    def page(self) -> Page:
        return self.tab.page

    def open(self) -> None:
        """Go to the desk's address and wait until its first numbers are there."""
        self.page.goto(f"{self.service.url}/runs/{self.run}")
        self.reaches(1)

    # Readouts.
    def update(self) -> int:
        """Return the update readout; 0 while there is none."""
        texts = self.page.locator(".readouts dd").all_text_contents()
        return int(re.sub(r"\D", "", texts[0])) if texts else 0

    def reaches(self, update: int, within_s: float = 60) -> int:
        """Wait until the readout shows at least this update and return what it shows."""
        eventually(lambda: self.update() >= update, f"update {update} on the desk", within_s)
        return self.update()

    def shows(self, state: str) -> None:
        """Wait until the desk says this state of the run."""
        expect(self.page.locator(".desk-head .pill")).to_have_attribute("data-state", state)

    @property
    def link(self) -> Locator:
        return self.page.locator(".desk-head .link")

    @property
    def pace(self) -> Locator:
        return self.page.locator(".pace output")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    # Switches and the equation.
    def row(self, control: str) -> Locator:
        return self.page.locator(f"#control-{control}")

    def choice(self, control: str, value: str) -> Locator:
        return self.row(control).get_by_role("radio", name=value, exact=True)

    def term(self, control: str) -> Locator:
        return self.page.locator(f'.equation [role="button"][data-control="{control}"]').first

    def is_red(self, control: str) -> bool:
        """Return whether the term of a control is drawn in the theme's red."""
        return bool(self.term(control).evaluate(IS_RED))

    # Charts.
    def chart(self, name: str) -> Locator:
        return self.page.locator(f'figure[data-chart="{name}"]')

    def drawn(self, chart: str, trace: str) -> tuple[list[float], list[float]]:
        """Return x and y of a line as it is drawn."""
        found: list[dict[str, Any]] = [one for one in self.page.evaluate(DRAWN, chart) if one["name"] == trace]
        return (found[0]["x"], found[0]["y"]) if found else ([], [])

    def marks(self, chart: str) -> list[float]:
        """Return where a chart draws its marks of edits."""
        return list(self.page.evaluate(MARKS, chart))

    def download(self, chart: str, title: str) -> dict[str, Points]:
        """Press "Download CSV" and return the points of each series."""
        self.chart(chart).get_by_role("button", name=f"{title}: menu").click()
        with self.page.expect_download() as waiting:
            self.page.get_by_role("menuitem", name="Download CSV").click()
        series: dict[str, Points] = {}
        for row in csv.DictReader(io.StringIO(waiting.value.path().read_text())):
            series.setdefault(row["series"], []).append(tuple(float(row[column]) for column in COLUMNS))
        return series

    # The same from the server.
    def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the run's events of a kind as the server has them."""
        events = self.service.get(f"/api/runs/{self.run}/events", epoch=1, after=0)["events"]
        return [event for event in events if event["kind"] == kind]

    def stored(self, *names: str) -> dict[str, Points]:
        """Return the points of series as the server has them."""
        answer = self.service.get(f"/api/runs/{self.run}/series", names=",".join(names), x="update", points=2000)
        assert all(columns["raw"] for columns in answer["series"].values()), "so many points that they were merged"
        return {
            name: [tuple(map(float, point)) for point in zip(*(columns[one] for one in COLUMNS), strict=True)]
            for name, columns in answer["series"].items()
        }
