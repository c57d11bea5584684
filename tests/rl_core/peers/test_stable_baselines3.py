"""One batch and one set of weights in stable-baselines3 and here: advantages, losses, and parameters after a step."""

from __future__ import annotations

from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import sb3_contrib.trpo.trpo
import torch
from stable_baselines3 import A2C, PPO

from rl_core.estimators.advantages import gae
from rl_core.estimators.kl import k3
from rl_core.estimators.returns import reward_to_go
from rl_core.networks.actor_critic import ActorCritic
from tests.rl_core.estimators.naive import random_segment
from tests.rl_core.peers.peer import GAMMA, HIDDEN, LAMBDA, LANES, STEPS, DoubleBuffer, Peer
from tests.rl_core.support import BOX, close, controls, learner

pytestmark = pytest.mark.usefixtures("float64")

THREE, PLANE = gym.spaces.Discrete(3), gym.spaces.Box(-1.0, 1.0, (2,), np.float32)
TOLERANCE = 1e-12  # of a parameter; in float64 both do the same arithmetic in another order
RATE, VALUE, ENTROPY, CLIP = 0.1, 0.7, 0.03, 0.2
CASES = [(norm, limit) for norm in (False, True) for limit in (0.0, 0.3)]


# --- returns and advantages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("lambda_", [0.0, 0.5, 0.95, 1.0])
def test_advantages_and_returns_are_those_of_its_rollout_buffer(seed: int, lambda_: float) -> None:
    """With terminations, truncations whose bootstrap it adds to the reward, and the rollout's edge."""
    s = random_segment(seed)
    (steps, lanes), done = s.r.shape, s.end.clone()
    last = torch.rand(lanes, generator=torch.Generator().manual_seed(seed)) < 0.5
    done[-1] = s.terminated[-1] | last
    cut = done & ~s.terminated
    assert s.terminated.any()
    assert cut.any()
    buffer = DoubleBuffer(steps, PLANE, THREE, "cpu", lambda_, GAMMA, lanes)
    buffer.rewards[:] = (s.r + GAMMA * s.v_next * cut).numpy()
    buffer.values[:] = s.v.numpy()
    buffer.episode_starts[1:] = done[:-1].numpy()
    buffer.compute_returns_and_advantage(s.v_next[-1], done[-1].numpy())
    ours = gae(*s.args(), GAMMA, lambda_)
    assert close(ours, torch.from_numpy(buffer.advantages), 1e-12)
    assert close(ours + s.v, torch.from_numpy(buffer.returns), 1e-12)
    if lambda_ == 1.0:
        assert close(reward_to_go(s.r, s.v_next, s.terminated, s.end, GAMMA), torch.from_numpy(buffer.returns), 1e-12)


# --- a step of each ---------------------------------------------------------------------------------------------------


def pair(
    name: str, space: Any, shared: bool, norm: bool, limit: float, epochs: int = 1, **peer: Any
) -> tuple[Any, ...]:
    """The peer with a rollout, and the same settings as our controls."""
    own = {"normalize_advantage": norm, "max_grad_norm": limit or 1e9, "vf_coef": VALUE, "ent_coef": ENTROPY,
           "learning_rate": RATE, "policy": {"optimizer_class": torch.optim.SGD}} | peer  # fmt: skip
    own |= {"n_epochs": epochs, "batch_size": STEPS * LANES, "clip_range": CLIP} if name == "ppo" else {}
    theirs = Peer({"ppo": PPO, "a2c": A2C}[name], space, shared, **own)
    c = controls(
        name, critic="v", trunk="shared" if shared else "separate", hidden_size=HIDDEN, gamma=GAMMA, gae_lambda=LAMBDA,
        advantage_norm="batch" if norm else "none", norm_ddof=1, max_grad_norm=limit, value_coef=VALUE,
        entropy_coef=ENTROPY, learning_rate=RATE, optimiser="sgd", return_kind="gae", critic_target="lambda",
        **({"epochs": epochs, "minibatches": 1, "clip": CLIP} if name == "ppo" else {}),
    )  # fmt: skip
    return theirs, c


def joined(theirs: Peer, name: str, c: Any, space: Any) -> tuple[Any, Any]:
    """Our learner with the peer's weights, and the peer's rollout."""
    actions = BOX if space is PLANE else None

    def params(obs: torch.Tensor) -> torch.Tensor:
        net: ActorCritic = fit.net
        return net.policy(obs).params

    sizes = theirs.batch(lambda obs: torch.zeros(*obs.shape[:-1], 3))
    fit = learner(name, c, sizes, actions=actions)
    theirs.copy_into(fit.net)
    assert theirs.difference(fit.net) == 0.0
    return fit, theirs.batch(params)


@pytest.mark.parametrize(("norm", "limit"), CASES)
@pytest.mark.parametrize("shared", [False, True], ids=["separate", "shared"])
@pytest.mark.parametrize("space", [THREE, PLANE], ids=["discrete", "box"])
@pytest.mark.parametrize("name", ["ppo", "a2c"])
def test_one_full_batch_step_ends_at_the_same_parameters(
    name: str, space: Any, shared: bool, norm: bool, limit: float
) -> None:
    theirs, c = pair(name, space, shared, norm, limit)
    fit, b = joined(theirs, name, c, space)
    assert b.terminated_t.any()
    assert len(b.cut_index)
    trace = fit.update(b, c, 0.0)
    moved = theirs.difference(fit.net)
    theirs.model.train()
    assert theirs.difference(fit.net) < TOLERANCE
    assert moved > 1e-3
    assert limit == 0 or float(trace.norms[0]) > limit


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("space", [THREE, PLANE], ids=["discrete", "box"])
def test_ppo_losses_and_steps_agree_where_ratios_are_clipped(space: Any, norm: bool) -> None:
    """Old log-probabilities moved at random; three epochs: the losses it logs, what it calls the KL, the parameters."""
    theirs, c = pair("ppo", space, False, norm, 0.3, epochs=3)
    theirs.move_old_log_probs(0.4)
    fit, b = joined(theirs, "ppo", c, space)
    trace = fit.update(b, c, 0.0)
    theirs.model.train()
    assert theirs.difference(fit.net) < TOLERANCE
    log = theirs.model.logger.name_to_value
    log_rho = torch.stack([x.log_ratio.detach() for x in trace.losses])
    terms = {k: float(torch.stack([x.terms[k].detach() for x in trace.losses]).mean()) for k in trace.losses[0].terms}
    outside = float(((log_rho.exp() - 1).abs() > CLIP).double().mean())
    assert outside > 0.2
    assert log["train/clip_fraction"] == pytest.approx(outside, abs=1e-6)
    assert log["train/policy_gradient_loss"] == pytest.approx(terms["policy"], abs=1e-12)
    assert log["train/value_loss"] == pytest.approx(terms["value"] / VALUE, abs=1e-12)
    assert log["train/entropy_loss"] == pytest.approx(terms["entropy"] / ENTROPY, abs=1e-12)
    assert log["train/approx_kl"] == pytest.approx(float(k3(log_rho[-1]).mean()), abs=1e-12)


@pytest.mark.parametrize("optimiser", ["adam", "rmsprop"])
def test_its_optimisers_step_as_ours(optimiser: str) -> None:
    """Adam and RMSprop with its 1e-5 beside the root, over three steps of PPO."""
    kind = {"adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop}[optimiser]
    policy = {"policy": {"optimizer_class": kind, "optimizer_kwargs": {"eps": 1e-5}}}
    theirs, c = pair("ppo", THREE, False, True, 0.5, epochs=3, learning_rate=0.01, **policy)
    c = type(c).model_validate(c.model_dump() | {"optimiser": optimiser, "learning_rate": 0.01})
    fit, b = joined(theirs, "ppo", c, THREE)
    fit.update(b, c, 0.0)
    theirs.model.train()
    assert theirs.difference(fit.net) < 1e-9


def test_its_early_stop_stops_where_ours_does() -> None:
    """KL estimated by k3, measured before each step, against 1.5 times the target."""
    theirs, c = pair("ppo", THREE, False, False, 0.0, epochs=20, target_kl=0.004)
    c = c.edited({"kl": "early_stop", "kl_estimator": "k3", "kl_target": 0.004})
    fit, b = joined(theirs, "ppo", c, THREE)
    trace = fit.update(b, c, 0.0)
    theirs.model.train()
    assert 1 < len(trace.losses) < 19
    assert theirs.difference(fit.net) < TOLERANCE


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("space", [THREE, PLANE], ids=["discrete", "box"])
@pytest.mark.parametrize(("damping", "delta", "iterations"), [(0.1, 0.01, 15), (0.02, 0.05, 8), (0.1, 2.0, 5)])
def test_trpo_ends_at_the_same_parameters(
    space: Any, norm: bool, damping: float, delta: float, iterations: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its KL is KL(new || old); its search has ten candidates, ours the whole step and nine more; its c_v is 1.

    Its solver begins at noise of 1e-4 and ends at a residual of 1e-5; here it begins at 0 and goes on, as ours. Its KL
    of a Gaussian is the mean over the action's dimensions and not the sum, so both its sizes are halved in two.
    """
    solver = partial(sb3_contrib.trpo.trpo.conjugate_gradient_solver, residual_tol=1e-30)
    monkeypatch.setattr(sb3_contrib.trpo.trpo, "conjugate_gradient_solver", solver)
    monkeypatch.setattr(torch, "randn_like", torch.zeros_like)
    share = 0.5 if space is PLANE else 1.0
    theirs = Peer(
        sb3_contrib.trpo.trpo.TRPO, space, False, normalize_advantage=norm, batch_size=STEPS * LANES,
        n_critic_updates=1, target_kl=share * delta, cg_damping=share * damping, cg_max_steps=iterations,
        learning_rate=RATE, policy={"optimizer_class": torch.optim.SGD},
    )  # fmt: skip
    c = controls(
        "trpo", hidden_size=HIDDEN, gamma=GAMMA, gae_lambda=LAMBDA, advantage_norm="batch" if norm else "none",
        norm_ddof=1, max_grad_norm=0.0, value_coef=1.0, learning_rate=RATE, optimiser="sgd", epochs=1, minibatches=1,
        delta=delta, damping=damping, cg_iterations=iterations, backtracks=9, kl_direction="new||old",
    )  # fmt: skip
    fit, b = joined(theirs, "trpo", c, space)
    trace = fit.update(b, c, 0.0)
    moved = theirs.difference(fit.net)
    theirs.model.train()
    assert theirs.difference(fit.net) < 1e-7
    assert moved > 1e-3
    log, step = theirs.model.logger.name_to_value, trace.step
    assert step is not None
    assert log["train/kl_divergence_loss"] == pytest.approx(share * step.measured_kl, rel=1e-6)
    assert log["train/is_line_search_success"] == float(step.backtracks is not None)
