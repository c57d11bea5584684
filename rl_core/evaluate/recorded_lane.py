"""One lane to play in before an audience: it notes how each state looks, and ends an episode that goes on for ever."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np

from rl_core.config import EnvironmentConfig
from rl_core.environments.adapter import GymnasiumLanes
from rl_core.environments.build import build
from rl_core.environments.finite.features import KEYWORD
from rl_core.environments.finite.lanes import TabularLanes
from rl_core.environments.lanes import ArrayLanes, Lanes, StepResult
from rl_core.environments.make import make_lanes
from rl_core.evaluate.camera import Camera
from rl_core.types import Action, Actions, BoolArray, FloatArray

MAX_STEPS = 10_000
HEADLESS = {"MUJOCO_GL": "egl", "SDL_VIDEODRIVER": "dummy"}


class RecordedLane(Lanes):
    """A lane whose `views` are those of the running episode's states, and `rewards` what its steps were given.

    With `keep` False only the newest view is kept. `acted_on` is the view of the state in which the last action was
    taken.
    """

    def __init__(self, lanes: Lanes, look: Callable[[], Any], keep: bool, camera: Camera | None, no_view: str) -> None:
        self._lanes, self._look, self._keep, self.camera = lanes, look, keep, camera
        self.info, self.num_lanes = lanes.info, 1
        self._no_view = no_view
        self.views: list[Any] = []
        self.rewards: list[float] = []
        self.acted_on: Any = None
        self.last_reward = 0.0

    @property
    def no_view(self) -> str:
        """Why there is nothing to see, "" where there is."""
        return (self.camera.failure or "") if self.camera else self._no_view

    def reset(self, lane: int, seed: int) -> FloatArray:
        """Begin an episode, and forget the one before."""
        obs = self._lanes.reset(lane, seed)
        if self.camera:
            self.camera.begin()
        self.views, self.rewards = [self._look()], []
        return obs

    def step(self, actions: Actions, active: BoolArray | None = None) -> StepResult:
        """One step; the episode is cut after MAX_STEPS."""
        self.acted_on = self.views[-1]
        result = self._lanes.step(actions, active)
        self.last_reward = float(result.reward_t[0])
        self.rewards.append(self.last_reward)
        self.views.append(self._look())
        if not self._keep:
            del self.views[:-1]
        cut = np.array([len(self.rewards) >= MAX_STEPS])
        return result._replace(truncated_t=result.truncated_t | cut)

    def step_lane(self, lane: int, action: Action) -> FloatArray:
        """One step that nobody looks at."""
        return self._lanes.step_lane(lane, action)

    def close(self) -> None:
        """Release the environment."""
        self._lanes.close()


def record_lane(environment: EnvironmentConfig, keep: bool) -> RecordedLane:
    """The environment in one lane, seen as states where the browser can draw them, else as pictures."""
    lanes = make_lanes(environment.id, 1, environment.kwargs)
    if isinstance(lanes, ArrayLanes) and lanes.info.renderer:
        return RecordedLane(lanes, lambda: lanes.render_state(0), keep, None, "")
    if isinstance(lanes, TabularLanes):
        return _on_arrays(environment, lanes, keep)
    lanes.close()
    return _with_camera(environment, keep)


def _on_arrays(environment: EnvironmentConfig, lanes: TabularLanes, keep: bool) -> RecordedLane:
    """A finite MDP; Gymnasium's own are drawn by Gymnasium, put into the state of the arrays."""
    if environment.id not in gym.registry:
        return RecordedLane(
            lanes, lambda: None, keep, None, "A finite MDP has no picture: its state is all there is to see."
        )
    _go_headless()
    ours = ("horizon", KEYWORD)
    kwargs = {name: value for name, value in environment.kwargs.items() if name not in ours}
    env = build(environment.id, kwargs | {"render_mode": "rgb_array"})
    env.reset(seed=0)

    def draw() -> Any:
        env.unwrapped.s = int(lanes.state[0])  # type: ignore[attr-defined]
        return env.unwrapped.render()

    camera = Camera(draw, lanes.mdp.horizon if keep else None)
    return RecordedLane(lanes, camera.take, keep, camera, "")


def _go_headless() -> None:
    for name, value in HEADLESS.items():
        os.environ.setdefault(name, value)


def _with_camera(environment: EnvironmentConfig, keep: bool) -> RecordedLane:
    _go_headless()
    try:
        lanes = GymnasiumLanes(environment.id, 1, environment.kwargs | {"render_mode": "rgb_array"})
    except Exception as failed:  # whatever a third-party environment raises
        why = f"No pictures: {type(failed).__name__}: {failed}".split("\n")[0][:300]
        return RecordedLane(make_lanes(environment.id, 1, environment.kwargs), lambda: None, keep, None, why)
    steps = (lanes.info.max_episode_steps or MAX_STEPS) if keep else None
    camera = Camera(lambda: lanes.picture(0), steps)
    return RecordedLane(lanes, camera.take, keep, camera, "")
