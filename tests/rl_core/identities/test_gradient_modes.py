"""REINFORCE's gradient by every way the engine has to it: one vector, and how many backward passes each takes (I-5)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import torch
from torch import Tensor

from rl_core.data.batch import Batch
from rl_core.data.samples import Samples
from rl_core.run.learner import Learner
from rl_core.types import Discrete
from tests.rl_core.identities.nets import EVERY_KIND, KINDS, Kind, acted, whole_gradient, with_graph
from tests.rl_core.support import Fit, close, controls, learner, minibatch, random_batch, run, scale

pytestmark = pytest.mark.usefixtures("float64")

WEIGHTS: dict[str, Any] = {"gamma": 0.9, "gamma_t": True, "return_kind": "reward_to_go", "reduction": "traj_mean"}


def same(a: Tensor, b: Tensor) -> bool:
    """To 1e-10 of its length."""
    return float((a - b).norm()) <= 1e-10 * float(b.norm()) and float(b.norm()) > 1e-2


def by_hand(fit: Fit, m: Samples, c: Any) -> Tensor:
    r"""(1/N) \sum_{i,t} w_{i,t} \nabla log \pi in the actor and the trunk: a forward and a backward pass per sample."""
    groups = fit.net.groups()
    parameters = [p for name in ("actor", "trunk") for p in groups.get(name, [])]
    total = torch.zeros(sum(p.numel() for p in parameters))
    for k in range(len(m.action)):
        log_pi = fit.net.policy(m.obs[k], tuple(mask[k] for mask in m.masks)).log_prob(m.action[k])
        parts = torch.autograd.grad(log_pi, parameters)
        total += float((m.discount * m.advantage)[k]) * torch.cat([g.reshape(-1) for g in parts])
    return total * scale(m, c) / len(m.action)


def policy_part(fit: Learner, gradient: dict[str, Tensor]) -> Tensor:
    return torch.cat([gradient[name] for name in ("actor", "trunk") if name in gradient])


@EVERY_KIND
@pytest.mark.parametrize("mode", ["surrogate", "literal", "per_sample"])
def test_I_5_every_mode_is_the_weighted_sum_of_scores(kind: Kind, mode: str) -> None:
    """The value loss is 0 in the actor; a shared trunk gets its part as well, so there its coefficient is 0."""
    settings = WEIGHTS | ({"value_coef": 0.0} if "critic" in kind.values else {})
    fit, c, b = acted(kind, **settings, gradient=mode)
    expected = -by_hand(fit, minibatch(b, fit.values(b), c), c)
    trace = fit.update(b, c, 0.0)
    assert same(policy_part(fit, trace.first_gradient), expected)
    assert trace.gradients[0].difference is None or trace.gradients[0].difference < 1e-12


@EVERY_KIND
@pytest.mark.parametrize("mode", ["literal", "per_sample"])
def test_I_5_with_a_critic_and_an_entropy_bonus_the_whole_gradient_is_the_same(kind: Kind, mode: str) -> None:
    settings = WEIGHTS | {"critic": "v", "baseline": "learned_v", "entropy_coef": 0.1, "value_coef": 0.5}
    fit, c, b = acted(kind, **settings)
    assert same(whole_gradient(fit, c.edited({"gradient": mode}), b), whole_gradient(fit, c, b))


@EVERY_KIND
def test_log_probabilities_from_every_source_have_one_gradient(kind: Kind) -> None:
    """Kept with their graph, as outputs with theirs, or computed again: the forward pass is the same here."""
    fit, c, b = acted(kind, **WEIGHTS)
    expected = whole_gradient(fit, c, b)
    for source in ("keep_graph", "stored_logits"):
        for mode in ("surrogate", "literal"):
            settings = c.edited({"logprob_source": source, "gradient": mode})
            assert same(whole_gradient(fit, settings, with_graph(fit, b, source)), expected), (source, mode)


def test_I_5_fails_where_the_weight_has_a_graph_and_literal_is_refused_there() -> None:
    r"""\nabla\sum = \sum\nabla needs numbers as weights: the surrogate also has (1/N) \sum log \pi \nabla w (B-1)."""
    fit, c, b = acted(KINDS["shared"], **WEIGHTS, baseline="learned_v", value_coef=0.0)
    passing = c.edited({"advantage": "pass"})
    m = minibatch(b, fit.values.with_graph(b), passing)
    log_pi = fit.net.policy(m.obs).log_prob(m.action).detach()
    extra = -scale(m, c) * (m.discount * m.advantage * log_pi).mean()
    trunk = torch.autograd.grad(extra, fit.net.groups()["trunk"])
    difference = fit.update(b, passing, 0.0).first_gradient["trunk"]
    fit, c, b = acted(KINDS["shared"], **WEIGHTS, baseline="learned_v", value_coef=0.0)
    difference = difference - fit.update(b, c, 0.0).first_gradient["trunk"]
    assert same(difference, torch.cat([g.reshape(-1) for g in trunk]))
    with pytest.raises(ValueError, match="nothing could"):
        passing.edited({"gradient": "literal"})


# --- B-8: when the forward pass is not the same twice -----------------------------------------------------------------


def test_B_8_a_kept_graph_belongs_to_the_mask_that_acted_and_a_recomputed_one_may_not() -> None:
    fit, c, b = acted(KINDS["dropout"], **WEIGHTS)
    off = c.edited({"dropout_mask": "off"})
    kept = whole_gradient(fit, c.edited({"logprob_source": "keep_graph"}), with_graph(fit, b, "keep_graph"))
    assert float((whole_gradient(fit, off, b) - kept).norm()) > 0.1 * float(kept.norm())
    unmasked = fit.net.policy(b.obs_t[:-1]).log_prob(b.action_t).detach()
    log_rho = fit.update(b, off, 0.0).losses[0].log_ratio.detach()
    assert close(log_rho, (unmasked - b.log_prob_t)[b.valid_t], 1e-12)
    assert float(log_rho.abs().max()) > 0.1


def test_B_8_a_kept_graph_saw_the_observations_that_the_moved_normaliser_has_changed() -> None:
    fit, c, b = acted(KINDS["tanh"], **WEIGHTS, norm_at_update="updated", normalise_obs="running")
    kept = c.edited({"logprob_source": "keep_graph"})
    stale, fresh = whole_gradient(fit, kept, with_graph(fit, b, "keep_graph")), whole_gradient(fit, c, b)
    assert same(stale, whole_gradient(fit, c.edited({"norm_at_update": "as_acted"}), b))
    assert float((stale - fresh).norm()) > 0.1 * float(stale.norm())
    live = fit.update(with_graph(fit, b, "keep_graph"), kept, 0.0)
    assert float(live.losses[0].log_ratio.detach().abs().max()) < 1e-12


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_real_rollouts_give_one_update_whatever_the_source(dropout: float) -> None:
    """Collected in float32 by the engine: the parameters after three updates agree to its rounding."""
    torch.set_default_dtype(torch.float32)
    ended = []
    for source in ("recompute", "keep_graph", "stored_logits"):
        r = run({"algorithm": "reinforce", "environment": {"id": "CartPole-v1", "num_envs": 3},
                 "controls": {"logprob_source": source, "dropout": dropout, "hidden_size": 8}})  # fmt: skip
        for _ in range(3):
            r.advance()
        ended.append(r.learner.flat.vector.clone())
    assert close(ended[0], ended[1], 1e-5)
    assert close(ended[0], ended[2], 1e-5)


# --- W-12: how many backward passes -----------------------------------------------------------------------------------


def episodes(n: int, t: int) -> Batch:
    """N episodes of T steps in one state with two actions."""
    end = torch.zeros(t, n, dtype=torch.bool)
    end[-1] = True
    b = random_batch(t=t, n=n, obs_size=1, n_actions=2)
    return dataclasses.replace(
        b, obs_t=torch.ones(t + 1, n, 1), terminated_t=end, truncated_t=end & False, end_t=end,
        cut_index=b.cut_index[:0], cut_obs=b.cut_obs[:0],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "n", "t", "calls"),
    [("surrogate", 100, 200, 1), ("per_sample", 100, 200, 40), ("literal", 20, 50, 20 * 50)],
)
def test_W_12_literal_takes_a_backward_pass_per_step_and_the_surrogate_one(
    mode: str, n: int, t: int, calls: int
) -> None:
    """N x T against 1, so 20,000 at N = 100 and T = 200; by vmap 40 batched passes of at most 512 samples."""
    c = controls("reinforce", network="tabular", gradient=mode)
    b = episodes(n, t)
    fit = learner("reinforce", c, b, actions=Discrete(("a", "b")))
    assert fit.update(b, c, 0.0).gradients[0].calls == calls


def test_W_12_literal_costs_in_proportion_to_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pass goes through the whole batch: each is of one observation."""
    fit, c, b = acted(KINDS["tanh"], **WEIGHTS, gradient="literal")
    sizes, policy = [], fit.net.policy
    monkeypatch.setattr(fit.net, "policy", lambda x, masks=(): sizes.append(x[..., 0].numel()) or policy(x, masks))
    monkeypatch.setattr(fit.net, "policy_of", lambda x: sizes.append(x[..., 0].numel()) or policy(x))
    fit.update(b, c, 0.0)
    assert b.valid_t is not None
    steps = int(b.valid_t.sum())
    assert sizes == [steps] + [1] * steps


def test_W_12_the_count_is_of_passes_that_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Padding needs none, and the critic's loss is one more."""
    fit, c, b = acted(KINDS["tanh"], **WEIGHTS, gradient="literal", critic="v")
    made, grad = [], torch.autograd.grad
    monkeypatch.setattr(torch.autograd, "grad", lambda *args, **kwargs: made.append(1) or grad(*args, **kwargs))
    report = fit.update(b, c, 0.0).gradients[0]
    assert b.valid_t is not None
    steps = int(b.valid_t.sum())
    assert steps < b.valid_t.numel()
    assert (len(made), report.calls) == (steps, steps + 1)
