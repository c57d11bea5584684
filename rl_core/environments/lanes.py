"""The contract between collection and environments: N lanes stepped together, each reset with a seed of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from rl_core.registry import Registry
from rl_core.types import Action, Actions, ActionSpace, BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class EnvironmentInfo:
    """What the catalog, the launcher and the networks need to know about an environment."""

    id: str
    title: str
    doc: str
    obs_size: int
    actions: ActionSpace
    max_episode_steps: int | None
    solved_at: float | None
    array: bool
    renderer: str | None = None
    enumerable: bool = False  # a finite MDP whose arrays are known, so that J and its gradient can be computed
    one_hot: bool = False  # the observation of a finite MDP is its state, so that a table can hold a policy

    def to_json(self) -> dict[str, Any]:
        """The row of the catalog."""
        row = asdict(self) | {"actions": self.actions.to_json(), "observation": {"shape": [self.obs_size]}}
        del row["obs_size"]
        return row | {"available": True, "needs": None}


class StepResult(NamedTuple):
    """One step of every lane: the true successors, also where an episode ended."""

    obs_tp1: FloatArray  # [N, D]
    reward_t: FloatArray  # [N]
    terminated_t: BoolArray  # [N]
    truncated_t: BoolArray  # [N]


class Lanes(ABC):
    """N environments of one kind. A lane whose episode has ended must be reset before it is stepped again."""

    info: EnvironmentInfo
    num_lanes: int

    @abstractmethod
    def reset(self, lane: int, seed: int) -> FloatArray:
        """Begin an episode in one lane; the first observation [D]. The same seed begins the same episode."""

    @abstractmethod
    def step(self, actions: Actions, active: BoolArray | None = None) -> StepResult:
        """Step every lane with actions [N] or [N, D_a] inside the bounds; lanes not `active` need not be stepped."""

    @abstractmethod
    def step_lane(self, lane: int, action: Action) -> FloatArray:
        """Step one lane alone (replaying an unfinished episode from a checkpoint); the observation [D]."""

    def close(self) -> None:  # noqa: B027, arrays hold nothing
        """Release what the lanes hold."""


array_environments: Registry[type[ArrayLanes]] = Registry("environment")


class ArrayLanes(Lanes):
    """Lanes whose state is one array; equal to Gymnasium's environment of the same id, step for step."""

    def __init__(self, num_lanes: int) -> None:
        self.num_lanes = num_lanes

    def render_state(self, lane: int) -> tuple[float, ...]:
        """What the renderer named in `info` draws of a lane, in the environment's units; nothing without a renderer."""
        return ()


def environment(cls: type[ArrayLanes]) -> type[ArrayLanes]:
    """Declare an array environment under its Gymnasium id."""
    return array_environments.add(cls.info.id, cls)
