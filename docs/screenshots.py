"""Retake the pictures of the README: a real server, a real run, a real browser (`make screenshots`)."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import APIResponse, Page, sync_playwright

from bench.server import Server, running_server
from tests.browser import find_browser

IMAGES = Path(__file__).parent / "images"
RECIPE = "cartpole-ppo"
EDITS = ((40, {"advantage": "pass"}), (70, {"advantage": "block", "entropy_coef": 0.01}))
UPDATES = 110  # where the picture is taken
SIZE = {"width": 1440, "height": 900}


def main() -> None:
    """Start a run, edit it twice on the way, pause it and take its picture in light and dark."""
    browser_path = find_browser() or sys.exit("Install Chromium to take pictures: apt-get install chromium.")
    IMAGES.mkdir(exist_ok=True)
    with running_server() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, device_scale_factor=1)
        page.goto(server.login)
        page.get_by_role("button", name="Start").first.wait_for()
        run = start(server, page)
        page.goto(f"{server.url}/runs/{run}")
        operate(server, page, run)
        for scheme, name in (("light", "run-desk.png"), ("dark", "run-desk-dark.png")):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(1500)
            page.screenshot(path=IMAGES / name)
        browser.close()


def start(server: Server, page: Page) -> str:
    """Start the run with the session of the page, and return its id."""
    body = {"recipe": RECIPE, "name": "pole on a cart", "pace": 20}
    return str(post(server, page, "/api/runs", body)["id"])


def operate(server: Server, page: Page, run: str) -> None:
    """Turn the switches at their updates, and pause where the picture is taken."""
    for update, values in EDITS:
        wait_for_update(server, page, run, update)
        answer = page.request.patch(
            f"{server.url}/api/runs/{run}/controls?wait=5", data={"values": values}, headers={"Origin": server.url}
        )
        checked(answer)
    wait_for_update(server, page, run, UPDATES)
    post(server, page, f"/api/runs/{run}/actions", {"action": "pause"})


def wait_for_update(server: Server, page: Page, run: str, update: int, within_s: float = 120) -> None:
    """Look until the run has got there."""
    deadline = time.monotonic() + within_s
    while (state := checked(page.request.get(f"{server.url}/api/runs/{run}")))["update"] < update:
        if time.monotonic() > deadline or state["state"] in {"failed", "stopped", "finished"}:
            sys.exit(f"The run is {state['state']} at update {state['update']}, expected {update}: {state['reason']}")
        page.wait_for_timeout(100)


def post(server: Server, page: Page, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Post as the page would."""
    return checked(page.request.post(server.url + path, data=body, headers={"Origin": server.url}))


def checked(answer: APIResponse) -> dict[str, Any]:
    """Return the JSON, or end with what the server said."""
    if not answer.ok:
        sys.exit(f"{answer.status} from {answer.url}: {answer.text()}")
    return dict(answer.json())


if __name__ == "__main__":
    main()
