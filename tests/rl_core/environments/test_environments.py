"""The adapter, collection without joined episodes, and refusals with reasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch

from rl_core.collect.rollout import Collector
from rl_core.data.batch import Batch
from rl_core.environments.adapter import GymnasiumLanes
from rl_core.environments.make import EnvironmentRefused, check_environment, make_lanes
from rl_core.on_policy.estimate import Values
from rl_core.streams import Streams
from tests.rl_core.environments import tiny
from tests.rl_core.support import controls, network


@pytest.fixture
def tiny_id() -> Iterator[str]:
    with tiny.registered(tiny.ID, tiny.Tiny, max_episode_steps=tiny.LIMIT) as env_id:
        yield env_id


def test_adapter_lanes_are_gymnasiums_environment() -> None:
    lanes = GymnasiumLanes("Acrobot-v1", 2, {})
    envs = [gym.make("Acrobot-v1") for _ in range(2)]
    for k in range(2):
        assert (lanes.reset(k, 5 + k) == envs[k].reset(seed=5 + k)[0]).all()
    for actions in np.random.default_rng(0).integers(0, 3, (40, 2)):
        result = lanes.step(actions)
        for k in range(2):
            obs, reward, terminated, truncated, _ = envs[k].step(int(actions[k]))
            assert (obs == result.obs_tp1[k]).all()
            assert (reward, terminated, truncated) == (
                result.reward_t[k], result.terminated_t[k], result.truncated_t[k],
            )  # fmt: skip
    lanes.close()


def test_adapter_steps_only_active_lanes_and_shifts_the_first_action(tiny_id: str) -> None:
    lanes = GymnasiumLanes(tiny_id, 3, {"start": 4})
    for k in range(3):
        lanes.reset(k, k)
    result = lanes.step(np.array([0, 1, 1]), np.array([True, False, True]))
    assert result.obs_tp1[:, 1].tolist() == [1.0, 0.0, 1.0]
    lanes.close()


def test_discrete_observations_become_one_hot() -> None:
    lanes = make_lanes("FrozenLake-v1", 2, {})
    obs = lanes.reset(0, 0)
    assert obs.shape == (16,)
    assert obs.sum() == 1.0
    lanes.close()


# --- collection -------------------------------------------------------------------------------------------------------


def collect(tiny_id: str, mode: str, lanes: int = 3) -> list[Batch]:
    net = network(2, 2, controls("ppo"))
    collector = Collector(make_lanes(tiny_id, lanes, {}), net, Streams(0), 0.0)
    return [collector.segments(7) if mode == "segments" else collector.whole_episodes() for _ in range(4)]


def transitions(b: Batch) -> list[tuple[Any, ...]]:
    """(tag, step, action, reward, true successor's tag, its step, terminated, truncated) of each valid sample."""
    rows = []
    n = b.shape[1]
    cuts = {int(i): obs for i, obs in zip(b.cut_index, b.cut_obs, strict=True)}
    for t in range(b.shape[0]):
        for k in range(n):
            if b.valid_t is not None and not b.valid_t[t, k]:
                continue
            after = cuts.get(t * n + k, b.obs_t[t + 1, k])
            rows.append((*b.obs_t[t, k].tolist(), int(b.action_t[t, k]), float(b.reward_t[t, k]), *after.tolist(),
                         bool(b.terminated_t[t, k]), bool(b.truncated_t[t, k])))  # fmt: skip
    return rows


@pytest.mark.parametrize("mode", ["segments", "episodes"])
def test_no_stored_transition_joins_two_episodes(tiny_id: str, mode: str) -> None:
    rows = [row for b in collect(tiny_id, mode) for row in transitions(b)]
    kinds = set()
    for tag, step, action, reward, next_tag, next_step, terminated, truncated in rows:
        ends_by_choice = step == 2 and action == 1
        assert terminated == ends_by_choice
        assert truncated == (step == tiny.LIMIT - 1)
        assert reward == step + 1
        if not terminated:  # the successor of a terminated step is worth 0 and need not be stored
            assert (next_tag, next_step) == (tag, step + 1)
        kinds.add((terminated, truncated))
    assert kinds == {(False, False), (True, False), (False, True)}


@pytest.mark.parametrize("mode", ["segments", "episodes"])
def test_true_final_observation_is_what_bootstraps(tiny_id: str, mode: str) -> None:
    """With V(tag, step) = step the value of a truncated successor is LIMIT, never the 0 of the next reset."""
    seen = 0
    for b in collect(tiny_id, mode):
        v = Values.of(b.obs_t[..., 1], b.cut_obs[:, 1], b)
        at_limit = v.v_tp1[b.truncated_t if b.valid_t is None else b.truncated_t & b.valid_t]
        assert (at_limit == tiny.LIMIT).all()
        seen += len(at_limit)
    assert seen > 2


@pytest.mark.parametrize("mode", ["segments", "episodes"])
def test_ends_are_where_episodes_end_or_the_rollout_does(tiny_id: str, mode: str) -> None:
    for b in collect(tiny_id, mode):
        expected = b.terminated_t | b.truncated_t
        if b.valid_t is not None:
            expected = expected | ~b.valid_t
            assert int((b.end_t & b.valid_t).sum()) == b.shape[1]
        expected[-1] = True
        assert bool((b.end_t == expected).all())
        assert not bool((b.terminated_t & b.truncated_t).any())


@pytest.mark.parametrize("mode", ["segments", "episodes"])
def test_episode_index_and_results_are_those_of_the_episode(tiny_id: str, mode: str) -> None:
    batches = collect(tiny_id, mode)
    for b in batches:
        step = b.obs_t[:-1, :, 1].long()
        valid = torch.ones_like(step, dtype=torch.bool) if b.valid_t is None else b.valid_t
        assert bool((b.episode_step_t[valid] == step[valid]).all())
    episodes = [e for b in batches for e in b.episodes]
    assert [e.number for e in episodes] == list(range(1, len(episodes) + 1))
    assert {(e.length, e.ret) for e in episodes} == {(3, 6.0), (5, 15.0)}


def test_episodes_go_on_across_segments_and_start_afresh_between_whole_episodes(tiny_id: str) -> None:
    first, second = collect(tiny_id, "segments")[:2]
    assert bool((first.obs_t[-1] == second.obs_t[0]).all())
    assert bool((collect(tiny_id, "episodes")[1].obs_t[0, :, 1] == 0).all())


def test_every_episode_has_a_seed_of_its_own(tiny_id: str) -> None:
    tags = [row[0] for b in collect(tiny_id, "episodes") for row in transitions(b) if row[1] == 0]
    assert len(tags) == len(set(tags)) == 12


def test_stored_log_probabilities_are_those_of_the_stored_logits(tiny_id: str) -> None:
    for b in collect(tiny_id, "segments"):
        log_p = torch.log_softmax(b.behaviour_t, -1).gather(-1, b.action_t.unsqueeze(-1)).squeeze(-1)
        assert bool((b.log_prob_t == log_p).all())


def test_actions_are_sampled_from_the_policy() -> None:
    net = network(4, 2, controls("ppo", initialisation="zeros"))
    with torch.no_grad():
        net.actor.layers[-1].bias[1] = float(np.log(3.0))
    b = Collector(make_lanes("CartPole-v1", 16, {}), net, Streams(0), 0.0).segments(500)
    assert float(b.action_t.float().mean()) == pytest.approx(0.75, abs=0.02)


def test_batch_does_not_alias_the_environment() -> None:
    net = network(4, 2, controls("ppo"))
    collector = Collector(make_lanes("CartPole-v1", 2, {}), net, Streams(0), 0.0)
    b = collector.segments(20)
    before = [x.clone() for x in (b.obs_t, b.reward_t, b.action_t, b.cut_obs)]
    collector.segments(20)
    assert all(bool((x == y).all()) for x, y in zip(before, (b.obs_t, b.reward_t, b.action_t, b.cut_obs), strict=True))


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env_id", "kwargs", "parts", "near"),
    [
        ("CartPol-v1", {}, ["CartPol-v1", "Did you mean"], "CartPole-v1"),
        ("cartpole-v1", {}, ["cartpole-v1", "Did you mean"], "CartPole-v1"),
        ("CartPole", {}, ["not an environment id", "ends in a version"], None),
        ("os:CartPole-v1", {}, ["not an environment id", "Modules are not imported"], None),
        ("CartPole-v1", {"gravity": 3}, ["CartPole-v1", "takes no keyword 'gravity'", "sutton_barto_reward"], None),
        ("CartPole-v1", {"sutton_barto_reward": "x"}, ["sutton_barto_reward", "'x'", "like False"], None),
        ("Acrobot-v1", {"render_mode": "human"}, ["takes no keyword 'render_mode'"], None),
        ("FrozenLake-v1", {"is_slipery": True}, ["Did you mean is_slippery"], None),
        ("FrozenLake-v1", {"map_name": "zz"}, ["cannot be built", "zz"], None),
    ],
)
def test_refusal_says_what_was_found_and_what_to_do(
    env_id: str, kwargs: dict[str, Any], parts: list[str], near: str | None
) -> None:
    with pytest.raises(EnvironmentRefused) as refused:
        check_environment(env_id, kwargs)
    assert all(part in str(refused.value) for part in parts), str(refused.value)
    assert near is None or near in refused.value.did_you_mean


def test_environment_without_a_fixed_observation_size_is_refused() -> None:
    class Odd(tiny.Tiny):
        def __init__(self) -> None:
            super().__init__()
            self.observation_space = gym.spaces.Sequence(gym.spaces.Discrete(2))

    with (
        tiny.registered("PolicyscopeOdd-v0", Odd, disable_env_checker=True) as env_id,
        pytest.raises(EnvironmentRefused, match="no fixed size"),
    ):
        check_environment(env_id, {})


def test_environment_that_fails_while_it_is_built_is_refused_with_its_error() -> None:
    def broken() -> Any:
        raise RuntimeError("the assets are missing")

    with (
        tiny.registered("PolicyscopeBroken-v0", broken) as env_id,
        pytest.raises(EnvironmentRefused, match="the assets are missing"),
    ):
        check_environment(env_id, {})


def test_cartpole_with_keywords_goes_through_the_adapter() -> None:
    lanes = make_lanes("CartPole-v1", 1, {"sutton_barto_reward": True})
    assert isinstance(lanes, GymnasiumLanes)
    lanes.close()


class EndsTwice(tiny.Tiny):
    """Says at once that the episode is over and that its time is up."""

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        obs, reward, _, _, info = super().step(action)
        return obs, reward, self._step == 3, self._step == 3, info


def test_an_end_that_is_also_a_time_limit_is_an_end() -> None:
    """Nothing is bootstrapped there, and no successor is kept for it."""
    with tiny.registered("PolicyscopeEndsTwice-v0", EndsTwice) as env_id:
        c = controls("ppo")
        lanes = make_lanes(env_id, 2, {})
        b = Collector(lanes, network(lanes.info.obs_size, 2, c), Streams(0), 0.0).segments(7)
        lanes.close()
    assert b.terminated_t.sum(0).tolist() == [2, 2]
    assert not b.truncated_t.any()
    assert len(b.cut_index) == 0
