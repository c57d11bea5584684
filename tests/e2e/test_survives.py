"""The fourth story: a reload, a closed tab and a killed server, after which the page holds every record once."""

from __future__ import annotations

import signal

from playwright.sync_api import expect

from tests.e2e.conftest import OpenDesk
from tests.e2e.desk import Desk
from tests.e2e.tab import Tab
from tests.faults.checker import tiling
from tests.service import eventually

GONE = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "WebSocket connection to")
"""What the browser itself logs while no server answers."""


def test_reload_and_a_closed_tab(desk: OpenDesk) -> None:
    here = desk()
    seen = here.reaches(20)
    here.page.reload()
    # The run's record fills the readouts before the stream goes on.
    eventually(lambda: here.update() and here.run in here.tab.wire.load.spans, "the stream after the reload")
    seen = here.reaches(max(seen, here.update()) + 5)
    assert len(here.tab.wire.loads) == 2
    whole(here, but_for_the_end=True)

    again = here.page.context.new_page()
    here.page.close()
    tab = Tab(again)
    here = Desk(tab, here.service, here.run)
    here.open()
    assert here.update() >= seen
    here.reaches(seen + 10)
    finish(here)
    whole(here)
    assert not tab.complaints()


def test_killed_server_while_the_tab_is_open(desk: OpenDesk) -> None:
    here = desk()
    here.tab.expects(*GONE)
    here.reaches(20)
    expect(here.link).to_have_attribute("data-link", "live")
    here.service.kill()
    expect(here.link).to_have_attribute("data-link", "reconnecting")
    expect(here.link).to_contain_text("reconnecting")
    before, stands = here.tab.wire.load.position(here.run), here.update()
    here.service.start()
    expect(here.link).to_have_attribute("data-link", "live", timeout=60_000)
    here.reaches(stands + 20, within_s=60)
    load = here.tab.wire.load
    assert load.sockets > 1
    assert load.asked[here.run][-1] == before, "it went on from elsewhere than where it was cut off"
    finish(here)
    whole(here)
    assert len(here.tab.wire.loads) == 1, "the page was loaded again; it should heal by itself"
    assert load.reloads == 0


def test_cleanly_stopped_server_sets_the_run_aside(desk: OpenDesk) -> None:
    here = desk()
    here.tab.expects(*GONE)
    here.reaches(10)
    here.service.kill(signal.SIGTERM)
    expect(here.link).to_have_attribute("data-link", "reconnecting")
    here.service.start()
    expect(here.link).to_have_attribute("data-link", "live", timeout=60_000)
    expect(here.page.get_by_text("Set aside.")).to_be_visible()
    here.shows("paused")
    here.service.ready()
    stands = here.service.run(here.run)["update"]
    eventually(lambda: here.update() == stands, f"update {stands}, at which the run was set aside")
    here.button("Resume").click()
    here.shows("running")
    here.reaches(stands + 10)
    finish(here)
    whole(here)


def finish(desk: Desk) -> None:
    """End the run and wait until the page has its last record."""
    desk.service.act(desk.run, "stop", checkpoint=False)
    desk.shows("stopped")
    head = desk.service.run(desk.run)["head"]
    # Asking the page for anything also lets the recorder hear.
    eventually(lambda: desk.update() and desk.tab.wire.load.position(desk.run) >= head, f"record {head} on the page")


def whole(desk: Desk, but_for_the_end: bool = False) -> None:
    """What the page applied tiles the run, and what it holds of a series is what the server has."""
    spans = desk.tab.wire.load.spans[desk.run]
    spans = [(first, last) for first, last in spans if last]
    head = spans[-1][1] if but_for_the_end else desk.service.run(desk.run)["head"]
    assert not tiling(spans, head)
    for chart, title, names in (
        ("return", "Return", ["episode/return"]),
        ("entropy", "Entropy", ["policy/entropy", "policy/entropy_relative"]),
    ):
        held = desk.download(chart, title)
        stored = desk.stored(*names)
        assert held.keys() == stored.keys()
        for name in names:
            compared = stored[name][: len(held[name])] if but_for_the_end else stored[name]
            assert str(held[name]) == str(compared), f"{name} differs from what the server has"
