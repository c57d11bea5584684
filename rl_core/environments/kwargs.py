"""Keyword arguments of an environment, held against what its constructor declares."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import gymnasium as gym
from gymnasium.envs.registration import load_env_creator

from rl_core.environments.finite.declared import finite_of
from rl_core.environments.finite.features import KEYWORD
from rl_core.registry import near_misses

PLAIN = (bool, int, float, str)


def keyword_fault(env_id: str, kwargs: Mapping[str, Any]) -> str | None:
    """Why the environment does not take these keywords, or None: an unknown name, or a value of another type.

    Settings of `gym.make` itself (a time limit, a render mode) are not keywords of the environment.
    """
    declared = _declared(env_id)
    for name, value in kwargs.items():
        if name not in declared:
            near = near_misses(name, list(declared))
            hint = f" Did you mean {' or '.join(near)}?" if near else f" It takes: {', '.join(declared) or 'none'}."
            return f"{env_id} takes no keyword '{name[:80]}'.{hint}"
        wanted = type(declared[name])
        if wanted in PLAIN and not _fits(value, wanted):
            return f"{env_id} was given {name} = {value!r:.80}; expected a value like {declared[name]!r}."
    return None


def _declared(env_id: str) -> dict[str, Any]:
    """Every keyword with its default."""
    finite = finite_of(env_id)
    if finite:  # the features are words or rows of numbers, which building it checks
        return finite.keywords() | {KEYWORD: None}
    return constructor_keywords(env_id)


def constructor_keywords(env_id: str) -> dict[str, Any]:
    """The keywords of a registered environment's constructor with their defaults, and those its id is given."""
    spec = gym.spec(env_id)
    creator = load_env_creator(spec.entry_point) if isinstance(spec.entry_point, str) else spec.entry_point
    parameters = inspect.signature(creator).parameters.values() if creator else ()
    named = {p.name: p.default for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    named.pop("render_mode", None)
    return named | {name: value for name, value in spec.kwargs.items() if name != "render_mode"}


def _fits(value: Any, wanted: type) -> bool:
    if wanted in (int, float):  # a default of 0 does not say that halves are wrong
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is wanted
