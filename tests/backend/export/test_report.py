"""The HTML report: all in one file, nothing fetched, nothing of a hostile run taken for markup."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from plotly.offline import get_plotlyjs

from backend.export import look
from backend.export.formats import written
from backend.export.html import GEO_FILES, POLICY
from backend.export.source import Source
from backend.storage import Store
from tests.backend.storage.telemetry import event, frame, new_record, progress
from tests.contracts.sources import ROOT

HOSTILE = "</script><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>&\"'"
CATALOG: dict[str, Any] = {
    "metrics": [{"name": "advantage", "kind": "distribution", "edges": [-1.0, 0.0, 1.0]}],
    "environments": [{"id": "CartPole-v1", "solved_at": 475.0}],
    "recipes": [{"id": "cartpole-ppo", "title": "CartPole with PPO", "doc": "A pole."}],
    "algorithms": [{"id": "ppo", "title": "PPO"}],
    "controls": {"ppo": [{"name": "gamma", "title": "Discount"}]},
}


class Seen(HTMLParser):
    """The elements of a page and what they would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [str(v) for k, v in attrs if k in ("src", "href", "data", "action", "poster", "srcset")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def report(folder: Path, catalog: dict[str, Any] | None, rows: int = 40) -> str:
    """Return the report of a run whose every text is hostile."""
    store = Store.open(folder / "store.db")
    change = {"edit_id": "e", "version": 2, "by": HOSTILE, "changes": [{"name": "gamma", "old": 0.9, "new": HOSTILE}]}

    async def build() -> bytes:
        environment = {"id": "CartPole-v1", "num_envs": 8, "kwargs": {HOSTILE: HOSTILE}}
        record, _ = await store.create_run(
            new_record(
                name=HOSTILE, notes=HOSTILE, tags=[HOSTILE], owner=HOSTILE, recipe="cartpole-ppo", reason=HOSTILE,
                environment=environment, config={"controls": {"gamma": 0.9}},
                controls={"version": 1, "values": {"gamma": HOSTILE}, "pending": []},
            )
        )  # fmt: skip
        if rows:
            made = [{"episode": 1, "update": 2, "env_steps": 5, "wall": 0.1, "return": float("inf"), "length": 3}]
            histogram = {"update": rows, "n": 3, "nonfinite": 0, "min": 0.0, "max": 1.0, "counts": [[1, 2], [2, 1]]}
            scalars = {"policy/entropy": {"last": [float("nan"), *([0.5] * (rows - 1))]}}
            telemetry = frame(2, scalars, first_update=1, ended=made, distributions={"advantage": histogram})
            await store.ingest(record.id, 1, [event(1, "control_changed", **change), telemetry], progress)
        record = await store.get_run(record.id) or record
        return b"".join([piece async for piece in written(await Source.of(store, record, catalog), "html")])

    page = asyncio.run(build()).decode()
    asyncio.run(store.close())
    return page


def test_S25_the_report_fetches_nothing_and_a_hostile_run_adds_no_element(tmp_path: Path) -> None:
    page = report(tmp_path, CATALOG)
    assert POLICY in page
    assert GEO_FILES not in page
    own = page.replace(get_plotlyjs().replace(GEO_FILES, ""), "")
    assert len(own) < len(page) / 4
    assert "url(" not in own
    assert "alert(1)</script>" not in own
    seen = Seen(own)
    assert seen.fetched == []
    assert "img" not in seen.tags
    titles = "".join(seen.texts)
    assert HOSTILE in titles
    for shown in ("Return", "Advantage over updates", "Entropy", "Recipe: CartPole with PPO", "Discount", "A pole."):
        assert shown in titles


def test_a_run_without_rows_or_catalog_has_a_report(tmp_path: Path) -> None:
    page = report(tmp_path, None, rows=0)
    assert "The run has measured nothing." in page
    assert Seen(page).fetched == []


@pytest.mark.parametrize("name", sorted(look.COLOURS))
def test_the_colours_are_those_of_the_page(name: str) -> None:
    style = (ROOT / "frontend/src/styles/base.css").read_text()
    light = style[style.index(":root {") : style.index('data-theme="dark"')]
    assert f"--{name}: {look.COLOURS[name]};" in light
