"""One real server, one browser per file, and tabs whose console must stay silent."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, StorageState, expect, sync_playwright

from tests.e2e.desk import Desk
from tests.e2e.tab import Tab
from tests.service import REPOSITORY, Service

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WINDOW = {"width": 1600, "height": 1000}
SMALL = {"n_steps": 16, "epochs": 1, "minibatches": 1, "hidden_size": 16}
"""Updates of two milliseconds that end one or two episodes: every point stays a point of its own."""

OpenTab = Callable[..., Tab]
StartRun = Callable[..., str]
OpenDesk = Callable[..., Desk]

# How long a machine that is busy otherwise may take; nothing is waited for that is there already.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder; trainers are looked for in /proc."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if sys.platform != "linux":
                item.add_marker(pytest.mark.skip(reason="looks for processes in /proc"))


@pytest.fixture(scope="session")
def service(browser_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return a server with its agent, and leave no process behind; without a browser none is started."""
    assert (REPOSITORY / "backend/static/index.html").exists(), "The browser part is not built: run `make run` once."
    service = Service(tmp_path_factory.mktemp("service"))
    try:
        service.start()
        service.ready()
        yield service
    finally:
        service.end()


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    """Return the installed browser; it ends with the file, so that no later test runs inside its event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def login(service: Service, browser: Browser) -> StorageState:
    """Return the cookie of somebody who opened a login link."""
    with browser.new_context() as context:
        context.request.post(f"{service.url}/api/session", data={"key": new_link(service).split("=", 1)[1]})
        return context.storage_state()


def new_link(service: Service) -> str:
    """Return another link such as the server prints when it starts."""
    return str(service.post("/api/login-keys", {})["url"])


@pytest.fixture
def stranger(browser: Browser) -> Iterator[OpenTab]:
    """Return a function that opens a tab of a browser that nobody has logged in with."""
    opened: list[Tab] = []

    def open_tab(**options: Any) -> Tab:
        context = browser.new_context(**{"viewport": WINDOW} | options)
        context.set_default_timeout(PATIENCE_MS)
        opened.append(Tab(context.new_page()))
        return opened[-1]

    yield open_tab
    complaints = [complaint for tab in opened for complaint in tab.complaints()]
    for tab in opened:
        tab.page.context.close()
    assert not complaints


@pytest.fixture
def tab(stranger: OpenTab, request: pytest.FixtureRequest) -> OpenTab:
    """Return a function that opens a tab that is logged in."""
    state = request.getfixturevalue("login")
    return lambda **options: stranger(storage_state=state, **options)


@pytest.fixture
def start(service: Service) -> Iterator[StartRun]:
    """Return a function that starts a small, paced run through the API; what still lives afterwards is stopped."""
    runs: list[str] = []

    def begin(**fields: Any) -> str:
        environment = {"id": "CartPole-v1", "num_envs": 2}
        given = {
            "recipe": "cartpole-ppo",
            "environment": environment,
            "controls": SMALL,
            "budget": {"env_steps": 10**7},
        }
        runs.append(service.post("/api/runs", given | {"pace": 20} | fields, key=str(uuid4()))["id"])
        return runs[-1]

    yield begin
    for run in runs:
        if service.run(run)["state"] not in ("finished", "stopped", "failed"):
            service.act(run, "stop", checkpoint=False)


@pytest.fixture
def desk(service: Service, tab: OpenTab, start: StartRun) -> OpenDesk:
    """Return a function that opens the desk of a run, by default of a new one, and waits for its first numbers."""

    def show(run: str | None = None, **options: Any) -> Desk:
        desk = Desk(tab(**options), service, run or start())
        desk.open()
        return desk

    return show
