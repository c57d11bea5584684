"""Gymnasium's toy text as finite MDPs: their arrays are read from the transition table that each of them holds."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from rl_core.environments.build import build
from rl_core.environments.finite.declared import OBSERVED, FiniteEnvironment, finite_environments
from rl_core.environments.finite.features import KEYWORD
from rl_core.environments.known import action_names, known_info
from rl_core.environments.kwargs import constructor_keywords
from rl_core.environments.lanes import EnvironmentInfo
from rl_core.tabular.mdp import Outcomes, TabularMDP, blank

TITLES = {
    "FrozenLake": "Frozen lake", "FrozenLake8x8": "Frozen lake, 8 by 8", "Taxi": "Taxi",
    "CliffWalking": "Cliff walking", "CliffWalkingSlippery": "Cliff walking, slippery",
}  # fmt: skip
NO_LIMIT = 500  # steps, where Gymnasium has no limit: a finite horizon is needed for J
UNTABLED = ("fickle_passenger",)  # changes what happens outside the table

Row = list[tuple[float, int, float, bool]]  # probability, next state, reward, terminated
Table = Mapping[int, Mapping[int, Row]]


def toy_text(env_id: str, horizon: int, kwargs: Mapping[str, Any]) -> TabularMDP:
    """The MDP of a registered environment with a table; raises ValueError where the table is not all of it."""
    hidden = [name for name in UNTABLED if kwargs.get(name)]
    if hidden:
        raise ValueError(f"{hidden[0]} changes the course outside the transition table, so the MDP is not known.")
    with closing(_built(env_id, kwargs)) as env:
        bare: Any = env.unwrapped
        return mdp_of_table(bare.P, np.asarray(bare.initial_state_distrib, np.float64), horizon)


def _built(env_id: str, kwargs: Mapping[str, Any]) -> gym.Env[Any, Any]:
    try:
        return build(env_id, kwargs)
    except Exception as failed:  # a map that does not exist is a KeyError
        raise ValueError(f"{type(failed).__name__}: {failed}".split("\n")[0][:300]) from failed


def mdp_of_table(table: Table, rho: NDArray[np.float64], horizon: int) -> TabularMDP:
    """P, R and terminal states from rows (probability, next state, reward, terminated).

    Where one state is reached with two different rewards, R is their mean, and the outcomes keep both.
    """
    p, r = blank(len(table), len(table[0]))
    for s, a, (chance, after, reward, _) in _outcomes(table):
        p[s, a, after] += chance
        r[s, a, after] += chance * reward
    r = np.divide(r, p, out=np.zeros_like(r), where=p > 0)
    mdp = TabularMDP(p, r, rho, horizon, terminal=_terminal(table, np.flatnonzero(rho)))
    mdp.outcomes = _as_outcomes(table, mdp)
    return mdp


def _outcomes(table: Table) -> list[tuple[int, int, tuple[float, int, float, bool]]]:
    return [(s, a, row) for s, actions in table.items() for a, rows in actions.items() for row in rows if row[0] > 0]


def _terminal(table: Table, first: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The states in which episodes end; raises ValueError if one is also passed through on the way elsewhere.

    Only what can be reached counts: Taxi's table has rows for states that no episode meets.
    """
    reached, ends, waiting = set(first.tolist()), set[int](), first.tolist()
    while waiting:
        for _, after, _, over in (row for rows in table[waiting.pop()].values() for row in rows if row[0] > 0):
            if over:
                ends.add(int(after))
            elif int(after) not in reached:
                reached.add(int(after))
                waiting.append(int(after))
    if both := sorted(reached & ends):
        raise ValueError(
            f"state {both[0]} ends an episode or not, depending on how it was reached; an MDP needs two states there."
        )
    return np.isin(np.arange(len(table)), list(ends))


def _as_outcomes(table: Table, mdp: TabularMDP) -> Outcomes:
    """The table's rows as they are; a terminal state stays where it is."""
    width = max(len(rows) for actions in table.values() for rows in actions.values())
    shape = (mdp.n_states, mdp.n_actions, width)
    found = Outcomes(np.zeros(shape), np.zeros(shape, np.int64), np.zeros(shape))
    for s, actions in table.items():
        for a, rows in actions.items():
            kept = [(1.0, s, 0.0, True)] if mdp.terminal[s] else [row for row in rows if row[0] > 0]
            for k, (chance, after, reward, _) in enumerate(kept):
                found.p[s, a, k], found.state[s, a, k], found.reward[s, a, k] = chance, after, reward
    return found


@dataclass(frozen=True)
class ToyText(FiniteEnvironment):
    """An environment of Gymnasium's under its own id, as long as nobody registers another one there."""

    entry_point: str = ""

    def keywords(self) -> dict[str, Any]:
        """Those of Gymnasium's constructor, and those of a finite MDP."""
        return {"horizon": _limit(self.id)} | constructor_keywords(self.id) | {KEYWORD: self.features}

    def info(self) -> EnvironmentInfo:
        """What it offers as it stands; a list of environments builds none."""
        about = known_info(gym.spec(self.id))
        if about is None:
            return super().info()
        words = f"{inspect.getdoc(self.make)} {OBSERVED}"
        facts: dict[str, Any] = {"title": self.title, "doc": words, "max_episode_steps": _limit(self.id)}
        return replace(about, array=True, enumerable=True, one_hot=True, **facts)

    def stands(self) -> bool:
        """Whether the id is still Gymnasium's."""
        spec = gym.registry.get(self.id)
        return spec is not None and spec.entry_point == self.entry_point

    def bar(self, mdp: TabularMDP) -> float | None:
        """Gymnasium's own threshold."""
        return gym.spec(self.id).reward_threshold


def _limit(env_id: str) -> int:
    return gym.spec(env_id).max_episode_steps or NO_LIMIT


def _declare(name: str, env_id: str) -> None:
    spec = gym.spec(env_id)

    def make(horizon: int, **kwargs: Any) -> TabularMDP:
        return toy_text(env_id, horizon, kwargs)

    limited = f"Its limit of {spec.max_episode_steps} steps"
    unlimited = f"It has no limit in Gymnasium; here {NO_LIMIT} steps are one, which"
    make.__doc__ = (
        f"{env_id} of Gymnasium, its arrays read from its transition table. "
        f"{limited if spec.max_episode_steps else unlimited} cuts an episode short (truncated, so that a critic "
        "bootstraps there); J counts what is paid within it. Keyword `horizon`."
    )
    environment = ToyText(
        env_id, TITLES[name], action_names(env_id), make, truncates=True, entry_point=str(spec.entry_point)
    )
    finite_environments.add(env_id, environment)


def _newest() -> dict[str, str]:
    """The newest version of each, by name."""
    ids = sorted(gym.registry, key=lambda env_id: gym.registry[env_id].version or 0)
    return {spec.name: env_id for env_id in ids if (spec := gym.registry[env_id]).name in TITLES and not spec.namespace}


for _name, _env_id in sorted(_newest().items()):
    _declare(_name, _env_id)
