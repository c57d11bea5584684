"""The third story: a rollout is watched live, recorded, and gone through step by step."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, expect

from tests.e2e.conftest import OpenDesk
from tests.e2e.desk import Desk
from tests.service import eventually


def test_live_view_moves_with_its_numbers(desk: OpenDesk) -> None:
    here = desk()
    player = rollout(here)
    expect(player.locator(".on-air")).to_have_text(re.compile(r"live"), timeout=60_000)
    expect(player.get_by_text(re.compile(r"^policy of update \d+$"))).to_be_visible()
    for name in ("π(left)", "π(right)", "V(s)", "Â"):
        expect(player.locator(".bars dt", has_text=name)).to_be_visible()
    first = picture(player)
    eventually(lambda: picture(player) != first, "another picture than the first")
    eventually(lambda: abs(sum(probabilities(player)) - 1) < 0.02, "probabilities that sum to 1")


def test_nothing_is_watched_while_a_recording_is_shown(desk: OpenDesk) -> None:
    here = desk()
    asked = watched(here)
    player = rollout(here)
    expect(player.locator(".on-air")).to_be_visible(timeout=60_000)
    record(here, seed=5)
    player.get_by_role("button", name="Show it").click()
    expect(player.locator(".on-air")).to_have_count(0)
    eventually(lambda: asked and asked[-1] is False, "a message that ends the watching")


def test_recording_is_gone_through_and_survives_a_reload(desk: OpenDesk) -> None:
    here = desk()
    player, page = rollout(here), here.page
    document = record(here, seed=5)
    assert document["seed"] == 5
    assert document["reason"] == "request"
    page.goto(f"{here.service.url}/runs/{here.run}?episode={document['n']}")
    expect(player.get_by_text(f"Episode {document['n']} ·")).to_be_visible()
    page.keyboard.press(".")
    page.keyboard.press(".")
    page.keyboard.press(",")
    shows(player, document, 1)
    expect(page).to_have_url(re.compile(r"[?&]t=1(&|$)"))
    page.reload()
    shows(player, document, 1)
    player.get_by_role("slider", name="Step").focus()
    page.keyboard.press("End")
    expect(player.locator(".moment")).to_contain_text(f"after {document['length']} steps")


def test_space_belongs_to_the_player_only_while_it_has_the_focus(desk: OpenDesk) -> None:
    here = desk()
    player, page = rollout(here), here.page
    document = record(here, seed=5)
    page.goto(f"{here.service.url}/runs/{here.run}?episode={document['n']}")
    expect(player.get_by_text(f"Episode {document['n']} ·")).to_be_visible()
    expect(player.get_by_role("button", name="Play the episode")).to_be_visible()
    player.get_by_role("slider", name="Step").focus()
    page.keyboard.press("Space")
    eventually(lambda: step(player) > 0, "a step that the player made by itself")
    assert here.service.run(here.run)["state"] == "running"
    page.get_by_role("heading", name="Switches").click()
    page.keyboard.press("Space")
    here.shows("paused")


def test_same_seed_now_is_shown_beside(desk: OpenDesk) -> None:
    here = desk()
    player, page = rollout(here), here.page
    document = record(here, seed=5)
    page.goto(f"{here.service.url}/runs/{here.run}?episode={document['n']}")
    player.get_by_role("button", name="Same seed now").click()
    expect(player.locator(".stage")).to_have_count(2, timeout=60_000)
    expect(player.get_by_text(re.compile("seed 5 "))).to_have_count(2)
    expect(page).to_have_url(re.compile(rf"episode={document['n']}&.*with=\d+"))
    page.keyboard.press("Escape")
    expect(here.chart("return")).to_be_visible()


def test_an_episode_that_is_gone_says_so(desk: OpenDesk) -> None:
    here = desk()
    here.tab.expects("status of 404")
    here.page.goto(f"{here.service.url}/runs/{here.run}?episode=999")
    expect(rollout(here).get_by_role("alert")).to_contain_text("Episode 999 cannot be shown.")


def rollout(desk: Desk) -> Locator:
    return desk.page.get_by_role("region", name="Rollout")


def record(desk: Desk, seed: int) -> dict[str, Any]:
    """Press "Record now" and return the episode as the server has it."""
    player = rollout(desk)
    player.get_by_label("Seed of the first episode").fill(str(seed))
    player.get_by_role("button", name="Record now").click()
    expect(player.get_by_role("status")).to_contain_text("Recorded an episode", timeout=60_000)
    (n,) = [event["data"]["n"] for event in desk.events("episode") if event["data"]["reason"] == "request"]
    return dict(desk.service.get(f"/api/runs/{desk.run}/episodes/{n}"))


def shows(player: Locator, document: dict[str, Any], t: int) -> None:
    """Wait until the numbers beside the picture are those of a step as the server has them."""
    expect(player.locator(".moment")).to_contain_text(f"step {t} ·")
    wanted = document["steps"]["action_probs"][t]
    eventually(
        lambda: max(abs(a - b) for a, b in zip(probabilities(player), wanted, strict=True)) < 0.006,
        f"the probabilities of step {t}",
    )
    taken = document["steps"]["action"][t]
    expect(player.locator(".bars .taken dt")).to_contain_text(("left", "right")[taken])


def probabilities(player: Locator) -> list[float]:
    texts = player.locator(".bars .value").all_text_contents()[:2]
    return [0.0 if text == "–" else float(text) for text in texts]


def step(player: Locator) -> int:
    return int(player.get_by_role("slider", name="Step").input_value())


def picture(player: Locator) -> bytes:
    return player.locator("canvas.picture").screenshot()


def watched(desk: Desk) -> list[bool]:
    """Return what the page asks about watching, from its next load on, as it asks it."""
    asked: list[bool] = []
    desk.page.on("websocket", lambda socket: socket.on("framesent", lambda text: listen(str(text), asked)))
    desk.page.reload()
    return asked


def listen(text: str, asked: list[bool]) -> None:
    if '"watch"' in text:
        asked.append('"on":true' in text)
