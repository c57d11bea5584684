"""Every screen: fits its window, has both colour schemes, and says what is the matter and what to do."""

from __future__ import annotations

import os
import signal

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenDesk, OpenTab, StartRun
from tests.service import Service, eventually


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1024, 768)])
def test_nothing_scrolls_sideways(service: Service, desk: OpenDesk, width: int, height: int) -> None:
    here = desk(viewport={"width": width, "height": height})
    here.tab.expects("status of 404")
    page = here.page
    eventually(lambda: here.drawn("return", "episode/return")[0], "a drawn chart")
    expect(page.locator(".equation .katex").first).to_be_visible()
    here.choice("advantage", "pass").click()
    expect(page.locator(".equation-said")).to_be_visible()
    assert here.tab.overflow() <= 0, "the desk"
    here.button("All metrics").click()
    expect(page.get_by_role("dialog", name="All metrics")).to_be_visible()
    assert here.tab.overflow() <= 0, "the list of all metrics"
    page.keyboard.press("Escape")
    page.goto(service.url)
    expect(page.get_by_role("table")).to_be_visible()
    assert here.tab.overflow() <= 0, "the table of runs"
    page.goto(f"{service.url}/runs/unknown")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    assert here.tab.overflow() <= 0, "the page of an unknown run"


def test_dark_and_light_are_drawn(desk: OpenDesk) -> None:
    here = desk(color_scheme="light")
    papers: dict[str, list[float]] = {}
    for scheme in ("light", "dark"):
        here.page.emulate_media(color_scheme=scheme)
        expect(here.page.locator("html")).to_have_attribute("data-theme", scheme)
        eventually(lambda: here.drawn("return", "episode/return")[0], "a drawn chart")
        for picture in (here.page.screenshot(), here.chart("return").screenshot()):
            colours = here.tab.colours(picture)
            assert len(colours) > 30, f"{scheme}: a picture of {len(colours)} colours is blank"
            papers.setdefault(scheme, []).append(brightness(colours[0][0]))
    assert min(papers["light"]) > 200 > 60 > max(papers["dark"]), papers


def brightness(colour: int) -> float:
    """Return the mean of red, green and blue of 0xRRGGBB."""
    return sum((colour >> shift) & 255 for shift in (16, 8, 0)) / 3


def test_button_changes_the_colours_for_good(desk: OpenDesk) -> None:
    here = desk(color_scheme="light")
    here.page.get_by_role("button", name="Dark colours").click()
    expect(here.page.locator("html")).to_have_attribute("data-theme", "dark")
    here.page.reload()
    expect(here.page.locator("html")).to_have_attribute("data-theme", "dark")


def test_failed_run_shows_reason_and_log(service: Service, desk: OpenDesk) -> None:
    here = desk()
    (trainer,) = service.processes().trainers[here.run]
    os.kill(trainer, signal.SIGKILL)
    here.shows("failed")
    alert = here.page.get_by_role("alert").filter(has_text="The run failed.")
    expect(alert).to_contain_text("killed by signal 9")
    alert.get_by_role("button", name="Show the log").click()
    log = here.page.get_by_role("dialog", name="Log of the trainer")
    expect(log).to_contain_text("started")
    assert log.locator("pre").inner_text().strip() == service.client.get(f"/api/runs/{here.run}/log").text.strip()
    here.page.goto(service.url)
    row = here.page.get_by_role("row").filter(has=here.page.locator(f'a[href="/runs/{here.run}"]'))
    expect(row.locator("td[title]").first).to_have_attribute("title", "killed by signal 9")


def test_unknown_run_leads_back(service: Service, tab: OpenTab, start: StartRun) -> None:
    run = start()
    here = tab()
    here.expects("status of 404")
    here.page.goto(f"{service.url}/runs/unknown")
    expect(here.page.get_by_role("heading", name="Not found")).to_be_visible()
    expect(here.page.get_by_text("There is no run unknown.")).to_be_visible()
    here.page.get_by_role("button", name="All runs").click()
    expect(here.page.locator(f'tr[data-run="{run}"]')).to_be_visible()
