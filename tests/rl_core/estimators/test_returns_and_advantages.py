"""Returns and advantages: recursion against definition, and the worked examples to their printed digits."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from rl_core.estimators.advantages import gae, td_error
from rl_core.estimators.returns import full_return, n_step_return, piece_start, reward_to_go
from tests.rl_core.estimators.naive import random_segment
from tests.rl_core.support import close

pytestmark = pytest.mark.usefixtures("float64")

SEEDS = range(4)
GAMMA = 0.93


def column(*numbers: float) -> Tensor:
    return torch.tensor(numbers).unsqueeze(1)


def only_last(steps: int) -> Tensor:
    end = torch.zeros(steps, 1, dtype=torch.bool)
    end[-1] = True
    return end


def printed(x: Tensor, digits: int) -> list[float]:
    return [round(float(y), digits) for y in x.reshape(-1)]


@pytest.mark.parametrize("seed", SEEDS)
def test_I_7_gae_0_is_the_td_error(seed: int) -> None:
    s = random_segment(seed)
    delta = td_error(s.r, s.v, s.v_next, s.terminated, GAMMA)
    assert close(gae(*s.args(), GAMMA, 0.0), delta)
    assert close(delta, s.each("n_step", 1, GAMMA) - s.v)


@pytest.mark.parametrize("seed", SEEDS)
def test_I_8_gae_1_is_return_minus_value(seed: int) -> None:
    s = random_segment(seed)
    g_t = reward_to_go(s.r, s.v_next, s.terminated, s.end, GAMMA)
    assert close(gae(*s.args(), GAMMA, 1.0), g_t - s.v)
    assert close(g_t, s.each("n_step", len(s.r), GAMMA))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("lambda_", [0.0, 0.3, 0.95, 1.0])
def test_I_8_recursion_is_the_n_step_definition(seed: int, lambda_: float) -> None:
    s = random_segment(seed)
    assert close(gae(*s.args(), GAMMA, lambda_), s.each("gae", GAMMA, lambda_))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("n", [1, 2, 4, 9, 50])
def test_n_step_return_is_its_definition(seed: int, n: int) -> None:
    s = random_segment(seed)
    assert close(n_step_return(*s.args(), GAMMA, n), s.each("n_step", n, GAMMA))


@pytest.mark.parametrize("seed", SEEDS)
def test_full_return_is_the_first_of_its_piece(seed: int) -> None:
    s = random_segment(seed)
    g_t, full = (f(s.r, s.v_next, s.terminated, s.end, GAMMA) for f in (reward_to_go, full_return))
    for n in range(s.r.shape[1]):
        start = 0
        for t in range(len(s.r)):
            assert float(full[t, n]) == float(g_t[start, n])
            assert int(piece_start(s.end)[t, n]) == start
            start = t + 1 if s.end[t, n] else start


def test_value_after_a_termination_is_never_read() -> None:
    s = random_segment(0)
    poisoned = torch.where(s.terminated, torch.full_like(s.v_next, 1e9), s.v_next)
    for lambda_ in (0.0, 0.5, 1.0):
        assert close(gae(s.r, s.v, poisoned, s.terminated, s.end, GAMMA, lambda_), gae(*s.args(), GAMMA, lambda_))
    assert close(n_step_return(s.r, s.v, poisoned, s.terminated, s.end, GAMMA, 3), n_step_return(*s.args(), GAMMA, 3))


REWARDS = (1.0, 0.0, 0.0, 2.0)


def test_W_1_returns() -> None:
    r, end = column(*REWARDS), only_last(4)
    none = torch.zeros_like(r)
    g_t = reward_to_go(r, none, end, end, 0.9)
    assert printed(g_t, 6) == [2.458, 1.62, 1.8, 2.0]
    assert printed(0.9 ** torch.arange(4).unsqueeze(1) * g_t, 6) == [2.458, 1.458, 1.458, 1.458]
    assert printed(full_return(r, none, end, end, 0.9), 6) == [2.458] * 4
    assert printed(reward_to_go(r, none, end, end, 1.0), 6) == [3, 2, 2, 2]


@pytest.mark.parametrize(
    ("lambda_", "expected"),
    [
        (0.0, [0.58, 0.24, 0.11, 0.10]),
        (0.5, [0.7193875, 0.30975, 0.155, 0.1]),
        (0.95, [0.9281154, 0.4071525, 0.1955, 0.1]),
        (1.0, [0.958, 0.42, 0.2, 0.1]),
    ],
)
def test_W_1_gae_terminated(lambda_: float, expected: list[float]) -> None:
    v, end = column(1.5, 1.2, 1.6, 1.9), only_last(4)
    v_next = column(1.2, 1.6, 1.9, 77.0)
    assert printed(gae(column(*REWARDS), v, v_next, end, end, 0.9, lambda_), 7) == expected


@pytest.mark.parametrize(
    ("lambda_", "expected"), [(0.0, [0.58, 0.24, 0.11, 2.08]), (0.95, [2.1656676, 1.8545820, 1.8884, 2.08])]
)
def test_W_1_gae_truncated(lambda_: float, expected: list[float]) -> None:
    v, end = column(1.5, 1.2, 1.6, 1.9), only_last(4)
    v_next = column(1.2, 1.6, 1.9, 2.2)
    a_t = gae(column(*REWARDS), v, v_next, torch.zeros_like(end), end, 0.9, lambda_)
    assert printed(a_t, 7) == expected


def test_W_5_causality() -> None:
    r = torch.zeros(50, 1)
    r[0], r[49] = 10.0, -10.0
    end, none = only_last(50), torch.zeros(50, 1)
    assert printed(full_return(r, none, end, end, 1.0), 9) == [0.0] * 50
    assert printed(reward_to_go(r, none, end, end, 1.0), 9) == [0.0] + [-10.0] * 49
    assert round(float(reward_to_go(r, none, end, end, 0.99)[0]), 3) == 3.889
