"""Every array environment against the installed Gymnasium's of the same id: equal bit for bit, lane by lane."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import rl_core.environments.make  # noqa: F401, imports every environment
from rl_core.environments.lanes import array_environments
from rl_core.environments.state_lanes import StateLanes
from rl_core.streams import Streams
from rl_core.types import Actions, Box

IDS = sorted(set(array_environments) & set(gym.registry))
CUSTOMARY_BAR = {"Pendulum-v1": -200.0}  # Gymnasium names none
LANES = 4


def random_actions(env_id: str, rng: np.random.Generator, n: int = LANES) -> Actions:
    """Inside the bounds, at both bounds, beyond them, and zero."""
    space = array_environments[env_id].info.actions
    if not isinstance(space, Box):
        return rng.integers(0, space.n, n)
    low, high = np.array(space.low), np.array(space.high)
    drawn = rng.uniform(1.5 * low, 1.5 * high, (n, space.size))
    drawn[rng.random(n) < 0.1] = low
    drawn[rng.random(n) < 0.1] = high
    drawn[rng.random(n) < 0.05] = 0.0
    return drawn.astype(np.float32)


def skilled(env_id: str, obs: Any) -> Any:
    """A controller by hand that reaches what chance does not: the goal, or for CartPole the time limit."""
    if env_id == "CartPole-v1":
        return int(obs[2] + 0.5 * obs[3] + 0.05 * obs[0] + 0.1 * obs[1] > 0)
    if env_id == "Acrobot-v1":
        return 2 if obs[4] < 0 else 0  # torque against the first link's swing
    if env_id == "MountainCar-v0":
        return 2 if obs[1] >= 0 else 0
    if env_id == "MountainCarContinuous-v0":
        return np.array([1.0 if obs[1] >= 0 else -1.0], np.float32)
    return np.array([np.clip(2 * obs[2] * obs[0] - 8 * obs[1], -2, 2)], np.float32)


def as_gymnasium_takes_it(action: Any) -> Any:
    return action if isinstance(action, np.ndarray) else int(action)


@pytest.mark.parametrize("env_id", IDS)
def test_lanes_are_gymnasiums_step_for_step(env_id: str) -> None:
    """10,000 steps through every reset: random actions in two lanes, and a controller that reaches the other end."""
    lanes, envs = array_environments[env_id](LANES), [gym.make(env_id) for _ in range(LANES)]
    rng, streams = np.random.default_rng(0), Streams(7)
    episode, ends, obs = [0] * LANES, {"terminated": 0, "truncated": 0}, [np.zeros(0, np.float32)] * LANES

    def begin(k: int) -> None:
        seed = streams.episode_seed(k, episode[k])
        episode[k] += 1
        obs[k] = envs[k].reset(seed=seed)[0]
        assert_same(lanes.reset(k, seed), obs[k])

    for k in range(LANES):
        begin(k)
    for _ in range(10_000 // LANES):
        actions = random_actions(env_id, rng)
        for k in (2, 3):
            actions[k] = skilled(env_id, obs[k])
        result = lanes.step(actions)
        for k in range(LANES):
            obs[k], reward, terminated, truncated, _ = envs[k].step(as_gymnasium_takes_it(actions[k]))
            assert_same(result.obs_tp1[k], obs[k])
            assert_same(np.array(lanes.render_state(k)), np.array(envs[k].unwrapped.state, np.float64))  # type: ignore[attr-defined]
            assert result.reward_t[k] == np.float32(reward)
            assert (result.terminated_t[k], result.truncated_t[k]) == (terminated, truncated)
            ends["terminated"] += int(terminated)
            ends["truncated"] += int(truncated)
            if terminated or truncated:
                begin(k)
    assert ends["truncated"] > 1
    assert (ends["terminated"] > 5) == (env_id != "Pendulum-v1")


def assert_same(ours: Any, theirs: Any) -> None:
    assert ours.dtype == theirs.dtype
    assert ours.tobytes() == theirs.tobytes(), (ours, theirs)


@pytest.mark.parametrize("env_id", IDS)
def test_declares_what_gymnasium_registers(env_id: str) -> None:
    info, spec, env = array_environments[env_id].info, gym.spec(env_id), gym.make(env_id)
    assert info.max_episode_steps == spec.max_episode_steps
    assert info.solved_at == (spec.reward_threshold or CUSTOMARY_BAR.get(env_id))
    assert (info.obs_size,) == env.observation_space.shape
    if isinstance(info.actions, Box):
        assert isinstance(env.action_space, gym.spaces.Box)
        assert (info.actions.low, info.actions.high) == (
            tuple(env.action_space.low.tolist()), tuple(env.action_space.high.tolist()),
        )  # fmt: skip
        assert (info.actions.size,) == env.action_space.shape
    else:
        assert info.actions.n == env.action_space.n  # type: ignore[attr-defined]


@pytest.mark.parametrize("env_id", IDS)
def test_step_lane_is_step_of_that_lane(env_id: str) -> None:
    """A replay of one lane's actions from its seed, as a checkpoint does it, ends in the same state."""
    whole, one = (array_environments[env_id](LANES) for _ in range(2))
    rng = np.random.default_rng(3)
    for k in range(LANES):
        assert_same(whole.reset(k, 11 + k), one.reset(k, 11 + k))
    for _ in range(60):
        actions = random_actions(env_id, rng)
        assert_same(one.step_lane(1, actions[1].tolist()), whole.step(actions).obs_tp1[1])
        assert one.render_state(1) == whole.render_state(1)


@pytest.mark.parametrize("env_id", IDS)
def test_a_lane_depends_on_no_other_lane(env_id: str) -> None:
    """An active lane steps alike whatever the others do, long past their ends too."""
    among, alone = array_environments[env_id](LANES), array_environments[env_id](1)
    rng, active = np.random.default_rng(4), np.array([False, False, True, False])
    for k in range(LANES):
        among.reset(k, 20 + k)
    alone.reset(0, 22)
    for step in range(1200):
        actions = random_actions(env_id, rng)
        result, expected = among.step(actions, active), alone.step(actions[2:3])
        for ours, theirs in zip(result, expected, strict=True):
            assert_same(ours[2], theirs[0])
        if expected.terminated_t[0] or expected.truncated_t[0]:
            assert_same(among.reset(2, step), alone.reset(0, step))


@pytest.mark.parametrize("env_id", IDS)
def test_the_same_seed_begins_the_same_episode_in_any_lane(env_id: str) -> None:
    lanes = array_environments[env_id](3)
    first = lanes.reset(0, 5)
    assert_same(lanes.reset(2, 5), first)
    assert lanes.reset(1, 6).tobytes() != first.tobytes()


@pytest.mark.parametrize("env_id", IDS)
def test_a_step_leaves_what_earlier_steps_returned(env_id: str) -> None:
    lanes, rng = array_environments[env_id](2), np.random.default_rng(0)
    results = []
    for k in range(2):
        lanes.reset(k, k)
    for _ in range(5):
        result = lanes.step(random_actions(env_id, rng, 2))
        results.append((result, [field.copy() for field in result]))
    for result, copies in results:
        for field, copy in zip(result, copies, strict=True):
            assert_same(field, copy)


@pytest.mark.parametrize("env_id", IDS)
def test_renderer_and_names_are_declared(env_id: str) -> None:
    cls = array_environments[env_id]
    lanes = cls(1)
    lanes.reset(0, 0)
    assert issubclass(cls, StateLanes)
    assert cls.info.renderer in {"cartpole", "acrobot", "mountaincar", "pendulum"}
    assert len(lanes.render_state(0)) == cls.state_size
    assert len(set(cls.info.actions.names)) == len(cls.info.actions.names)
