"""Gradients at one policy from the data of another: every weight's expectation, by enumeration (I-9 to I-12)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import torch
from torch import Tensor

from rl_core.estimators.weights import self_normalised
from tests.rl_core.identities import mdp as m
from tests.rl_core.identities.nets import EVERY_KIND, Kind, acted
from tests.rl_core.identities.problem import EXACT, Problem, any_v
from tests.rl_core.support import close, controls, gradient, losses, minibatch, scale

pytestmark = pytest.mark.usefixtures("float64")

WEIGHTS = ["none", "trajectory", "per_decision", "timestep", "clip"]
UNBIASED = [
    {"importance": "trajectory", "return_kind": "full"},
    {"importance": "trajectory", "return_kind": "reward_to_go"},
    {"importance": "trajectory", "return_kind": "reward_to_go", "baseline": "learned_v"},
    {"importance": "per_decision", "return_kind": "reward_to_go"},
    {"importance": "per_decision", "return_kind": "reward_to_go", "baseline": "learned_v"},
    {"importance": "per_decision", "return_kind": "reward_to_go", "baseline": "constant", "baseline_constant": -3.0},
]


class Moved(Problem):
    """Data of a policy theta, and the network since moved to theta'."""

    def __init__(self, problem: Problem) -> None:
        self.__dict__ |= problem.__dict__
        self.before = problem.log_pi().detach().exp()
        with torch.no_grad():
            for p in self.net.actor.parameters():
                p += 0.5 * torch.randn(p.shape, generator=torch.Generator().manual_seed(1))
        self.after = self.log_pi().detach().exp()

    def expectation(self, advantage: Tensor | None = None, state_ratio: Tensor | None = None, **values: Any) -> Tensor:
        """Of the engine's ascent direction under theta; in its place another advantage [H, K], or also a factor."""
        c = controls("off_policy_is_pg", **EXACT | {"gamma": self.mdp.gamma, "return_kind": "reward_to_go"} | values)
        mini, valid = minibatch(self.batch, any_v(self), c), self.batch.valid_t
        weight = (self.probability * len(self.probability)).expand_as(self.batch.reward_t)
        weight = weight if state_ratio is None else weight * state_ratio
        flat = weight[valid] if mini.discount is None else mini.discount * weight[valid]
        mini = dataclasses.replace(mini, discount=flat)  # which multiplies every sample's term of the loss
        if advantage is not None:
            mini = dataclasses.replace(mini, advantage=advantage[valid])
        loss = losses("off_policy_is_pg", mini, self.net, c).terms["policy"]
        return -gradient(loss, self.net.actor.parameters())

    def derived(self, d: Tensor, q: Tensor, old: bool = False) -> Tensor:
        r"""\sum_t \gamma^t \sum_s d_t(s) \sum_a \nabla\pi'(a|s) Q_t(s, a); `old` with pi S' instead of grad pi'."""
        weight = self.mdp.gamma ** torch.arange(self.mdp.horizon)
        pi = self.before * self.log_pi() if old else self.log_pi().exp()
        return gradient(torch.einsum("t,ts,sa,tsa->", weight, d, pi, q), self.net.actor.parameters())

    def along(self, table: Tensor) -> Tensor:
        """A table [H, S, A] at the states and actions of every trajectory, [H, K]."""
        time = torch.arange(self.mdp.horizon)[:, None]
        return table[time, self.paths.s[:-1], self.paths.a]


@pytest.fixture
def moved(problem: Problem) -> Moved:
    return Moved(problem)


# --- I-11: what each weight is unbiased for ---------------------------------------------------------------------------


@pytest.mark.parametrize("settings", UNBIASED, ids=lambda s: "-".join(str(x) for x in s.values()))
def test_I_11_trajectory_and_per_decision_weights_are_unbiased(moved: Moved, settings: dict[str, Any]) -> None:
    assert close(moved.expectation(**settings), moved.exact())
    assert not close(moved.expectation(**settings | {"old_log_prob": "recomputed"}), moved.exact(), 1e-3)


def test_I_11_time_step_weights_are_biased_by_old_states_and_old_returns(moved: Moved) -> None:
    r"""The expectation is \sum_t \gamma^t \sum_s d_t^\theta(s) \sum_a \nabla\pi'(a|s) Q_t^\theta(s, a)."""
    d, q = m.state_visits(moved.mdp, moved.before), m.exact_values(moved.mdp, moved.before)[1]
    assert close(moved.expectation(importance="timestep"), moved.derived(d, q))
    assert not close(moved.derived(d, q), moved.exact(), 1e-3)


def test_I_11_mending_one_of_the_two_is_not_enough_and_mending_both_is(moved: Moved) -> None:
    old, new = (m.state_visits(moved.mdp, pi) for pi in (moved.before, moved.after))
    ratio = moved.along((new / old).nan_to_num()[..., None].expand(-1, -1, moved.before.shape[1]))
    q = moved.along(m.exact_values(moved.mdp, moved.after)[1])
    assert close(moved.expectation(importance="timestep", advantage=q, state_ratio=ratio), moved.exact())
    assert not close(moved.expectation(importance="timestep", advantage=q), moved.exact(), 1e-3)
    assert not close(moved.expectation(importance="timestep", state_ratio=ratio), moved.exact(), 1e-3)


def test_I_11_no_weight_at_all_is_the_old_policys_scores(moved: Moved) -> None:
    r"""\sum_t \gamma^t \sum_s d_t^\theta \sum_a \pi_\theta S' Q^\theta: the zero mean of the score is lost with it."""
    d, q = m.state_visits(moved.mdp, moved.before), m.exact_values(moved.mdp, moved.before)[1]
    assert close(moved.expectation(importance="none"), moved.derived(d, q, old=True))
    shifted = moved.expectation(importance="none", baseline="constant", baseline_constant=5.0)
    assert close(shifted, moved.derived(d, q - 5.0, old=True))
    assert not close(shifted, moved.expectation(importance="none"), 1e-3)


def test_I_21_a_wide_clip_is_the_time_step_weight_and_a_narrow_one_is_not(moved: Moved) -> None:
    timestep = moved.expectation(importance="timestep")
    assert close(moved.expectation(importance="clip", clip=10.0), timestep)
    assert not close(moved.expectation(importance="clip", clip=0.01), timestep, 1e-3)


def test_self_normalised_weights_have_mean_1_and_are_bounded(moved: Moved) -> None:
    """Biased: even of the true ratios the estimate is W_i / sum W_j; the weights of N trajectories are at most N."""
    log_w = torch.tensor([800.0, 1.0, -3.0, 0.0])
    w = self_normalised(log_w)
    assert float(w.mean()) == pytest.approx(1.0)
    assert float(w.max()) == pytest.approx(4.0)
    assert close(self_normalised(log_w[1:]), log_w[1:].exp() / log_w[1:].exp().mean(), 1e-12)
    assert not close(
        moved.expectation(importance="trajectory", self_normalised=True),
        moved.expectation(importance="trajectory"),
        1e-3,
    )


# --- I-10 and I-12 ----------------------------------------------------------------------------------------------------


@EVERY_KIND
def test_I_10_at_equal_policies_every_weight_gives_the_on_policy_estimate_sample_by_sample(kind: Kind) -> None:
    if "critic" in kind.values or kind.values.get("distribution") == "bernoulli":
        kind = dataclasses.replace(
            kind, values={k: v for k, v in kind.values.items() if k != "critic"} | {"critic": "v"}
        )
    fit, c, b = acted(kind, "off_policy_is_pg", gamma=0.9, gamma_t=True, baseline="constant", baseline_constant=0.4)
    on_policy = controls("reinforce", gamma=0.9, gamma_t=True, baseline="constant", baseline_constant=0.4)
    mini, parameters = minibatch(b, fit.values(b), c), fit.net.groups()["actor"]
    for k in range(len(mini.action)):
        assert mini.discount is not None
        one = dataclasses.replace(mini, discount=mini.discount * (torch.arange(len(mini.action)) == k))
        expected = gradient(losses("reinforce", one, fit.net, on_policy).terms["policy"], parameters)
        for name in WEIGHTS:
            loss = losses("off_policy_is_pg", one, fit.net, c.edited({"importance": name})).terms["policy"]
            assert close(gradient(loss, parameters), expected, 1e-12), name


def test_I_12_ratio_times_advantage_has_the_gradient_of_sg_ratio_times_log_pi_times_advantage() -> None:
    """TRPO's surrogate against the time-step weight, on data of another policy; and PPO's inside its clip range."""
    _, c, b = acted(Kind({"activation": "tanh"}), "off_policy_is_pg", importance="timestep", critic="v")
    other = controls("trpo", reduction="traj_mean")
    wide = controls("ppo", reduction="traj_mean", advantage_norm="none", clip=10.0)
    mini = minibatch(b, None, c)
    fit = acted(Kind({"activation": "tanh"}), "trpo")[0]
    with torch.no_grad():
        fit.flat.vector.add_(0.5 * torch.randn(fit.flat.vector.shape, generator=torch.Generator().manual_seed(2)))
    found = [
        gradient(losses(name, mini, fit.net, settings).terms["policy"], fit.net.actor.parameters())
        for name, settings in (("off_policy_is_pg", c), ("trpo", other), ("ppo", wide))
    ]
    log_rho = losses("trpo", mini, fit.net, other).log_ratio.detach()
    assert float(log_rho.abs().max()) > 0.1
    rho_a = log_rho.exp() * mini.advantage
    by_hand = -scale(mini, c) * (rho_a * fit.net.policy(mini.obs).log_prob(mini.action)).mean()
    for g in found:
        assert close(g, gradient(by_hand, fit.net.actor.parameters()), 1e-12)
