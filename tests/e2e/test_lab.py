"""The laboratory: a question of one click, what its table says, and an address that says it again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenTab
from tests.e2e.test_reach import clean
from tests.service import Service

SMALL = "/lab?mdp=Garnet-v0&gamma=1&policy=uniform&batch=2&batches=100&seed=0"
ROWS = "&row=plain&row=loo~baseline%3Dleave_one_out~gamma_t%3Dtrue"


def verdict(page: Page, name: str) -> str:
    """Return what the table says about an estimator."""
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name=name, exact=True))
    return row.get_by_role("cell").first.inner_text().split("\n")[0]


def numbers(page: Page) -> list[str]:
    """Return every number of the table."""
    return page.get_by_role("table").locator("td.number").all_inner_texts()


def done(page: Page) -> None:
    """Wait for a result."""
    expect(page.get_by_text("both exact")).to_be_visible(timeout=90_000)


def test_a_question_of_a_lecture_is_answered_and_its_address_answers_it_again(service: Service, tab: OpenTab) -> None:
    page = tab().page
    page.goto(f"{service.url}/lab")
    expect(page.get_by_text("Nothing has been measured yet.")).to_be_visible()
    page.get_by_role("button", name="Do baselines bias?").click()
    done(page)
    assert verdict(page, "leave one out") == "unbiased within noise"
    assert verdict(page, "action dependent") == "biased"
    assert verdict(page, "corrected") == "unbiased within noise"
    expect(page.locator(".lab-chart .main-svg").first).to_be_visible()
    first = numbers(page)
    assert len(first) == 32
    page.reload()
    done(page)
    assert numbers(page) == first


def test_a_change_is_marked_until_it_is_run(service: Service, tab: OpenTab) -> None:
    page = tab().page
    page.goto(service.url + SMALL + ROWS)
    done(page)
    page.get_by_role("button", name="plain", exact=True).click()
    page.get_by_label("Baseline", exact=True).select_option("constant")
    expect(page.get_by_text("Changed since it was run.")).to_be_visible()
    expect(page).to_have_url(f"{service.url}{SMALL}&row=plain%7Ebaseline%3Dconstant&row=loo%7Ebaseline%3D"
                             "leave_one_out%7Egamma_t%3Dtrue")  # fmt: skip
    page.get_by_label("Seed", exact=True).press("Enter")
    expect(page.get_by_text("Changed since it was run.")).to_be_hidden()
    done(page)
    assert "–" not in "".join(numbers(page))


def test_a_refusal_is_said_where_it_belongs(service: Service, tab: OpenTab) -> None:
    here = tab()
    here.expects("status of 422")
    here.page.goto(service.url + SMALL + "&row=wrong~gae_lambda%3D2")
    expect(here.page.get_by_role("alert").filter(has_text="That cannot be run.")).to_contain_text("allowed 0 to 1")
    expect(here.page.get_by_role("row", name="wrong")).to_contain_text("gae_lambda is 2")


def test_what_takes_long_can_be_cancelled(service: Service, tab: OpenTab) -> None:
    page = tab().page
    page.goto(service.url + SMALL.replace("batches=100", "batches=5000") + "&row=slow~gradient%3Dliteral")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Nothing has been measured yet.")).to_be_visible()
    page.goto(service.url + SMALL + ROWS)  # the place is free again
    done(page)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1024, 768), (1600, 1000)])
def test_it_fits_and_is_accessible(service: Service, tab: OpenTab, width: int, height: int) -> None:
    here = tab(viewport={"width": width, "height": height})
    page = here.page
    page.goto(service.url + SMALL + ROWS)
    done(page)
    page.get_by_role("button", name="loo", exact=True).click()
    expect(page.locator(".lab-opened .katex").first).to_be_visible()
    assert here.overflow() <= 0
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        clean(page, f"the laboratory, {scheme}")
