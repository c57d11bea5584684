"""What a finite environment declares: an id, words for it, and the function that makes its arrays."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rl_core.environments.lanes import EnvironmentInfo
from rl_core.mdp import TabularMDP
from rl_core.registry import Registry
from rl_core.types import Discrete

Make = Callable[..., TabularMDP]


@dataclass(frozen=True, slots=True)
class FiniteEnvironment:
    """A finite MDP under an id; the keywords of `make` are those of the environment."""

    id: str
    title: str
    actions: tuple[str, ...]
    make: Make

    def keywords(self) -> dict[str, Any]:
        """Every keyword with its default."""
        return {name: p.default for name, p in inspect.signature(self.make).parameters.items()}

    def info(self, mdp: TabularMDP) -> EnvironmentInfo:
        """What it offers with these arrays."""
        names = self.actions if len(self.actions) == mdp.n_actions else tuple(map(str, range(mdp.n_actions)))
        return EnvironmentInfo(
            id=self.id,
            title=self.title,
            doc=inspect.getdoc(self.make) or self.title,
            obs_size=mdp.n_states,
            actions=Discrete(names),
            max_episode_steps=mdp.horizon,
            solved_at=None,
            array=True,
        )


finite_environments: Registry[FiniteEnvironment] = Registry("environment")


def finite(env_id: str, title: str, actions: tuple[str, ...] = ()) -> Callable[[Make], Make]:
    """Declare a finite environment by the function that makes its arrays; its docstring is what people read."""

    def declare(make: Make) -> Make:
        finite_environments.add(env_id, FiniteEnvironment(env_id, title, actions, make))
        return make

    return declare


def mdp_of(env_id: str, kwargs: Mapping[str, Any]) -> TabularMDP:
    """The arrays for these keywords; raises ValueError with what is wrong with them."""
    return finite_environments[env_id].make(**kwargs)
