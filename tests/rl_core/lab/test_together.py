"""One pass for all batches against one batch after the other: the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rl_core.lab.bench import Bench, one_by_one
from rl_core.lab.estimator import parse
from rl_core.lab.sampling import Sampler, cut
from rl_core.lab.together import Together, able
from tests.rl_core.lab.kit import problem

BATCH, BATCHES = 4, 5
RETURNS: list[dict[str, Any]] = [
    {"return_kind": "full"},
    {"return_kind": "reward_to_go"},
    {"return_kind": "n_step", "n_step": 2},
    {"return_kind": "td"},
    {"return_kind": "gae", "gae_lambda": 0.7},
]
BASELINES: list[dict[str, Any]] = [
    {"baseline": name}
    for name in ("constant", "batch_mean", "leave_one_out", "time_mean", "learned_v", "optimal_state",
                 "action_dependent", "action_dependent_corrected")
] + [
    {"baseline": name, "baseline_source": source}
    for name in ("optimal_scalar", "optimal_component")
    for source in ("previous", "leave_one_out", "same_batch")
]  # fmt: skip
OTHERS: list[dict[str, Any]] = [
    {"return_kind": "full", "baseline": "time_mean"},
    {"return_kind": "n_step", "baseline": "optimal_scalar"},
    {"reduction": "step_mean", "baseline": "leave_one_out"},
    {"reduction": "step_mean", "baseline": "optimal_component"},
    {"reduction": "sum", "baseline": "optimal_component"},
    {"reduction": "sum", "baseline": "action_dependent_corrected"},
    {"advantage_norm": "episode"},
    {"gamma_t": False, "baseline": "leave_one_out"},
    *({"algorithm": "off_policy_is_pg", "importance": name} for name in ("none", "trajectory", "per_decision",
                                                                         "timestep", "clip")),
    {"algorithm": "off_policy_is_pg", "importance": "trajectory", "baseline": "leave_one_out"},
]  # fmt: skip


@pytest.mark.parametrize("settings", RETURNS + BASELINES + OTHERS, ids=lambda s: "-".join(map(str, s.values())))
def test_all_batches_at_once_give_what_one_after_the_other_gives(settings: dict[str, Any]) -> None:
    mdp, theta = problem(2, states=4, actions=3, horizon=5)
    acting = theta * 0.5 if "algorithm" in settings else theta
    e = parse({"gamma_t": True, "baseline_constant": 0.7} | settings | {"behaviour": acting}, mdp)
    assert able(e.c)
    b = Sampler(mdp, acting, BATCH * BATCHES, 0).sample()
    batches = [cut(b, first, first + BATCH) for first in range(0, BATCH * BATCHES, BATCH)]
    found, expected = Together(mdp, theta, e, BATCH).gradients(b), one_by_one(Bench(mdp, theta, e), batches)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert np.abs(expected).max() > 1e-3


@pytest.mark.parametrize(
    "settings",
    [{"gradient": "literal"}, {"logprob_source": "keep_graph"}, {"advantage_norm": "batch"}, {"entropy_coef": 0.1},
     {"algorithm": "off_policy_is_pg", "self_normalised": True}],
    ids=str,
)  # fmt: skip
def test_what_couples_a_batch_otherwise_goes_one_by_one(settings: dict[str, Any]) -> None:
    mdp, _ = problem()
    assert not able(parse(settings, mdp).c)


def test_the_baseline_of_the_previous_batch_reaches_across_rounds() -> None:
    mdp, theta = problem(2)
    e = parse({"baseline": "optimal_scalar"}, mdp)
    sampler = Sampler(mdp, theta, BATCH, 0)
    rounds = [sampler.sample() for _ in range(3)]
    together = Together(mdp, theta, e, BATCH)
    found = np.concatenate([together.gradients(b) for b in rounds])
    np.testing.assert_allclose(found, one_by_one(Bench(mdp, theta, e), rounds), atol=1e-12)
