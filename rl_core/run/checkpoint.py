"""Checkpoints: parameters, optimiser, random streams, counters, unfinished episodes as seed and actions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

KEPT = 5
FORMAT = 4  # raise it when what a checkpoint holds changes


class Checkpoints:
    """Files `update-00000123.pt` in one directory; the newest has the highest number, the oldest beyond KEPT go."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def save(self, update: int, state: dict[str, Any]) -> Path:
        """Write a checkpoint so that it is whole or absent, whatever dies; returns its path."""
        path = self._directory / f"update-{update:08d}.pt"
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        for old in self._all()[:-KEPT]:
            old.unlink(missing_ok=True)
        return path

    def newest(self) -> dict[str, Any]:
        """The newest state; raises FileNotFoundError where there is none."""
        paths = self._all()
        if not paths:
            raise FileNotFoundError(
                f"No checkpoint in {self._directory.name}; expected a file like update-00000001.pt. The run ended "
                "before its first one. Start a new run instead of resuming."
            )
        state: dict[str, Any] = torch.load(paths[-1], weights_only=True)
        return state

    def _all(self) -> list[Path]:
        return sorted(self._directory.glob("update-*.pt"))


def check_format(state: Mapping[str, Any]) -> None:
    """Raise ValueError for a checkpoint that this version cannot go on from."""
    if state.get("format") != FORMAT:
        raise ValueError(
            f"The checkpoint has format {state.get('format')}; this version reads {FORMAT}. It was written by another "
            "version of Policyscope. Resume with that version, or start a new run."
        )
