"""A small reader of the Dockerfile, so that its start command can be run where no Docker engine is."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Image:
    """What the last build stage says about the running container."""

    user: str = "root"
    env: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)


def read(path: Path) -> Image:
    """Return the image of the last FROM."""
    image = Image()
    for line in path.read_text().replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            image = Image()
        elif word == "USER":
            image.user = rest
        elif word == "ENV":
            image.env |= dict(pair.split("=", 1) for pair in shlex.split(rest))
        elif word == "CMD":
            image.command = json.loads(rest)
        elif word == "HEALTHCHECK":
            image.healthcheck = json.loads(rest.partition("CMD ")[2])
        elif word == "VOLUME":
            image.volumes.append(rest)
    return image
