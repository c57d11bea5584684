"""A finite MDP stepped in lanes: every transition as often as its probability says, and ends where J ends."""

from __future__ import annotations

import numpy as np
import pytest

import rl_core
import rl_core.environments.finite
from rl_core.environments.finite.declared import finite_environments
from rl_core.environments.finite.lanes import TabularLanes
from rl_core.environments.make import EnvironmentRefused, catalog_rows, check_environment
from rl_core.registry import discover
from rl_core.tabular.mdp import TabularMDP

discover(rl_core.environments.finite)
IDS = list(finite_environments)


def lanes_of(env_id: str, n: int = 1) -> tuple[TabularMDP, TabularLanes]:
    """With one-hot observations, so that the state can be read from them."""
    found = finite_environments[env_id].build({"features": "one_hot"})
    return found.mdp, TabularLanes(found, n)


@pytest.mark.parametrize("env_id", IDS)
def test_a_sweep_over_chance_finds_every_probability(env_id: str) -> None:
    """With the chances (i + 1/2) / n instead of random ones, each successor comes n P(s'|s, a) times, to within one."""
    n = 1000
    mdp, lanes = lanes_of(env_id, n)
    for s in np.flatnonzero(~mdp.terminal):
        for a in range(mdp.n_actions):
            lanes.state, lanes.steps = np.full(n, s), np.zeros(n, np.int64)
            lanes._chance[0] = (np.arange(n) + 0.5) / n
            result = lanes.step(np.full(n, a))
            np.testing.assert_allclose(np.bincount(lanes.state, minlength=mdp.n_states), n * mdp.P[s, a], atol=1.0)
            paid = np.bincount(lanes.state, result.reward_t, mdp.n_states)
            few = mdp.outcomes.p.shape[-1] * np.abs(mdp.R[s, a]).max()
            np.testing.assert_allclose(paid, n * mdp.P[s, a] * mdp.R[s, a], rtol=1e-6, atol=few)


@pytest.mark.parametrize("env_id", IDS)
def test_an_episode_ends_in_a_terminal_state_or_at_the_horizon(env_id: str) -> None:
    mdp, lanes = lanes_of(env_id)
    rng = np.random.default_rng(0)
    for seed in range(50):
        obs = lanes.reset(0, seed)
        for t in range(mdp.horizon):
            assert obs.sum() == 1.0
            assert not mdp.terminal[obs.argmax()]
            result = lanes.step(rng.integers(mdp.n_actions, size=1))
            obs = result.obs_tp1[0]
            over = bool(mdp.terminal[obs.argmax()]) or t == mdp.horizon - 1
            cut = finite_environments[env_id].truncates and not mdp.terminal[obs.argmax()]
            assert (result.terminated_t[0], result.truncated_t[0]) == (over and not cut, over and cut)
            if over:
                break


def test_where_the_limit_is_gymnasiums_it_cuts_and_does_not_end() -> None:
    lanes = TabularLanes(finite_environments["FrozenLake-v1"].build({"horizon": 3}), 2)
    for lane in range(2):
        lanes.reset(lane, lane)
    ends = []
    for _ in range(3):  # into the wall, and down and right to the hole in (1, 1)
        lanes._chance[:] = 0.5  # the middle of three outcomes: the direction that was chosen
        result = lanes.step(np.array([0, (1, 2, 2)[len(ends)]]))
        ends.append((result.terminated_t.tolist(), result.truncated_t.tolist()))
    assert ends[1] == ([False, True], [False, False])
    assert ends[2] == ([False, True], [True, False])


@pytest.mark.parametrize("env_id", IDS)
def test_the_same_seed_is_the_same_episode_alone_and_among_others(env_id: str) -> None:
    mdp, many = lanes_of(env_id, 3)
    _, one = lanes_of(env_id)
    actions = np.random.default_rng(1).integers(mdp.n_actions, size=mdp.horizon)
    for lane in range(3):
        many.reset(lane, 40 + lane)
    np.testing.assert_array_equal(one.reset(0, 41), np.eye(mdp.n_states)[many.state[1]])
    for a in actions:
        together = many.step(np.array([0, a, 0]))
        np.testing.assert_array_equal(one.step_lane(0, int(a)), together.obs_tp1[1])
        if together.terminated_t[1] or together.truncated_t[1]:
            break


def test_the_first_states_are_drawn_from_rho() -> None:
    mdp = TabularMDP(np.full((3, 1, 3), 1 / 3), np.zeros((3, 1, 3)), [0.2, 0.5, 0.3], 1)
    lanes = TabularLanes(finite_environments["TabularMDP-v0"].of(mdp), 1)
    counts = sum(lanes.reset(0, seed) for seed in range(4000)) / 4000
    np.testing.assert_allclose(counts, [0.2, 0.5, 0.3], atol=4 * np.sqrt(0.25 / 4000))


def test_a_run_trains_on_arrays_of_its_own_and_finds_what_pays() -> None:
    """A bandit whose second action pays 1: REINFORCE finds it, and the tested optimum of J is 1."""
    body = {"algorithm": "reinforce", "environment": {"id": "TabularMDP-v0", "num_envs": 16}, "budget": {"updates": 60},
            "controls": {"learning_rate": 0.02}}  # fmt: skip
    run = rl_core.train(body)
    assert np.mean(list(run.recent)[-100:]) > 0.9


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"P": [[[0.5, 0.4]]]}, "sums to 0.9|shape"),
        ({"staes": 4}, "Did you mean"),
        ({"states": 100_000}, "more than 4,000,000 entries"),
        ({"states": 1}, "at least 2 states"),
        ({"states": 2.5}, "cannot be built"),
        ({"horizon": 0}, "at least 1"),
        ({"mdp_seed": -1}, "cannot be built"),
    ],
)
def test_keywords_that_make_no_mdp_are_refused_with_a_sentence(kwargs: dict[str, object], words: str) -> None:
    env_id = "TabularMDP-v0" if "P" in kwargs else "Garnet-v0"
    with pytest.raises(EnvironmentRefused, match=words) as refused:
        check_environment(env_id, kwargs)
    assert refused.value.field == "kwargs"


def test_the_catalog_lists_them() -> None:
    listed = {row["id"]: row for row in catalog_rows()}
    assert set(IDS) <= set(listed)
    assert listed["Grid-v0"]["actions"]["names"] == ["left", "right", "up", "down"]
