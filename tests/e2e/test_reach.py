"""Who can use it: without a mouse, with a screen reader, on a phone, on a beamer, while the network comes and goes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import OpenDesk, OpenTab, StartRun
from tests.e2e.test_survives import GONE, finish, whole
from tests.service import REPOSITORY, Service, eventually

AXE = REPOSITORY / "frontend/node_modules/axe-core/axe.min.js"


def test_without_a_mouse(service: Service, tab: OpenTab, start: StartRun) -> None:
    run = start(name="by keys alone")
    page = tab().page
    page.goto(service.url)
    expect(page.locator(f'tr[data-run="{run}"]')).to_be_visible()
    press = page.keyboard.press
    ask(page, "by keys alone")
    expect(page).to_have_url(f"{service.url}/runs/{run}")
    expect(page.locator(".desk-head .pill")).to_have_attribute("data-state", "running")
    ask(page, "advantage pass")
    expect(page.locator("#control-advantage").get_by_role("radio", name="pass")).to_be_checked()
    eventually(lambda: edits(service, run) == [("block", "pass", False)], "the edit in the run's log")
    press("Control+z")
    eventually(lambda: edits(service, run)[-1] == ("pass", "block", True), "the edit taken back, and said to be that")
    press("Space")
    expect(page.locator(".desk-head .pill")).to_have_attribute("data-state", "paused")
    press("Control+k")
    page.keyboard.type("export json")
    expect(chosen(page)).to_contain_text("Export JSON")
    with page.expect_download() as waiting:
        press("Enter")
    assert waiting.value.suggested_filename.endswith(".json")
    press("?")
    keys = page.get_by_role("dialog", name="Keys")
    for title in ("Resume", "One update", "Undo your last edit", "Search runs and commands"):
        expect(keys.get_by_text(title, exact=True)).to_be_visible()


def ask(page: Page, words: str) -> None:
    """Open the palette, type, and take the first that is found."""
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    expect(page.get_by_role("combobox", name="Search runs and commands")).to_have_value(words)
    first = re.compile(".*".join(words.split()), re.IGNORECASE)
    expect(chosen(page)).to_contain_text(first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def chosen(page: Page) -> Locator:
    """Return what Enter would do in the palette."""
    return page.get_by_role("listbox", name="Found").get_by_role("option", selected=True)


def edits(service: Service, run: str) -> list[tuple[str, str, bool]]:
    """Return old value, new value, and whether the edit took another back."""
    events = service.get(f"/api/runs/{run}/events", epoch=1, after=0)["events"]
    return [
        (
            event["data"]["changes"][0]["old"],
            event["data"]["changes"][0]["new"],
            event["data"]["edit_id"][:5] == "undo-",
        )
        for event in events
        if event["kind"] == "control_changed"
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(service: Service, desk: OpenDesk, stranger: OpenTab, scheme: str) -> None:
    assert AXE.exists(), "axe-core is missing: npm ci in frontend installs it"
    here = desk(color_scheme=scheme)
    page = here.page
    eventually(lambda: here.drawn("return", "episode/return")[0], "a drawn chart")
    expect(page.locator(".equation .katex").first).to_be_visible()
    clean(page, "the desk")
    page.keyboard.press("Control+k")
    expect(chosen(page)).to_be_visible()
    clean(page, "the palette")
    for path, sign in (("/", "table"), ("/new", "h1"), (f"/compare?runs={here.run}", "figure .surface path")):
        page.goto(service.url + path)
        page.locator(sign).first.wait_for(state="attached")
        clean(page, path)
    out = stranger(color_scheme=scheme)
    out.expects("status of 401")
    out.page.goto(service.url)
    expect(out.page.get_by_role("heading")).to_be_visible()
    clean(out.page, "the login page")


def clean(page: Page, what: str) -> None:
    """Run axe-core in the page; contrast of text is one of its rules."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    said = [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]
    assert not said, f"{what}: {said}"


def test_phone_shows_one_column_in_order(desk: OpenDesk) -> None:
    here = desk(viewport={"width": 390, "height": 844})
    parts = [".equation-card", 'figure[data-chart="return"]', ".player", ".desk-side .panel"]
    boxes = [here.page.locator(part).first.bounding_box() for part in parts]
    tops = [box["y"] for box in boxes if box]
    assert len(tops) == 4
    assert tops == sorted(tops)
    assert all(box["width"] <= 390 for box in boxes if box)


def test_beamer_shows_the_equation_and_three_charts(desk: OpenDesk) -> None:
    here = desk(viewport={"width": 1024, "height": 768})
    expect(here.page.locator(".equation-card")).to_be_in_viewport(ratio=1)
    seen = [
        chart
        for chart in here.page.locator("figure[data-chart]").all()
        if (box := chart.bounding_box()) and box["y"] + box["height"] <= 768
    ]
    assert len(seen) >= 3


def test_lost_network_is_shown_and_heals(desk: OpenDesk) -> None:
    here = desk()
    here.tab.expects(*GONE, "ERR_INTERNET_DISCONNECTED")
    here.reaches(20)
    expect(here.link).to_have_attribute("data-link", "live")
    context = here.page.context
    context.set_offline(True)
    stands = here.update()
    expect(here.link).not_to_have_attribute("data-link", "live", timeout=60_000)
    context.set_offline(False)
    expect(here.link).to_have_attribute("data-link", "live", timeout=60_000)
    here.reaches(stands + 20, within_s=60)
    finish(here)
    whole(here)
