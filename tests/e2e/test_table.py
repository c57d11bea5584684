"""The runs table: filter, order, edit in place, delete many and take it back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenTab, StartRun
from tests.service import Service, eventually

TINY = {"budget": {"env_steps": 256}, "pace": None}


def started(service: Service, start: StartRun, tag: str, seeds: range) -> list[str]:
    """Start small runs with a tag of their own and wait for their end."""
    runs = [start(name=f"{tag} {seed}", tags=[tag], seed=seed, **TINY) for seed in seeds]
    for run in runs:
        service.until(run, lambda record: record["state"] == "finished", "its end", 60)
    return runs


def names(page: Page) -> list[str]:
    return page.locator("tr[data-run] td.name a").all_text_contents()


def test_filter_and_sort(service: Service, tab: OpenTab, start: StartRun) -> None:
    started(service, start, "sorted", range(10, 13))
    here = tab()
    page = here.page
    page.goto(service.url)
    expect(page.locator("tr[data-run]").first).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Filter the runs")).to_be_focused()
    page.keyboard.type("sorted")
    eventually(lambda: names(page) == ["sorted 12", "sorted 11", "sorted 10"], "three runs, the newest first")
    page.get_by_role("columnheader", name="Seed").get_by_role("button").click()
    page.get_by_role("columnheader", name=re.compile("^Seed")).get_by_role("button").click()
    eventually(lambda: names(page) == ["sorted 10", "sorted 11", "sorted 12"], "the smallest seed first")
    expect(page).to_have_url(re.compile(r"\?q=sorted&sort=seed$"))
    page.reload()
    eventually(lambda: names(page) == ["sorted 10", "sorted 11", "sorted 12"], "the same by the address alone")
    page.get_by_role("combobox", name="Filter by state").select_option("failed")
    expect(page.get_by_text("No run matches.")).to_be_visible()
    page.get_by_role("button", name="Remove the filter state failed").click()
    eventually(lambda: len(names(page)) == 3, "the rows again")


def test_keys_and_edits(service: Service, tab: OpenTab, start: StartRun) -> None:
    runs = started(service, start, "keyed", range(2))
    here = tab()
    page = here.page
    page.goto(f"{service.url}/?tag=keyed&sort=seed")
    eventually(lambda: names(page) == ["keyed 0", "keyed 1"], "two runs")
    page.get_by_role("button", name="Edit name of keyed 0").click()
    page.get_by_role("textbox", name="name of keyed 0").fill("renamed")
    page.keyboard.press("Enter")
    eventually(lambda: service.run(runs[0])["name"] == "renamed", "the name on the server")
    page.get_by_role("button", name="Edit notes of renamed").click()
    page.get_by_role("textbox", name="notes of renamed").fill("two\nlines")
    page.keyboard.press("Control+Enter")
    eventually(lambda: service.run(runs[0])["notes"] == "two\nlines", "the notes on the server")
    page.get_by_role("button", name="Edit tags of renamed").click()
    page.get_by_role("textbox", name="tags of renamed").fill("not kept")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    expect(page.locator(f'tr[data-run="{runs[1]}"]')).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_role("toolbar", name="Selected runs")).to_contain_text("1 selected")
    assert service.run(runs[0])["tags"] == ["keyed"]
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{service.url}/runs/{runs[1]}")


def test_bulk_delete_undo_and_the_deleted(service: Service, tab: OpenTab, start: StartRun) -> None:
    runs = started(service, start, "bulk", range(3))
    alive = start(name="bulk alive", tags=["bulk"])
    service.until(alive, lambda run: run["state"] == "running", "a trainer")
    here = tab()
    page = here.page
    page.goto(f"{service.url}/?tag=bulk")
    expect(page.locator("tr[data-run]")).to_have_count(4)
    for run in runs:  # the server knows nothing of a deleted run, so all is read before
        expect(page.locator(f'tr[data-run="{run}"] svg.spark')).to_be_visible()
    delete = page.get_by_role("toolbar", name="Selected runs").get_by_role("button", name=re.compile("^Delete"))
    page.get_by_role("checkbox", name="Select all").click()
    expect(delete).to_have_text("Delete 3")
    delete.click()
    expect(page.get_by_text("3 runs deleted")).to_be_visible()
    eventually(lambda: names(page) == ["bulk alive"], "only the run that trains")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("tr[data-run]")).to_have_count(4)
    assert all(service.run(run)["deleted"] is None for run in runs)

    page.get_by_role("checkbox", name="Select bulk 1").click()
    delete.click()
    expect(page.locator("tr[data-run]")).to_have_count(3)
    page.get_by_role("button", name="Deleted", exact=True).click()
    eventually(lambda: names(page) == ["bulk 1"], "the deleted one")
    page.get_by_role("button", name="bulk 1: actions").click()
    page.get_by_role("menuitem", name="Bring back").click()
    # Nothing is deleted any more, so the view goes back to the runs.
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    expect(page.locator("tr[data-run]")).to_have_count(4)
    assert service.run(runs[1])["deleted"] is None

    page.get_by_role("checkbox", name="Select bulk alive").click()
    page.get_by_role("toolbar").get_by_role("button", name="Stop 1").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop the run").click()
    service.until(alive, lambda run: run["state"] == "stopped", "its end")
    expect(page.locator(f'tr[data-run="{alive}"] .pill')).to_have_attribute("data-state", "stopped")
