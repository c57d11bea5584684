"""What a finite environment declares: an id, words for it, and the function that makes its arrays."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rl_core.environments.finite.features import KEYWORD, features_of
from rl_core.environments.lanes import EnvironmentInfo
from rl_core.registry import Registry
from rl_core.tabular.dynamic_programming import LARGEST_SWEEP, exact_of, optimum
from rl_core.tabular.mdp import Float64, TabularMDP
from rl_core.types import Discrete

Make = Callable[..., TabularMDP]
BAR = 0.95  # of the way from the return of the uniform policy to that of the best one
OBSERVED = "What is observed of a state is the keyword `features`: one_hot, constant, random:D or rows of numbers."


@dataclass(frozen=True, slots=True)
class Finite:
    """A finite environment with its keywords filled in."""

    mdp: TabularMDP
    features: Float64  # [S, D]
    info: EnvironmentInfo
    truncates: bool


@dataclass(frozen=True)
class FiniteEnvironment:
    r"""A finite MDP under an id; the keywords of `make` are those of the environment, and `features` beside them.

    Its horizon ends the episode: what would have followed is no part of J. Where it `truncates`, the end is told as a
    time limit, so that an algorithm with a critic bootstraps there, as it does in Gymnasium; J is the same.
    """

    id: str
    title: str
    actions: tuple[str, ...]
    make: Make
    features: str = "one_hot"
    truncates: bool = False

    def keywords(self) -> dict[str, Any]:
        """Every keyword with its default."""
        named = {name: p.default for name, p in inspect.signature(self.make).parameters.items()}
        return named | {KEYWORD: self.features}

    def build(self, kwargs: Mapping[str, Any]) -> Finite:
        """Its arrays for these keywords; raises ValueError or TypeError with what is wrong with them."""
        given = self.keywords() | dict(kwargs)
        seen = given.pop(KEYWORD)
        return self.of(self.make(**given), seen)

    def of(self, mdp: TabularMDP, features: Any = "one_hot") -> Finite:
        """An MDP as if this had made it, seen by these features; raises ValueError where they are none."""
        phi = features_of(features, mdp.n_states)
        one_hot = isinstance(features, str) and features == "one_hot"
        return Finite(mdp, phi, self._info(mdp, phi, one_hot), self.truncates)

    def info(self) -> EnvironmentInfo:
        """What it offers as it stands."""
        return self.build({}).info

    def stands(self) -> bool:
        """Whether the id is still this environment's."""
        return True

    def bar(self, mdp: TabularMDP) -> float | None:
        """The return at which it counts as solved."""
        return bar(mdp)

    def _info(self, mdp: TabularMDP, phi: Float64, one_hot: bool) -> EnvironmentInfo:
        names = self.actions if len(self.actions) == mdp.n_actions else tuple(map(str, range(mdp.n_actions)))
        return EnvironmentInfo(
            id=self.id,
            title=self.title,
            doc=f"{inspect.getdoc(self.make) or self.title} {OBSERVED}",
            obs_size=phi.shape[1],
            actions=Discrete(names),
            max_episode_steps=mdp.horizon,
            solved_at=self.bar(mdp) if one_hot else None,  # of policies that can tell the states apart
            array=True,
            enumerable=True,
            one_hot=one_hot,
        )


finite_environments: Registry[FiniteEnvironment] = Registry("environment")


def finite(env_id: str, title: str, actions: tuple[str, ...] = (), features: str = "one_hot") -> Callable[[Make], Make]:
    """Declare a finite environment by the function that makes its arrays; its docstring is what people read."""

    def declare(make: Make) -> Make:
        finite_environments.add(env_id, FiniteEnvironment(env_id, title, actions, make, features))
        return make

    return declare


def finite_of(env_id: str) -> FiniteEnvironment | None:
    """The finite environment under an id; none where somebody registered another one under an id of Gymnasium's."""
    if env_id not in finite_environments or not finite_environments[env_id].stands():
        return None
    return finite_environments[env_id]


def mdp_of(env_id: str, kwargs: Mapping[str, Any]) -> TabularMDP:
    """The arrays for these keywords; raises ValueError with what is wrong with them."""
    return finite_environments[env_id].build(kwargs).mdp


def bar(mdp: TabularMDP) -> float | None:
    """The undiscounted return that counts as solved; None where nothing can be learnt, or it would take too long."""
    if mdp.sweep > LARGEST_SWEEP:
        return None
    whole = mdp.discounted(1.0)
    best, uniform = optimum(whole), exact_of(whole, np.full((mdp.n_states, mdp.n_actions), 1 / mdp.n_actions)).J
    return uniform + BAR * (best - uniform) if best - uniform > 1e-9 else None
