"""Recipes: named, tested configurations with lesson text, one TOML file each."""

from __future__ import annotations

import copy
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from rl_core.registry import Registry

ABOUT = ("title", "doc", "seeds", "order")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A configuration that was tried: `about` holds title, lesson text and what its seeds reached."""

    id: str
    about: dict[str, Any]
    settings: dict[str, Any]

    def config(self) -> dict[str, Any]:
        """The body of a start."""
        return copy.deepcopy(self.settings)

    def to_json(self) -> dict[str, Any]:
        """The row of the catalog."""
        about = {key: value for key, value in self.about.items() if key != "order"}
        return {"id": self.id} | about | self.settings


def _load() -> Registry[Recipe]:
    registry: Registry[Recipe] = Registry("recipe")
    read = {
        path.name[:-5]: tomllib.loads(path.read_text())
        for path in files(__name__).iterdir()
        if path.name.endswith(".toml")
    }
    for name, data in sorted(read.items(), key=lambda item: (item[1].get("order", 100), item[0])):
        about = {key: data[key] for key in ABOUT if key in data}
        registry.add(name, Recipe(name, about, {key: value for key, value in data.items() if key not in ABOUT}))
    return registry


recipes = _load()
