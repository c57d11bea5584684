"""Every update is a row of its own here, however fast the machine; merging is tested with a clock of its own."""

from __future__ import annotations

import pytest

import rl_core.telemetry.frames


@pytest.fixture(autouse=True)
def _no_merged_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rl_core.telemetry.frames, "ROW_INTERVAL", 0.0)
