"""Runs laid over each other: each in its own look, hidden, grouped by seed, still moving, and in the address."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenTab, StartRun
from tests.service import Service, eventually

RETURN = "episode/return"
SMOOTHED = """(id) => (document.querySelector(`figure[data-chart="${id}"] .surface`)?.data ?? [])
    .map(({ name, x, line }) => ({ name, x: Array.from(x), colour: line?.color }))"""


def test_overlay_of_seeds(service: Service, tab: OpenTab, start: StartRun) -> None:
    runs = [start(seed=seed, name=f"over seed {seed}") for seed in (1, 2)]
    other = start(seed=1, name="over other", controls={"gamma": 0.9, "n_steps": 16, "hidden_size": 16})
    for run in [*runs, other]:
        service.until(run, lambda record: record["episodes"] > 5, "a few episodes")
    page = tab().page
    page.goto(f"{service.url}/compare?runs={','.join([*runs, other])}")
    eventually(lambda: set(lines(page)) >= {*runs, other}, "a line of each run", 60)
    looks = {run: lines(page)[run]["colour"] for run in (*runs, other)}
    assert len(set(looks.values())) == 3

    seen = reach(page, runs[0])
    eventually(lambda: reach(page, runs[0]) > seen, "a live run that moves on", 60)
    where = page.get_by_role("region", name="Configuration")
    expect(where.get_by_role("rowheader", name="seed", exact=True)).to_be_visible()
    expect(where.get_by_role("rowheader", name="Discount")).to_be_visible()
    expect(where.get_by_role("rowheader", name="algorithm")).to_have_count(0)
    where.get_by_role("checkbox").check()
    expect(where.get_by_role("rowheader", name="algorithm")).to_be_visible()

    page.get_by_role("button", name="over other").first.click()
    eventually(lambda: other not in lines(page), "the hidden run to leave the chart")
    assert {run: lines(page)[run]["colour"] for run in runs} == {run: looks[run] for run in runs}
    page.get_by_role("radio", name="seeds").click()
    expect(page.locator(f'figure[data-chart="{RETURN}"] .chart-note')).to_contain_text("N = 2")
    page.reload()
    expect(page.get_by_role("radio", name="seeds")).to_be_checked()
    expect(page.get_by_role("button", name="over other").first).to_have_attribute("aria-pressed", "false")


def test_run_that_is_deleted_leaves_the_picture(service: Service, tab: OpenTab, start: StartRun) -> None:
    run = start(name="kept")
    here = tab()
    here.expects("status of 404")
    here.page.goto(f"{service.url}/compare?runs={run},gone")
    expect(here.page.get_by_text("A run is not there any more, and left out.")).to_be_visible()
    expect(here.page).to_have_url(f"{service.url}/compare?runs={run}")


def lines(page: Page) -> dict[str, dict[str, Any]]:
    """Return the smoothed lines of the chart of the return, by run."""
    drawn = page.evaluate(SMOOTHED, RETURN)
    return {one["name"].removesuffix(" smoothed"): one for one in drawn if one["name"].endswith(" smoothed")}


def reach(page: Page, run: str) -> float:
    """Return how far the line of a run has got."""
    return float(max(lines(page).get(run, {}).get("x", [0.0]), default=0.0))
