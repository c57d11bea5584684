"""When the browser part is built, and when it is left as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import hatch_build


@pytest.fixture
def frontend(tmp_path: Path) -> Path:
    """Return a folder with one source file, one hour old."""
    folder = tmp_path / "frontend"
    (folder / "src").mkdir(parents=True)
    for path in (folder / "package.json", folder / "src" / "main.tsx"):
        path.write_text("{}")
        age(path, 3600)
    return folder


def age(path: Path, seconds: float) -> None:
    """Give a file a modification time in the past."""
    moment = path.stat().st_mtime - seconds
    os.utime(path, (moment, moment))


def built(frontend: Path) -> Path:
    """Return the page of a build that was just made."""
    page = frontend.parent / "index.html"
    page.write_text("built")
    return page


def test_first_build_has_no_reason_to_be_skipped(frontend: Path) -> None:
    assert hatch_build.skip_reason(frontend, frontend.parent / "index.html") is None


def test_skipped_without_sources(tmp_path: Path) -> None:
    reason = hatch_build.skip_reason(tmp_path / "frontend", tmp_path / "index.html")
    assert reason is not None
    assert "no package.json" in reason


def test_skipped_when_newer_than_every_source(frontend: Path) -> None:
    reason = hatch_build.skip_reason(frontend, built(frontend))
    assert reason is not None
    assert "newer than every source" in reason


def test_built_again_after_a_change(frontend: Path) -> None:
    page = built(frontend)
    age(page, 60)
    (frontend / "src" / "chart.ts").write_text("")
    assert hatch_build.skip_reason(frontend, page) is None


def test_packages_are_no_source(frontend: Path) -> None:
    page = built(frontend)
    (frontend / "node_modules").mkdir()
    new = frontend / "node_modules" / "x.js"
    new.write_text("")
    age(new, -3600)
    assert hatch_build.skip_reason(frontend, page) is not None


def test_linked_npm_runs(tmp_path: Path) -> None:
    hatch_build.link_node(tmp_path)
    (tmp_path / "package.json").write_text('{"scripts": {"build": "npm --version && node --version > version"}}')
    hatch_build.npm(tmp_path, tmp_path, "run", "build")
    assert (tmp_path / "version").read_text().startswith("v24.")


def test_failed_build_is_one_sentence(tmp_path: Path) -> None:
    hatch_build.link_node(tmp_path)
    (tmp_path / "package.json").write_text('{"scripts": {"build": "exit 3"}}')
    with pytest.raises(SystemExit, match=r"`npm run build` in .* ended with status 3"):
        hatch_build.npm(tmp_path, tmp_path, "run", "build")
