"""One Gymnasium environment by its id, without noise while it is built."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping
from typing import Any

import gymnasium as gym

logger = logging.getLogger("policyscope.mujoco")


def build(env_id: str, kwargs: Mapping[str, Any]) -> gym.Env[Any, Any]:
    """`gym.make`; MuJoCo's messages go to the log and not to stderr and a file in the working directory."""
    if "mujoco" in str(gym.spec(env_id).entry_point):
        _quieten_mujoco()
    return gym.make(env_id, **kwargs)


def _quieten_mujoco() -> None:
    try:
        mujoco = importlib.import_module("mujoco")
    except ImportError:
        return  # making the environment says so
    if hasattr(mujoco, "set_mju_user_warning"):
        mujoco.set_mju_user_warning(_log)


def _log(message: str) -> None:
    # The model files of Gymnasium are deprecated in parts, which no user can mend; a simulation that explodes is news.
    logger.log(logging.DEBUG if "deprecated" in message else logging.WARNING, "MuJoCo: %s", message)
