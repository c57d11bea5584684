"""The second story: a live run is operated on, and what the page says is what happened."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Route, expect

from tests.e2e.conftest import OpenDesk
from tests.e2e.desk import Desk
from tests.service import eventually


def test_advantage_passes_and_back(desk: OpenDesk) -> None:
    here = desk()
    here.reaches(5)
    expect(here.choice("advantage", "block")).to_be_checked()
    expect(here.row("advantage").locator(".pressure")).to_contain_text("blocked here")
    assert not here.is_red("advantage")

    turn(here, "pass")
    at = in_force(here, "block", "pass")
    expect(here.page.get_by_text(f"Advantage: pass since update {at}.")).to_be_visible()
    eventually(lambda: here.marks("return") == [at], f"a mark at update {at} in the chart of the return")
    eventually(lambda: here.is_red("advantage"), "a red term in the equation")
    expect(here.row("advantage").locator(".pressure.flows")).to_have_text(re.compile(r"^\d.* · flows into critic$"))

    turn(here, "block")
    back = in_force(here, "pass", "block")
    assert back > at
    eventually(lambda: here.marks("return") == [at, back], f"a second mark at update {back}")
    eventually(lambda: not here.is_red("advantage"), "a term in the equation as before")
    expect(here.row("advantage").locator(".pressure")).to_contain_text("blocked here")
    expect(here.page.locator(".equation-said")).to_have_count(0)


def turn(desk: Desk, value: str) -> None:
    """Choose a value; until the server has heard of it, the page says that it is on its way and nothing more."""
    held: list[Route] = []
    desk.page.route("**/controls", lambda route: held.append(route))
    before = desk.is_red("advantage")
    desk.choice("advantage", value).click()
    status = desk.row("advantage").get_by_role("status")
    expect(status).to_have_text(f"{value} sent, takes effect at the next update …")
    eventually(lambda: held, "the request")
    assert desk.is_red("advantage") == before
    held.pop().continue_()
    desk.page.unroute("**/controls")
    expect(status).to_have_count(0)
    expect(desk.choice("advantage", value)).to_be_checked()


def in_force(desk: Desk, old: str, new: str) -> int:
    """Return the update that event, timeline and stream agree on as the first with the new value."""
    event: dict[str, Any] = desk.events("control_changed")[-1]
    assert event["data"]["changes"] == [{"name": "advantage", "old": old, "new": new}]
    at = int(event["at_update"])
    expect(desk.page.locator(f'.timeline .stop.edit[title="update {at} · Advantage: {new}"]')).to_have_count(1)
    rows = desk.tab.wire.load.rows
    # Between the two a recorded episode may be announced, which takes a number of its own.
    eventually(lambda: desk.update() and any(seq > event["seq"] for seq in rows), "the row after the event")
    assert rows[min(seq for seq in rows if seq > event["seq"])] == at
    return at


def test_refusal_is_shown_with_its_reason(desk: OpenDesk) -> None:
    here = desk()
    here.tab.expects("status of 422")
    here.choice("baseline", "learned v").click()
    expect(here.row("baseline").get_by_role("alert")).to_contain_text("return_kind 'gae' already subtracts V")
    expect(here.choice("baseline", "none")).to_be_checked()
    assert not here.events("control_changed")
    here.row("baseline").get_by_role("button", name="Dismiss").click()
    expect(here.row("baseline").get_by_role("alert")).to_have_count(0)


def test_pause_single_updates_pace_and_stop(desk: OpenDesk) -> None:
    here = desk()
    here.button("Pause").click()
    here.shows("paused")
    stands = here.service.run(here.run)["update"]
    for update in range(stands, stands + 3):
        eventually(lambda: here.update() == update, f"update {update}, neither before nor beyond")  # noqa: B023
        here.button("One update").click()
    eventually(lambda: here.update() == stands + 3, "the third single update")
    assert here.service.run(here.run)["update"] == stands + 3

    here.page.get_by_role("slider", name="Pace").fill("3")
    expect(here.pace).to_have_text("5 updates/s")
    here.button("Resume").click()
    here.shows("running")
    here.reaches(stands + 10)
    wall = [point[0] for point in wall_of(here) if point[0] > 0][-6:]
    assert (wall[-1] - wall[0]) / 5 > 0.15, f"5 updates a second were asked for, the last were made at {wall} s"

    here.button("Stop").click()
    here.page.get_by_role("dialog").get_by_role("button", name="Stop the run").click()
    here.shows("stopped")
    expect(here.row("advantage").locator(".value")).to_contain_text("locked: The run has ended.")
    assert here.service.run(here.run)["state"] == "stopped"


def wall_of(desk: Desk) -> list[tuple[float, float]]:
    """Return the seconds at which updates were made."""
    answer = desk.service.get(f"/api/runs/{desk.run}/series", names="policy/entropy", x="wall", points=2000)
    columns = answer["series"]["policy/entropy"]
    return list(zip(columns["x1"], columns["last"], strict=True))


def test_keyboard(desk: OpenDesk) -> None:
    here = desk()
    press = here.page.keyboard.press
    press("Space")
    here.shows("paused")
    stands = here.service.run(here.run)["update"]
    eventually(lambda: here.update() == stands, "the update at which the run stands")
    press("n")
    eventually(lambda: here.update() == stands + 1, "one update more")
    expect(here.pace).to_have_text("20 updates/s")
    press("[")
    expect(here.pace).to_have_text("10 updates/s")
    eventually(lambda: here.service.run(here.run)["pace"] == 10, "the slower pace in the run's record")
    press("]")
    expect(here.pace).to_have_text("20 updates/s")
    eventually(lambda: here.service.run(here.run)["pace"] == 20, "the first pace in the run's record")
    press("?")
    expect(here.page.get_by_role("dialog", name="Keys")).to_be_visible()
    press("n")
    press("Escape")
    expect(here.page.get_by_role("dialog")).to_have_count(0)
    press("Space")
    here.shows("running")
    steps = [event for event in here.events("action_done") if event["data"]["action"] == "step"]
    assert len(steps) == 1, "a key that was pressed in a dialog reached the run"


def test_escape_shows_the_whole_run_again(desk: OpenDesk) -> None:
    here = desk()
    here.reaches(10)
    here.page.goto(f"{here.service.url}/runs/{here.run}?from=2&to=8")
    whole = here.button("Zoomed · show all")
    expect(whole).to_be_visible()
    eventually(lambda: within(here, 1, 9), "a curve of the zoomed updates alone")
    here.page.keyboard.press("Escape")
    expect(whole).to_have_count(0)
    expect(here.page).to_have_url(f"{here.service.url}/runs/{here.run}")
    eventually(lambda: not within(here, 1, 9), "the whole curve")


def within(desk: Desk, low: int, high: int) -> bool:
    """Whether something is drawn, and nothing outside these updates."""
    x = desk.drawn("entropy", "policy/entropy")[0]
    return bool(x) and low <= min(x) and max(x) <= high
