"""The launcher: what is typed is what runs, from a recipe for several seeds or from a run with changes."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenTab, StartRun
from tests.service import Service, eventually

SMALL = "controls.n_steps=16&controls.epochs=1&controls.hidden_size=16&budget.env_steps=2000&environment.num_envs=2"


def test_three_seeds_with_a_changed_control(service: Service, tab: OpenTab) -> None:
    here = tab()
    page = here.page
    page.goto(service.url)
    page.goto(f"{service.url}/new")
    page.get_by_role("link", name="Change before starting: CartPole with PPO").click()
    expect(page).to_have_url(re.compile(r"/new\?recipe=cartpole-ppo"))
    expect(page.get_by_role("status").filter(has_text="can start")).to_be_visible()
    before = latex(page)

    page.locator("#control-advantage").get_by_role("radio", name="pass", exact=True).click()
    eventually(lambda: latex(page) != before, "another equation")
    expect(page.locator('.equation .wrong-side[data-control="advantage"]').first).to_be_visible()
    expect(page.get_by_role("region", name="Changes")).to_contain_text("Advantage")

    discount = page.get_by_role("textbox", name="Discount", exact=True)
    discount.fill("1.4")
    refusal = page.locator("#control-gamma").get_by_role("alert")
    expect(refusal).to_have_text("gamma is 1.4; allowed 0 to 1.")
    start = page.get_by_role("button", name=re.compile("^Start the run|^Start 3 runs"))
    expect(start).to_be_disabled()
    page.get_by_role("button", name="Go to Discount").click()
    expect(discount).to_be_focused()
    discount.fill("0.97")
    expect(refusal).to_have_count(0)

    # The link is the form: everything else comes with it.
    page.goto(f"{page.url}&{SMALL}")
    expect(discount).to_have_value("0.97")
    page.get_by_role("textbox", name="Seeds").fill("1, 5, 9")
    tag = page.get_by_role("textbox", name="Tag of the set").input_value()
    expect(start).to_be_enabled()
    start.click()
    page.get_by_role("button", name="See them in the table").click()
    expect(page).to_have_url(f"{service.url}/?tag={tag}")
    expect(page.locator("tr[data-run]")).to_have_count(3)

    runs = service.get("/api/runs", tag=tag, sort="seed")["runs"]
    assert [run["seed"] for run in runs] == [1, 5, 9]
    assert [run["name"] for run in runs] == [f"cartpole-ppo · seed {seed}" for seed in (1, 5, 9)]
    for run in runs:
        values = run["controls"]["values"]
        assert (values["advantage"], values["gamma"], values["n_steps"]) == ("pass", 0.97, 16)
        assert (run["recipe"], run["environment"]["num_envs"], run["budget"]) == (
            "cartpole-ppo",
            2,
            {"env_steps": 2000},
        )


def latex(page: Page) -> str:
    """Return the equation in force as its LaTeX."""
    return " ".join(page.locator(".equation annotation").all_text_contents())


def test_clone_with_a_change(service: Service, tab: OpenTab, start: StartRun) -> None:
    source = start(name="the source", tags=["kept"], seed=7)
    service.until(source, lambda run: run["update"] >= 1, "a first update")
    edit(service, source, {"gamma": 0.9})
    here = tab()
    page = here.page
    page.goto(f"{service.url}/?q=the+source")
    page.get_by_role("button", name="the source: actions").click()
    page.get_by_role("menuitem", name="Clone with changes").click()
    expect(page.get_by_role("heading", name="Clone of the source")).to_be_visible()
    # What is in force now is what is cloned, not what the run began with.
    expect(page.get_by_role("textbox", name="Discount", exact=True)).to_have_value("0.9")
    changes = page.get_by_role("region", name="Changes")
    expect(changes).to_contain_text("Nothing yet")

    page.locator("#control-value_target").get_by_role("radio", name="pass", exact=True).click()
    expect(changes.get_by_role("row")).to_have_count(1)
    expect(changes).to_contain_text("pass")
    page.get_by_role("textbox", name="Name", exact=True).fill("the clone")
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url(re.compile("/runs/[^/]+$"))

    clone = service.run(page.url.rsplit("/", 1)[1])
    first = service.run(source)
    differs = {n for n, v in clone["controls"]["values"].items() if v != first["controls"]["values"][n]}
    assert differs == {"value_target"}
    same = ("algorithm", "environment", "seed", "budget", "tags", "recipe", "pace")
    assert {key: clone[key] for key in same} == {key: first[key] for key in same}
    assert (clone["name"], clone["parent"]) == ("the clone", None)
    service.act(clone["id"], "stop", checkpoint=False)


def edit(service: Service, run: str, values: dict[str, Any]) -> None:
    """Edit a live run and wait for its event."""
    answer = service.client.patch(f"/api/runs/{run}/controls", params={"wait": 10}, json={"values": values})
    assert answer.status_code == 200, answer.text
