"""Pictures of an environment that only its own `render` can draw: JPEGs of at most 640 px and 64 KB."""

from __future__ import annotations

import io
import math
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rl_core.journal.episodes import PICTURE_BYTES

SIDE = 640  # px
QUALITIES = (85, 70, 50, 30)
DRAWING_SECONDS = 30.0  # for the pictures of one episode
EPISODE_BYTES = 64 << 20

Draw = Callable[[], NDArray[np.uint8] | None]


class Camera:
    """Draws each step; after a failure nothing more, and `failure` says why.

    For a recording of up to `steps` it draws every k-th step only, where drawing is slow.
    """

    def __init__(self, draw: Draw, steps: int | None = None) -> None:
        self._draw, self._steps = draw, steps
        self.failure: str | None = None
        self.begin()

    def begin(self) -> None:
        """A new episode."""
        self.every, self._taken, self._bytes = 1, 0, 0
        self._last = b""

    def take(self) -> bytes:
        """The picture of this step, or of the last one that was drawn; empty after a failure."""
        if self.failure is None and self._taken % self.every == 0:
            try:
                self._shoot()
            except Exception as failed:  # whatever a third-party renderer raises
                self._give_up(f"{type(failed).__name__}: {failed}".split("\n")[0][:300])
        self._taken += 1
        return self._last

    def _shoot(self) -> None:
        began = time.perf_counter()
        picture = self._draw()
        if picture is None:
            self._give_up("the environment's render() returned nothing")
            return
        self._last = jpeg(picture)
        if self._steps is not None:
            self._economise(self._steps, time.perf_counter() - began)

    def _economise(self, steps: int, seconds: float) -> None:
        self._bytes += len(self._last)
        if self._bytes > EPISODE_BYTES:
            self._give_up(f"they would take more than {EPISODE_BYTES >> 20} MiB")
        if self._taken == 1:  # the first one also built the renderer
            self.every = max(1, math.ceil(seconds * steps / DRAWING_SECONDS))

    def _give_up(self, why: str) -> None:
        self.failure, self._last = f"No pictures: {why}.", b""


def jpeg(picture: NDArray[np.uint8]) -> bytes:
    """A picture [H, W, 3] of at most SIDE px and PICTURE_BYTES; quality goes first, then size."""
    image = Image.fromarray(picture).convert("RGB")
    image.thumbnail((SIDE, SIDE))
    while True:
        for quality in QUALITIES:
            file = io.BytesIO()
            image.save(file, "JPEG", quality=quality)
            if file.tell() <= PICTURE_BYTES:
                return file.getvalue()
        image.thumbnail((image.width // 2, image.height // 2))
