"""Recorded episodes: what a document says, that it can be played again, and that what cannot be drawn is said."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from PIL import Image

import rl_core.evaluate.camera as camera_file
import rl_core.evaluate.recorded_lane
from rl_core.evaluate.camera import Camera, jpeg
from rl_core.evaluate.recorded_lane import record_lane
from rl_core.evaluate.recording import Job, play, record
from rl_core.evaluate.schedule import following
from rl_core.journal.episodes import PICTURE_BYTES, EpisodeFolder, read_document, read_picture
from tests.rl_core.environments import tiny
from tests.rl_core.evaluate.players import role
from tests.rl_core.support import SMALL_REINFORCE

STEPS = ("reward", "value", "advantage", "log_prob", "action", "action_probs")


@pytest.fixture(autouse=True)
def _no_alarm() -> Iterator[None]:
    """A recording ends its process when it takes too long; this process is the tests'."""
    yield
    signal.alarm(0)


def played(env: str = "CartPole-v1", seed: int = 5, updates: int = 0, **controls: Any) -> dict[str, Any]:
    who = role(env, updates, **controls)
    return play(who, record_lane(who.config.environment, keep=True), seed)


def recorded(folder: Path, env: str, **job: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    record(role(env), Job("request", **job), EpisodeFolder(folder / "episodes"), 1, told.append)
    return told


def test_states_are_those_that_gymnasium_comes_to_with_the_same_actions() -> None:
    episode = played(updates=2)
    env = gym.make("CartPole-v1").unwrapped
    env.reset(seed=0)
    states = episode["view"]["states"]
    env.state = np.array(states[0])  # type: ignore[attr-defined]
    for action, expected in zip(episode["steps"]["action"], states[1:], strict=True):
        env.step(action)
        np.testing.assert_allclose(env.state, expected, rtol=1e-9)  # type: ignore[attr-defined]
    assert episode["terminated"] != episode["truncated"]


def test_numbers_of_a_step_belong_together() -> None:
    episode = played(updates=2, gae_lambda=1.0, advantage_norm="none", gamma=0.9)
    steps, length = episode["steps"], episode["length"]
    assert {len(steps[name]) for name in STEPS} == {length} == {len(episode["view"]["states"]) - 1}
    assert episode["return"] == sum(steps["reward"]) == length
    for log_prob, action, probs in zip(steps["log_prob"], steps["action"], steps["action_probs"], strict=True):
        assert sum(probs) == pytest.approx(1, abs=1e-6)
        assert np.exp(log_prob) == pytest.approx(probs[action], rel=1e-5)
    assert episode["terminated"]  # so that lambda = 1 makes the advantage the return-to-go less V
    to_go = 0.0
    for reward, value, advantage in zip(*(reversed(steps[n]) for n in STEPS[:3]), strict=True):
        to_go = reward + 0.9 * to_go
        assert advantage == pytest.approx(to_go - value, abs=1e-4)


def test_controls_in_force_shape_the_advantage() -> None:
    plain = played(advantage_norm="none")["steps"]["advantage"]
    normalised = played(advantage_norm="batch")["steps"]["advantage"]
    assert np.mean(normalised) == pytest.approx(0, abs=1e-5)
    assert abs(np.mean(plain)) > 0.01


def test_the_same_seed_and_parameters_play_the_same_episode() -> None:
    assert played(updates=1) == played(updates=1)
    assert played(seed=6, updates=1) != played(seed=5, updates=1)
    assert played(updates=1)["steps"] != played(updates=2)["steps"]


def test_without_a_critic_there_is_no_value() -> None:
    steps = played(base=SMALL_REINFORCE, critic="none", baseline="none")["steps"]
    assert set(steps["value"]) == {None}
    assert all(isinstance(x, float) for x in steps["advantage"])


def test_a_request_of_several_episodes_is_written_and_told_one_by_one(tmp_path: Path) -> None:
    told = recorded(tmp_path, "CartPole-v1", episodes=3, seed=7)
    assert [(line["n"], line["seed"], line["view"]) for line in told] == [
        (1, 7, "state"),
        (2, 8, "state"),
        (3, 9, "state"),
    ]
    for line in told:
        document = read_document(tmp_path, line["n"])
        assert document is not None
        assert {name: document[name] for name in line if name != "view"} == {
            n: v for n, v in line.items() if n != "view"
        }
    assert read_document(tmp_path, 4) is None
    assert not list((tmp_path / "episodes").glob("*.draft"))


def test_a_seed_that_was_not_asked_for_depends_on_run_and_number() -> None:
    seeds = {Job("schedule").seed_of(0, run, n) for run in (0, 1) for n in (1, 2)}
    assert len(seeds) == 4
    assert max(seeds) < 2**53  # a browser can read it


def test_schedule_is_that_of_gymnasium() -> None:
    def capped_cubic(u: int) -> bool:
        """As Gymnasium writes it; its own needs a film library to be imported."""
        return round(u ** (1.0 / 3)) ** 3 == u if u < 1000 else u % 1000 == 0

    expected = [u for u in range(1, 4001) if capped_cubic(u)]
    found = [following(0)]
    while found[-1] < 4000:
        found.append(following(found[-1]))
    assert found == expected
    assert all(following(u) > u for u in range(3000))


def test_pictures_where_the_browser_cannot_draw(tmp_path: Path) -> None:
    (told,) = recorded(tmp_path, "FrozenLake-v1", seed=3)
    document = read_document(tmp_path, 1)
    assert document is not None
    assert told["view"] == "images"
    assert document["view"] == {"kind": "images", "frames": told["length"] + 1, "every": 1}
    pictures = [read_picture(tmp_path, 1, k) for k in range(told["length"] + 1)]
    for picture in pictures:
        assert picture is not None
        assert len(picture) <= PICTURE_BYTES
        with Image.open(io.BytesIO(picture)) as image:
            assert image.format == "JPEG"
            assert max(image.size) <= 640
    assert len(set(pictures)) > 1
    assert read_picture(tmp_path, 1, told["length"] + 1) is None
    assert read_picture(tmp_path, 1, -1) is None
    assert read_picture(tmp_path, 2, 0) is None


def test_an_environment_that_cannot_be_drawn_is_recorded_without_pictures(tmp_path: Path) -> None:
    with tiny.registered(tiny.ID, tiny.Tiny, max_episode_steps=tiny.LIMIT) as env:
        (told,) = recorded(tmp_path, env)
    document = read_document(tmp_path, 1)
    assert document is not None
    assert told["view"] == document["view"]["kind"] == "none"
    assert document["view"]["reason"].startswith("No pictures: ")


def test_an_episode_without_an_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rl_core.evaluate.recorded_lane, "MAX_STEPS", 7)
    with tiny.registered(tiny.ID, Endless) as env:
        episode = played(env)
    assert (episode["length"], episode["terminated"], episode["truncated"]) == (7, False, True)


class Endless(tiny.Tiny):
    """Nothing ends it."""

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        obs, reward, _, _, info = super().step(action)
        return obs, reward, False, False, info


def test_a_renderer_that_fails_or_costs_too_much_ends_the_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    grey = np.full((40, 60, 3), 128, np.uint8)
    broken = Camera(lambda: 1 / 0, 10)  # type: ignore[arg-type, return-value]
    assert broken.take() == b""
    assert broken.failure == "No pictures: ZeroDivisionError: division by zero."
    monkeypatch.setattr(camera_file, "EPISODE_BYTES", 2000)
    large = Camera(lambda: grey, 10)
    while large.failure is None:
        large.take()
    assert "more than" in large.failure
    absent = Camera(lambda: None, 10)
    absent.take()
    assert absent.failure == "No pictures: the environment's render() returned nothing."


def test_slow_drawing_draws_fewer_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr(camera_file.time, "perf_counter", lambda: float(next(clock)))
    shots = iter(np.arange(100, dtype=np.uint8))
    camera = Camera(lambda: np.full((8, 8, 3), next(shots), np.uint8), steps=90)  # one second each: 30 of 90
    taken = [camera.take() for _ in range(13)]
    assert camera.every == 3
    assert [a is b for a, b in zip(taken[1:], taken, strict=False)][2:] == [False, True, True] * 3 + [False]


def test_a_picture_is_made_to_fit() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (900, 1200, 3), dtype=np.uint8)
    assert len(jpeg(noise)) <= PICTURE_BYTES
    with Image.open(io.BytesIO(jpeg(np.zeros((900, 1200, 3), np.uint8)))) as image:
        assert image.size == (640, 480)
