"""From an environment id to lanes, or to a refusal that names what was found and what to do."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from typing import Any

import gymnasium as gym

import rl_core.environments
from rl_core.environments.adapter import GymnasiumLanes, describe
from rl_core.environments.build import build
from rl_core.environments.finite.declared import finite_environments, finite_of
from rl_core.environments.finite.lanes import TabularLanes
from rl_core.environments.known import known_info
from rl_core.environments.kwargs import keyword_fault
from rl_core.environments.lanes import EnvironmentInfo, Lanes, array_environments
from rl_core.environments.spaces import UnsupportedSpace
from rl_core.registry import discover, near_misses

discover(rl_core.environments)

ID_PATTERN = re.compile(r"[A-Za-z0-9_.-]{1,80}(/[A-Za-z0-9_.-]{1,80})?-v\d+")
EXTRAS = {"box2d": "box2d", "mujoco": "mujoco"}  # part of the entry point to the extra that brings it
MODULES = {"box2d": "Box2D", "mujoco": "mujoco"}  # what an extra installs


class EnvironmentRefused(ValueError):
    """An environment that cannot be built: which part of the request is at fault, and ids that exist."""

    def __init__(self, message: str, field: str = "id", did_you_mean: list[str] | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.unknown = did_you_mean is not None
        self.did_you_mean = did_you_mean or []


def make_lanes(env_id: str, num_lanes: int, kwargs: Mapping[str, Any]) -> Lanes:
    """Build N lanes: arrays where there are some and no keyword changes them, else the adapter."""
    if finite_of(env_id):
        return _finite_lanes(env_id, num_lanes, kwargs)
    if env_id in array_environments and not kwargs:
        return array_environments[env_id](num_lanes)
    try:
        return GymnasiumLanes(env_id, num_lanes, kwargs)
    except UnsupportedSpace as refused:
        raise EnvironmentRefused(str(refused)) from refused
    except Exception as failed:  # whatever a third-party environment raises while it is built
        raise _explain(env_id, kwargs, failed) from failed


def _finite_lanes(env_id: str, num_lanes: int, kwargs: Mapping[str, Any]) -> TabularLanes:
    try:
        return TabularLanes(finite_environments[env_id].build(kwargs), num_lanes)
    except (TypeError, ValueError) as wrong:
        raise EnvironmentRefused(f"{env_id} cannot be built from {dict(kwargs)!r:.200}: {wrong}", "kwargs") from wrong


def check_environment(env_id: str, kwargs: Mapping[str, Any]) -> EnvironmentInfo:
    """What the environment offers, after building one lane of it; raises EnvironmentRefused."""
    if not ID_PATTERN.fullmatch(env_id):
        raise EnvironmentRefused(
            f"'{env_id[:80]}' is not an environment id; expected a registered name that ends in a version, such as "
            "CartPole-v1. Modules are not imported by name."
        )
    if env_id not in known_ids():
        near = near_misses(env_id, known_ids())
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise EnvironmentRefused(f"No environment '{env_id}' is registered here.{hint}", did_you_mean=near)
    if kwargs and (fault := keyword_fault(env_id, kwargs)):
        raise EnvironmentRefused(fault, "kwargs")
    lanes = make_lanes(env_id, 1, kwargs)
    lanes.close()
    return lanes.info


def known_ids() -> list[str]:
    """Every id the installed Gymnasium offers, the newest version of each last."""
    return sorted({*gym.registry, *array_environments, *finite_environments})


def catalog_rows() -> list[dict[str, Any]]:
    """Array environments, CartPole before all, finite MDPs, then every id that a policy here can act in."""
    arrays = sorted(array_environments.values(), key=lambda cls: (cls.info.id != "CartPole-v1", cls.info.id))
    rows = [cls.info.to_json() for cls in arrays]
    rows += [found.info().to_json() for env_id in finite_environments if (found := finite_of(env_id))]
    return rows + [row for env_id in _newest_ids() if (row := _row(env_id)) is not None]


def _newest_ids() -> list[str]:
    newest: dict[str, str] = {}
    for env_id, spec in sorted(gym.registry.items(), key=lambda item: item[1].version or 0):
        if spec.namespace is None and not spec.name.startswith("GymV"):
            newest[spec.name] = env_id
    arrays = {*array_environments, *(env_id for env_id in finite_environments if finite_of(env_id))}
    return sorted(set(newest.values()) - arrays)


def _row(env_id: str) -> dict[str, Any] | None:
    needs = _missing_extra(env_id)
    if info := known_info(gym.spec(env_id)):
        return info.to_json() | {"available": needs is None, "needs": needs}
    try:
        env = build(env_id, {})
        info = describe(env)
        env.close()
        return info.to_json()
    except UnsupportedSpace:
        return None
    except Exception as failed:  # an extra that is not installed
        shape: dict[str, Any] = {"observation": {"shape": []}, "actions": {}, "max_episode_steps": None}
        about = {"id": env_id, "title": env_id, "doc": str(_explain(env_id, {}, failed)), "solved_at": None}
        kind = {"array": False, "renderer": None, "enumerable": False, "one_hot": False}
        return about | shape | kind | {"available": False, "needs": needs}


def _missing_extra(env_id: str) -> str | None:
    """The extra that would bring what the environment imports, where that is not installed."""
    entry = str(gym.spec(env_id).entry_point) if env_id in gym.registry else ""
    extra = next((extra for part, extra in EXTRAS.items() if part in entry), None)
    return extra if extra and importlib.util.find_spec(MODULES[extra]) is None else None


def _explain(env_id: str, kwargs: Mapping[str, Any], failed: BaseException) -> EnvironmentRefused:
    extra = _missing_extra(env_id)
    text = f"{type(failed).__name__}: {failed}".split("\n")[0][:300]
    if isinstance(failed, gym.error.DependencyNotInstalled | ImportError) and extra:
        return EnvironmentRefused(
            f"{env_id} needs a package that is not installed ({text}). "
            f"Install the extra '{extra}': pip install 'policyscope[{extra}]'."
        )
    given = f" with {dict(kwargs)}" if kwargs else ""
    return EnvironmentRefused(f"{env_id} could not be built{given}: {text}", "kwargs" if kwargs else "id")
