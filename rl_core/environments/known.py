"""The environments that come with Gymnasium, as far as a list of them needs it, without building any."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from gymnasium.envs.registration import EnvSpec

from rl_core.environments.lanes import EnvironmentInfo
from rl_core.types import ActionSpace, Box, Discrete


class Known(NamedTuple):
    """What `known.toml` declares about an id."""

    obs_size: int
    actions: ActionSpace


@cache
def known() -> dict[str, Known]:
    """By id."""
    rows = tomllib.loads(files("rl_core.environments").joinpath("known.toml").read_text())
    return {env_id: Known(row["observation"], _actions(row)) for env_id, row in rows.items()}


def known_info(spec: EnvSpec) -> EnvironmentInfo | None:
    """What the environment offers, if it is Gymnasium's own and declared; None otherwise."""
    about = known().get(spec.id)
    if about is None or not str(spec.entry_point).startswith("gymnasium.envs."):
        return None
    return from_spec(spec, about.obs_size, about.actions)


def action_names(env_id: str) -> tuple[str, ...]:
    """The declared names, or none."""
    about = known().get(env_id)
    return about.actions.names if about else ()


def from_spec(spec: EnvSpec, obs_size: int, actions: ActionSpace) -> EnvironmentInfo:
    """A registered environment that is stepped through the adapter."""
    return EnvironmentInfo(
        id=spec.id,
        title=spec.name,
        doc=f"{spec.id} of Gymnasium, stepped lane by lane.",
        obs_size=obs_size,
        actions=actions,
        max_episode_steps=spec.max_episode_steps,
        solved_at=spec.reward_threshold,
        array=False,
    )


def _actions(row: dict[str, Any]) -> ActionSpace:
    names = tuple(row["actions"])
    return Box(_each(row["low"], names), _each(row["high"], names), names) if "low" in row else Discrete(names)


def _each(bound: float | list[float], names: tuple[str, ...]) -> tuple[float, ...]:
    return tuple(bound) if isinstance(bound, list) else (bound,) * len(names)
