"""What the curves show when something is wrong: a run that diverges, and boundaries on their wrong side."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.rl_core.run.operated import Operated, operate

FLOAT32_EPS = 2**-23

DIVERGING: dict[str, Any] = {
    "learning_rate": 1.0, "max_grad_norm": 0.0, "optimiser": "sgd", "initialisation": "large", "activation": "relu",
    "critic": "v", "value_coef": 100.0,
}  # fmt: skip


def body(algorithm: str, **controls: Any) -> dict[str, Any]:
    settings = {"hidden_size": 16} | controls
    return {"algorithm": algorithm, "environment": {"id": "CartPole-v1", "num_envs": 4}, "controls": settings,
            "budget": {"updates": 8}}  # fmt: skip


def last(done: Operated, name: str) -> list[float]:
    return [x for r in done.records if r["type"] == "frame" for x in r["scalars"][name]["last"]]


@pytest.mark.parametrize("algorithm", ["ppo", "reinforce"])
def test_run_that_diverges_goes_on_and_its_nan_survives(algorithm: str) -> None:
    done = operate(body(algorithm, **DIVERGING))
    assert done.state == "finished"
    assert done.row_updates() == list(range(1, 9))
    assert not done.parameters.isfinite().all()
    assert not math.isfinite(last(done, "param/norm")[-1])
    assert math.isnan(last(done, "critic/value_mean")[-1])
    for frame in (r for r in done.records if r["type"] == "frame"):
        for row in frame["distributions"].values():
            assert sum(count for _, count in row["counts"]) + row["nonfinite"] == row["n"]


PPO = {"n_steps": 32, "epochs": 6, "minibatches": 1, "learning_rate": 0.01, "initialisation": "default"}


def test_B_5_recomputed_looks_perfect_and_only_the_exact_kl_tells() -> None:
    wrong, right = (operate(body("ppo", **PPO, old_log_prob=source)) for source in ("recomputed", "stored"))
    assert set(last(wrong, "policy/clip_fraction")) == {0.0}
    assert set(last(wrong, "policy/kl_k1")) | set(last(wrong, "policy/kl_k3")) == {0.0}
    assert set(last(wrong, "ratio/mean")) == {1.0}
    assert max(last(wrong, "policy/kl_exact")) > 0.01
    assert max(last(right, "policy/clip_fraction")) > 0
    assert max(last(right, "policy/kl_k3")) > 0


def test_B_5_attached_is_a_policy_that_never_moves() -> None:
    done = operate(body("ppo", **PPO, old_log_prob="recomputed_attached"))
    assert set(last(done, "grad/actor")) == {0.0}
    # Parameters that did not move; a processor may round the batch otherwise than the steps.
    assert max(map(abs, last(done, "policy/kl_exact"))) < FLOAT32_EPS


@pytest.mark.parametrize(("mask", "is_one"), [("stored", True), ("redrawn", False), ("off", False)])
def test_B_8_ratio_at_epoch_0_is_the_health_light(mask: str, is_one: bool) -> None:
    done = operate(body("ppo", **PPO, dropout=0.4, dropout_mask=mask))
    deviation = last(done, "ratio/first_deviation")
    assert max(deviation) < 1e-5 if is_one else min(deviation) > 1e-2


def test_leak_matrix_has_its_zeros_exactly_while_every_boundary_blocks() -> None:
    blocked = operate(body("ppo", **PPO, entropy_coef=0.01))
    frames = [r["scalars"] for r in blocked.records if r["type"] == "frame" and "leak/policy/actor" in r["scalars"]]
    first = {name: column["last"][0] for name, column in frames[0].items() if name.startswith("leak/")}
    zeros = {"leak/policy/critic", "leak/value/actor", "leak/entropy/critic"}
    assert {name for name, norm in first.items() if norm == 0.0} == zeros
    assert set(first) == zeros | {"leak/policy/actor", "leak/value/critic", "leak/entropy/actor"}
