"""Continuous actions: the sample is stored, the clipped one is executed, and a checkpoint replays it to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from rl_core.environments.lanes import StepResult
from rl_core.run.run import Run
from rl_core.types import Actions, BoolArray
from tests.rl_core.support import Left, run


def wide(env: str = "Pendulum-v1", algorithm: str = "ppo", **controls: Any) -> dict[str, Any]:
    """A policy whose samples often lie beyond the bounds."""
    sizes = {"n_steps": 24, "epochs": 2, "minibatches": 2} if algorithm == "ppo" else {}
    return {
        "algorithm": algorithm, "environment": {"id": env, "num_envs": 3}, "budget": {"updates": 9},
        "controls": {"log_sigma": 1.0, "hidden_size": 8} | sizes | controls,
    }  # fmt: skip


def executed(r: Run) -> list[Actions]:
    """What the environment receives from now on."""
    seen: list[Actions] = []
    step = r.lanes.step

    def listen(actions: Actions, active: BoolArray | None = None) -> StepResult:
        seen.append(np.array(actions))
        return step(actions, active)

    r.lanes.step = listen  # type: ignore[method-assign]
    return seen


@pytest.mark.parametrize("algorithm", ["ppo", "reinforce"])
def test_B_8_the_sample_is_stored_and_the_clipped_action_executed(algorithm: str) -> None:
    r = run(wide(algorithm=algorithm))
    seen = executed(r)
    b = r.source.collect(r.c)
    received = torch.from_numpy(np.stack(seen))
    assert received.dtype == torch.float32
    assert float(b.action_t.abs().max()) > 2.5
    assert bool((received == b.action_t.clamp(-2.0, 2.0)).all())
    mean, log_sigma = b.behaviour_t.chunk(2, -1)
    normal = torch.distributions.Normal(mean, log_sigma.exp())
    assert torch.allclose(b.log_prob_t, normal.log_prob(b.action_t).sum(-1), atol=1e-5)
    assert torch.allclose(log_sigma, torch.ones_like(log_sigma))


def test_samples_have_the_mean_and_spread_of_the_policy() -> None:
    r = run(wide(log_sigma=-0.5, n_steps=2000))
    b = r.source.collect(r.c)
    noise = (b.action_t - b.behaviour_t[..., :1]) / np.exp(-0.5)
    assert float(noise.mean()) == pytest.approx(0.0, abs=4 / 77)
    assert float(noise.std()) == pytest.approx(1.0, abs=0.04)


def test_ratio_is_1_at_epoch_0_in_float32() -> None:
    r = run(wide())
    for _ in range(3):
        b = r.source.collect(r.c)
        first = Left(r.learner.update(b, r.c, 0.0)).losses[0]
        assert float(first.log_ratio.detach().abs().max()) < 1e-5


@pytest.mark.parametrize("env", ["Pendulum-v1", "MountainCarContinuous-v0"])
def test_unfinished_episodes_replay_their_actions_to_the_bit(env: str) -> None:
    straight, resumed = run(wide(env)), run(wide(env))
    for _ in range(5):
        straight.advance()
    state = straight.state()
    assert max(len(lane["actions"]) for lane in state["source"]["unfinished"]) > 24
    resumed.restore(state)
    a, b = (r.source.collect(r.c) for r in (straight, resumed))
    for name in ("obs_t", "action_t", "reward_t", "log_prob_t", "episode_step_t"):
        assert bool((getattr(a, name) == getattr(b, name)).all()), name
