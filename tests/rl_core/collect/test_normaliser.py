"""Running statistics against NumPy over all data at once; what is stored, shown, shared and left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from rl_core.collect.normaliser import LIMIT, Moments, NormalisationControls, Normaliser
from tests.rl_core.support import Left, run

PENDULUM: dict[str, Any] = {
    "algorithm": "ppo",
    "environment": {"id": "Pendulum-v1", "num_envs": 3},
    "controls": {"n_steps": 64, "epochs": 1, "minibatches": 1, "hidden_size": 8},
    "budget": {"updates": 20},
}


def body(**controls: Any) -> dict[str, Any]:
    return PENDULUM | {"controls": PENDULUM["controls"] | controls}


def normaliser(d: int = 3, lanes: int = 2, gamma: float = 0.9, **modes: Any) -> Normaliser:
    made = Normaliser(d, lanes)
    made.follow(NormalisationControls(**modes), gamma)
    return made


def test_merged_moments_are_those_of_all_rows() -> None:
    rng, moments = np.random.default_rng(0), Moments.none(3)
    parts = [rng.normal([1e6, -3, 0], [1e-2, 5, 1e3], (n, 3)) for n in (1, 7, 0, 400, 30)]
    for part in parts:
        moments.merge(part)
    every = np.concatenate(parts)
    assert moments.count == len(every)
    assert np.allclose(moments.mean, every.mean(0), rtol=1e-12)
    assert np.allclose(moments.variance, every.var(0), rtol=1e-6)


def test_observations_pass_until_there_are_statistics_and_are_clipped_after() -> None:
    n, rng = normaliser(normalise_obs="running"), np.random.default_rng(1)
    x = rng.normal(5, 3, (200, 3)).astype(np.float32)
    assert n.obs(x) is x
    n.learn_obs(x)
    assert np.allclose(n.obs(x), (x - x.mean(0)) / x.std(0), atol=1e-4)
    assert n.obs(np.full((1, 3), 1e6, np.float32)).tolist() == [[LIMIT] * 3]
    n.follow(NormalisationControls(normalise_obs="off"), 0.9)
    assert n.obs(x) is x


def test_frozen_statistics_rest() -> None:
    n, x = normaliser(normalise_obs="running"), np.arange(12, dtype=np.float32).reshape(4, 3)
    n.learn_obs(x)
    seen = n.obs(x).copy()
    n.rest()
    n.learn_obs(100 * x)
    assert (n.obs(x) == seen).all()
    assert n.obs_mode == "frozen"


def test_rewards_are_divided_by_the_spread_of_discounted_returns() -> None:
    n, rng = normaliser(normalise_reward="running"), np.random.default_rng(2)
    r_t = rng.normal(-4, 2, (50, 2)).astype(np.float32)
    ends = rng.random((50, 2)) < 0.1
    returns, running = [], np.zeros(2)
    for reward, end in zip(r_t, ends, strict=True):
        running = 0.9 * running + reward
        returns.append(running)
        running = np.where(end, 0, running)
    first = n.rewards(r_t[:20], ends[:20], None)
    assert np.allclose(first, np.clip(r_t[:20] / np.std(returns[:20]), -LIMIT, LIMIT), rtol=1e-5)
    second = n.rewards(r_t[20:], ends[20:], None)  # the sums go on where the first rollout left them
    assert np.allclose(second, np.clip(r_t[20:] / np.std(returns), -LIMIT, LIMIT), rtol=1e-5)


def test_padding_counts_for_nothing() -> None:
    n, valid = normaliser(normalise_reward="running"), np.array([[True, True], [True, False]])
    n.rewards(np.array([[1, 2], [3, 1e9]], np.float32), np.array([[False, True], [True, False]]), valid)
    assert n.vector[-3:].tolist() == pytest.approx([3, np.mean([1, 2, 3.9]), 3 * np.var([1, 2, 3.9])])


def test_vector_makes_another_normaliser_see_the_same() -> None:
    a, b = normaliser(normalise_obs="running", normalise_reward="running"), normaliser()
    x = np.random.default_rng(3).normal(2, 7, (40, 3)).astype(np.float32)
    a.learn_obs(x)
    a.rewards(x[:, :2], x[:, :2] > 1e9, None)
    b.load(a.vector)
    assert (a.obs(x) == b.obs(x)).all()
    assert (a.vector == b.vector).all()
    assert len(a.vector) == 2 * 3 + 6


# --- in a run ---------------------------------------------------------------------------------------------------------


def test_batch_holds_what_the_policy_acted_on_and_episodes_what_the_environment_paid() -> None:
    settings = {"normalise_obs": "running", "normalise_reward": "running"}
    scaled, plain = run(body(**settings)), run(body())
    raw = plain.source.collect(plain.c)
    first = scaled.source.collect(scaled.c)
    assert bool((first.obs_t == raw.obs_t).all())  # no statistics yet
    x = raw.obs_t[:-1].reshape(-1, 3).numpy().astype(np.float64)
    assert first.renormalised_t is not None
    by_hand = np.clip((raw.obs_t[:-1].numpy() - x.mean(0)) / np.sqrt(x.var(0) + 1e-8), -10, 10)
    assert np.allclose(first.renormalised_t.numpy(), by_hand, atol=1e-4)
    assert float(first.reward_t.abs().max()) < float(raw.reward_t.abs().max())
    mean = scaled.source.collect(scaled.c).obs_t.mean((0, 1))
    assert float(mean.abs().max()) < 3
    ended = [e for _ in range(4) for e in scaled.source.collect(scaled.c).episodes]
    assert ended
    assert all(-2000 < e.ret < -100 for e in ended)
    assert raw.renormalised_t is None


def test_edit_turns_it_on_and_freezes_it() -> None:
    r = run(body())
    r.advance()
    r.edit({"normalise_obs": "running"})
    r.advance()
    vector = r.source.rollout.normaliser.vector
    assert vector[2] == 3 * 64
    r.edit({"normalise_obs": "frozen"})
    r.advance()
    assert (r.source.rollout.normaliser.vector[2:] == vector[2:]).all()


def test_ratio_is_1_at_epoch_0_and_understudy_plays_by_the_same_statistics() -> None:
    from rl_core.evaluate.policy_copy import PolicyCopy
    from rl_core.evaluate.recorded_lane import record_lane

    r = run(body(normalise_obs="running", normalise_reward="running"))
    for _ in range(3):
        r.advance()
    b = r.source.collect(r.c)
    assert float(Left(r.learner.update(b, r.c, 0.0)).losses[0].log_ratio.detach().abs().max()) < 1e-4
    understudy = PolicyCopy(r.snapshot(), record_lane(r.config.environment, keep=True), seed=5)
    played, _ = understudy.play()
    mean, _ = played.behaviour_t.chunk(2, -1)
    again = r.learner.net.policy(played.obs_t[:-1]).params.chunk(2, -1)[0]
    assert torch.allclose(mean, again, atol=1e-5)
    assert abs(float(played.obs_t[..., 2].mean())) < 3  # the speed, scaled
    before = understudy._rollout.normaliser.vector.copy()
    understudy.play()
    assert (understudy._rollout.normaliser.vector == before).all()
