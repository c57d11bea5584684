"""Gymnasium's toy text as arrays: every row of its transition table, its ends and its limits."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from rl_core.environments.adapter import describe
from rl_core.environments.finite.declared import finite_environments
from rl_core.environments.finite.lanes import TabularLanes
from rl_core.environments.finite.toy_text import ToyText, mdp_of_table
from rl_core.environments.make import EnvironmentRefused, catalog_rows, check_environment

IDS = [env_id for env_id, declared in finite_environments.items() if isinstance(declared, ToyText)]
CASES: list[tuple[str, dict[str, Any]]] = [
    *((env_id, {}) for env_id in IDS),
    ("FrozenLake-v1", {"map_name": "8x8", "is_slippery": False}),
    ("FrozenLake-v1", {"desc": ["SFF", "FHF", "FFG"]}),
]
N = 960  # lanes: a third, a quarter and a tenth of it are whole numbers


def table_of(env_id: str, kwargs: dict[str, Any]) -> Any:
    env = gym.make(env_id, **kwargs)
    env.close()
    return env.unwrapped


def met(bare: Any) -> set[int]:
    """The states that some episode acts in, by walking the table."""
    waiting = [int(s) for s in np.flatnonzero(bare.initial_state_distrib)]
    found = set(waiting)
    while waiting:
        for rows in bare.P[waiting.pop()].values():
            new = {int(s) for p, s, _, over in rows if p > 0 and not over} - found
            found |= new
            waiting += new
    return found


def test_all_of_toy_text_with_a_table_is_there() -> None:
    assert {gym.spec(env_id).name for env_id in IDS} == {
        "FrozenLake", "FrozenLake8x8", "Taxi", "CliffWalking", "CliffWalkingSlippery",
    }  # fmt: skip


@pytest.mark.parametrize(("env_id", "kwargs"), CASES)
def test_every_state_and_action_leads_where_the_table_says_as_often_and_for_as_much(
    env_id: str, kwargs: dict[str, Any]
) -> None:
    bare = table_of(env_id, kwargs)
    lanes = TabularLanes(finite_environments[env_id].build(kwargs), N)
    for s in met(bare):
        for a, rows in bare.P[s].items():
            expected: dict[tuple[int, float, bool], float] = defaultdict(float)
            for p, after, reward, over in rows:
                expected[int(after), float(reward), bool(over)] += N * p
            lanes.state, lanes.steps = np.full(N, s), np.zeros(N, np.int64)
            lanes._chance[0] = (np.arange(N) + 0.5) / N
            result = lanes.step(np.full(N, a))
            rows_met, counts = np.unique(
                np.stack([lanes.state, result.reward_t, result.terminated_t], 1), axis=0, return_counts=True
            )
            found = {(int(x), float(r), bool(o)): n for (x, r, o), n in zip(rows_met, counts, strict=True)}
            assert found == pytest.approx({key: n for key, n in expected.items() if n > 0}, abs=1.0)


@pytest.mark.parametrize("env_id", IDS)
def test_it_begins_and_is_limited_as_in_gymnasium(env_id: str) -> None:
    found = finite_environments[env_id].build({})
    np.testing.assert_allclose(found.mdp.rho, table_of(env_id, {}).initial_state_distrib)
    spec = gym.spec(env_id)
    assert found.mdp.horizon == (spec.max_episode_steps or 500)
    assert found.info.solved_at == spec.reward_threshold


@pytest.mark.parametrize("env_id", IDS)
def test_the_list_says_without_building_what_building_says(env_id: str) -> None:
    declared = finite_environments[env_id]
    assert declared.info() == declared.build({}).info
    env = gym.make(env_id)
    assert declared.info().actions == describe(env).actions
    env.close()
    assert [row["array"] for row in catalog_rows() if row["id"] == env_id] == [True]


def test_what_the_table_does_not_say_is_refused() -> None:
    taxi = next(env_id for env_id in IDS if env_id.startswith("Taxi"))
    with pytest.raises(EnvironmentRefused, match="fickle_passenger changes the course outside the transition table"):
        check_environment(taxi, {"fickle_passenger": True})
    check_environment(taxi, {"fickle_passenger": False, "is_rainy": True})


def test_a_state_that_ends_an_episode_only_sometimes_is_refused() -> None:
    ends = {0: {0: [(0.5, 1, 0.0, True), (0.5, 2, 0.0, False)]}, 2: {0: [(1.0, 1, 0.0, True)]},
            1: {0: [(1.0, 0, 0.0, False)]}}  # fmt: skip
    rho = np.array([1.0, 0.0, 0.0])
    assert mdp_of_table(ends, rho, 3).terminal.tolist() == [False, True, False]
    ends[2] = {0: [(1.0, 1, 0.0, False)]}
    with pytest.raises(ValueError, match="state 1 ends an episode or not"):
        mdp_of_table(ends, rho, 3)
