"""The adapter: Gymnasium's environments through it, odd spaces, and environments that break while they are used."""

from __future__ import annotations

import logging
import sys
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from rl_core.environments.adapter import EnvironmentFailed, GymnasiumLanes, describe
from rl_core.environments.known import known
from rl_core.environments.make import EnvironmentRefused, catalog_rows, check_environment, make_lanes
from rl_core.types import Actions, ActionSpace, Box
from tests.rl_core.environments import tiny

ID = "PolicyscopeOdd-v0"


def actions(space: ActionSpace, n: int, rng: np.random.Generator) -> Actions:
    """What a policy might send: inside the bounds, which may be infinite, and at them."""
    if not isinstance(space, Box):
        return rng.integers(0, space.n, n)
    low, high = (np.nan_to_num(np.array(b), posinf=2.0, neginf=-2.0) for b in (space.low, space.high))
    return rng.uniform(low, high, (n, space.size)).astype(np.float32)


@pytest.mark.parametrize("env_id", sorted(known()))
def test_declared_environments_are_what_gymnasium_builds_and_they_step_alike(env_id: str) -> None:
    """`known.toml` against the environment itself, and two lanes against two environments of Gymnasium's."""
    lanes, envs = GymnasiumLanes(env_id, 2, {}), [gym.make(env_id) for _ in range(2)]
    assert known()[env_id].obs_size == lanes.info.obs_size
    assert known()[env_id].actions == lanes.info.actions == describe(envs[0]).actions
    rng = np.random.default_rng(0)
    shrink = np.float32(1 / 255) if env_id == "CarRacing-v3" else np.float32(1)

    def flat(k: int, obs: Any) -> Any:
        return spaces.flatten(envs[k].observation_space, obs).astype(np.float32) * shrink

    for k in range(2):
        assert (lanes.reset(k, 5 + k) == flat(k, envs[k].reset(seed=5 + k)[0])).all()
    done = np.zeros(2, np.bool_)
    for _ in range(3 if env_id == "CarRacing-v3" else 20):
        drawn = actions(lanes.info.actions, 2, rng)
        result = lanes.step(drawn, ~done)
        for k in np.flatnonzero(~done):
            native = drawn[k] if isinstance(lanes.info.actions, Box) else int(drawn[k])
            obs, reward, terminated, truncated, _ = envs[k].step(native)
            assert (result.obs_tp1[k] == flat(k, obs)).all()
            assert result.reward_t[k] == np.float32(reward)
            assert (result.terminated_t[k], result.truncated_t[k]) == (terminated, truncated)
        done |= result.terminated_t | result.truncated_t
    lanes.close()


# --- odd spaces -------------------------------------------------------------------------------------------------------

NESTED = spaces.Dict({"a": spaces.Tuple((spaces.Discrete(3), spaces.Dict({"b": spaces.Box(-1, 1, (2, 2))}))),
                      "c": spaces.MultiBinary(4)})  # fmt: skip
REAL = spaces.Box(-1, 1, (3,), np.float32)
TWO = spaces.Discrete(2)
HUGE = np.finfo(np.float64).max / 4


class Odd(gym.Env[Any, Any]):
    """Samples its observations; an action that is not one of its space is an error."""

    def __init__(self, observation: Any = REAL, action: Any = TWO, reward: Any = 1.0, breaks_at: int = 10**9) -> None:
        self.observation_space, self.action_space = observation, action
        self._reward, self._breaks_at, self._step = reward, breaks_at, 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.observation_space.seed(seed)
        self._step = 0
        return self.observation_space.sample(), {}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action), action
        self._step += 1
        if self._step == self._breaks_at:
            raise ZeroDivisionError("the simulation exploded\nand more")
        return self.observation_space.sample(), self._reward, False, False, {}


def odd(**settings: Any) -> Any:
    return tiny.registered(ID, lambda: Odd(**settings), disable_env_checker=True)


@pytest.mark.parametrize(
    ("observation", "action", "size"),
    [
        (spaces.Box(0, 255, (84, 84, 4), np.uint8), TWO, 84 * 84 * 4),
        (NESTED, TWO, 3 + 4 + 4),
        (spaces.MultiBinary(4096), TWO, 4096),
        (spaces.MultiDiscrete([3, 4]), TWO, 7),
        (spaces.Text(5), TWO, 5),
        (spaces.Box(-HUGE, HUGE, (2,), np.float64), TWO, 2),
        (REAL, spaces.Discrete(3, start=-1), 3),
        (REAL, spaces.Box(-np.inf, np.inf, (2,), np.float64), 3),
        (REAL, spaces.Box(-0.1, 0.3, (2, 2), np.float64), 3),
        (REAL, spaces.Box(-0.1, 0.3, (1,), np.float32), 3),
    ],
)
def test_odd_spaces_work(observation: Any, action: Any, size: int) -> None:
    with odd(observation=observation, action=action), np.errstate(over="ignore"):
        lanes = make_lanes(ID, 2, {})
        assert lanes.info.obs_size == size
        rng = np.random.default_rng(0)
        for k in range(2):
            assert lanes.reset(k, k).shape == (size,)
        for _ in range(200):
            result = lanes.step(actions(lanes.info.actions, 2, rng))
            assert result.obs_tp1.shape == (2, size)
            assert result.obs_tp1.dtype == np.float32
        if isinstance(lanes.info.actions, Box):
            for bound in (lanes.info.actions.low, lanes.info.actions.high):
                lanes.step(np.array([bound, bound], np.float32))


@pytest.mark.parametrize(
    ("observation", "action", "parts"),
    [
        (spaces.Box(0, 255, (1024, 1024, 3), np.uint8), TWO, ["3,145,728 numbers", "at most 100,000", "wrapper"]),
        (spaces.Graph(REAL, TWO), TWO, ["Graph", "no fixed size"]),
        (spaces.Dict(x=spaces.Sequence(TWO)), TWO, ["Dict", "no fixed size"]),
        (spaces.Box(-1, 1, (0,)), TWO, ["no numbers"]),
        (REAL, spaces.Box(-1, 1, (0,)), ["action space Box", "Choose"]),
        (REAL, spaces.Box(0, 5, (2,), np.int64), ["action space Box", "real numbers"]),
        (REAL, spaces.MultiDiscrete([2, 2]), ["MultiDiscrete", "Discrete(n)"]),
        (REAL, spaces.Dict(a=TWO), ["action space Dict"]),
    ],
)
def test_spaces_that_nothing_here_fits_are_refused_before_the_start(
    observation: Any, action: Any, parts: list[str]
) -> None:
    with odd(observation=observation, action=action), pytest.raises(EnvironmentRefused) as refused:
        check_environment(ID, {})
    assert all(part in str(refused.value) for part in [ID, *parts]), str(refused.value)


def test_bytes_become_fractions() -> None:
    with odd(observation=spaces.Box(0, 255, (8, 8), np.uint8)):
        obs = make_lanes(ID, 1, {}).reset(0, 0)
    assert 0 <= obs.min() < 0.2
    assert 0.8 < obs.max() <= 1


@pytest.mark.parametrize(
    ("reward", "expected"), [(2, 2.0), (np.float32(0.5), 0.5), (np.array([3.0]), 3.0), (np.array(4), 4.0), (True, 1.0)]
)
def test_rewards_of_any_numeric_kind(reward: Any, expected: float) -> None:
    with odd(reward=reward):
        lanes = make_lanes(ID, 1, {})
        lanes.reset(0, 0)
        assert lanes.step(np.array([1])).reward_t.tolist() == [expected]


def test_nan_reward_arrives_as_nan() -> None:
    with odd(reward=float("nan")):
        lanes = make_lanes(ID, 1, {})
        lanes.reset(0, 0)
        assert np.isnan(lanes.step(np.array([1])).reward_t).all()


# --- environments that break ------------------------------------------------------------------------------------------


def test_environment_that_raises_is_named_with_its_step_and_seed() -> None:
    with odd(breaks_at=100):
        lanes = make_lanes(ID, 2, {})
        for k in range(2):
            lanes.reset(k, 40 + k)
        for _ in range(30):
            lanes.step(np.array([0, 0]))
        lanes.reset(0, 42)
        with pytest.raises(EnvironmentFailed) as failed:
            for _ in range(100):
                lanes.step(np.array([0, 0]))
    text = "failed in step 100 of an episode (seed 41): ZeroDivisionError: the simulation exploded"
    assert str(failed.value) == f"{ID} {text}"


@pytest.mark.parametrize("reward", [None, "much", np.array([1.0, 2.0])])
def test_reward_that_is_no_number_is_a_failure_of_the_environment(reward: Any) -> None:
    with odd(reward=reward):
        lanes = make_lanes(ID, 1, {})
        lanes.reset(0, 7)
        with pytest.raises(EnvironmentFailed, match=r"step 1 of an episode \(seed 7\)"):
            lanes.step(np.array([1]))


def test_observation_of_another_size_is_a_failure_and_not_broadcast() -> None:
    class Shrinks(Odd):
        def reset(self, **settings: Any) -> tuple[Any, dict[str, Any]]:
            return np.zeros(1, np.float32), {}

    with tiny.registered(ID, Shrinks, disable_env_checker=True), pytest.raises(EnvironmentFailed) as failed:
        make_lanes(ID, 1, {}).reset(0, 3)
    assert "failed in the reset of an episode (seed 3)" in str(failed.value)
    assert "1 numbers came; its space has 3" in str(failed.value)


# --- extras and noise -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env_id", "extra", "module", "package"),
    [
        ("LunarLander-v3", "box2d", "Box2D", "gymnasium.envs.box2d"),
        ("Hopper-v5", "mujoco", "mujoco", "gymnasium.envs.mujoco"),
    ],
)
def test_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, env_id: str, extra: str, module: str, package: str
) -> None:
    for name in [name for name in sys.modules if name.startswith(package)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(EnvironmentRefused, match=rf"pip install 'policyscope\[{extra}\]'"):
        check_environment(env_id, {})
    rows = {row["id"]: row for row in catalog_rows()}
    assert (rows["LunarLander-v3"]["available"], rows["LunarLander-v3"]["needs"]) == (
        (False, "box2d") if extra == "box2d" else (True, None)
    )


def test_mujocos_messages_go_to_the_log(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its model files are deprecated in parts; without a handler that is written to stderr and MUJOCO_LOG.TXT."""
    monkeypatch.chdir(tmp_path)
    with caplog.at_level(logging.DEBUG, "policyscope.mujoco"):
        GymnasiumLanes("HalfCheetah-v5", 1, {}).close()
    assert any("deprecated" in record.message for record in caplog.records)
    assert capfd.readouterr() == ("", "")
    assert not list(tmp_path.iterdir())


def test_listing_builds_nothing_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def build(env_id: str, kwargs: dict[str, Any]) -> gym.Env[Any, Any]:
        built.append(env_id)
        return gym.make(env_id, **kwargs)

    monkeypatch.setattr("rl_core.environments.make.build", build)
    with tiny.registered(tiny.ID, tiny.Tiny):
        ids = [row["id"] for row in catalog_rows()]
    assert built == [tiny.ID]
    assert {tiny.ID, "CartPole-v1", "LunarLander-v3"} <= set(ids)


def test_id_registered_anew_is_not_taken_for_gymnasiums_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(gym.registry, "Taxi-v4", gym.spec("Taxi-v4"))
    with pytest.warns(UserWarning, match="Overriding"):
        gym.register("Taxi-v4", entry_point=lambda: tiny.Tiny())
    row = next(row for row in catalog_rows() if row["id"] == "Taxi-v4")
    assert row["observation"] == {"shape": [2]}
    assert row["actions"]["names"] == ["action 0", "action 1"]
