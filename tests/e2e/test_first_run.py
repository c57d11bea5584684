"""The first story: from the terminal's link to a curve that rises, with one click."""

from __future__ import annotations

import re
from statistics import fmean

from playwright.sync_api import expect

from tests.e2e.conftest import OpenTab, new_link
from tests.e2e.desk import Desk
from tests.service import Service, eventually


def test_one_link_and_one_click_to_a_rising_curve(service: Service, stranger: OpenTab) -> None:
    empty(service)
    tab = stranger()
    page = tab.page
    page.goto(service.login)
    demonstration = service.get("/api/catalog")["recipes"][0]
    first = page.get_by_role("button", name=re.compile("^Start ")).first
    expect(first).to_have_accessible_name(f"Start {demonstration['title']}")
    expect(page).to_have_url(f"{service.url}/")
    assert page.evaluate("document.cookie") == "", "a script can read the session"
    expect(page.locator(".sheet .katex").first).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert tab.overflow() <= 0
    page.set_viewport_size({"width": 1600, "height": 1000})

    first.click()
    page.wait_for_url(re.compile("/runs/[^/]+$"))
    desk = Desk(tab, service, page.url.rsplit("/", 1)[1])
    assert service.run(desk.run)["recipe"] == demonstration["id"]
    seen = desk.reaches(1)
    eventually(lambda: desk.drawn("return", "episode/return")[0], "a first point of the return's curve")
    assert desk.reaches(seen + 20) > seen
    eventually(lambda: rose(desk), "returns at twice their first level")


def empty(service: Service) -> None:
    """Delete what other tests left, where this one is not the first."""
    for run in service.get("/api/runs", limit=200)["runs"]:
        service.until(run["id"], lambda record: record["state"] in ("finished", "stopped", "failed"), "its end")
        service.client.delete(f"/api/runs/{run['id']}").raise_for_status()


def rose(desk: Desk) -> bool:
    """Whether the last ten drawn returns are, on average, twice the first ten."""
    returns = desk.drawn("return", "episode/return")[1]
    return len(returns) >= 20 and fmean(returns[-10:]) > 2 * fmean(returns[:10])


def test_a_link_works_once(service: Service, stranger: OpenTab) -> None:
    link = new_link(service)
    first, late = stranger(), stranger()
    first.page.goto(link)
    expect(first.page.get_by_role("button", name=re.compile("^Start ")).first).to_be_visible()
    late.expects("status of 401", "status of 403")
    late.page.goto(link)
    expect(late.page.get_by_role("heading", name="That link does not log in")).to_be_visible()
    expect(late.page).to_have_url(f"{service.url}/")


def test_logged_out_says_how_to_get_a_link(service: Service, stranger: OpenTab) -> None:
    tab = stranger(viewport={"width": 390, "height": 844})
    tab.expects("status of 401")
    tab.page.goto(f"{service.url}/runs/any")
    expect(tab.page.get_by_role("heading", name="Log in with the link from the terminal")).to_be_visible()
    expect(tab.page.get_by_text("policyscope login", exact=True)).to_be_visible()
    assert tab.overflow() <= 0
