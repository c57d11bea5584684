"""Baselines, normalisation, reductions and schedules, with the numbers of the worked examples."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from rl_core.estimators.advantages import normalise, normalise_pieces
from rl_core.estimators.baselines import batch_mean, leave_one_out
from rl_core.estimators.reductions import reduction_scale
from rl_core.schedules import scheduled
from tests.rl_core.support import close, controls, minibatch, random_batch, scale


def one_step(*returns: float) -> tuple[Tensor, Tensor]:
    """Trajectories of one step each, as lanes."""
    r = torch.tensor([returns], dtype=torch.float64)
    return r, torch.ones_like(r, dtype=torch.bool)


def printed(x: Tensor, digits: int) -> list[float]:
    return [round(float(y), digits) for y in x.reshape(-1)]


@pytest.mark.parametrize(
    ("returns", "mean", "centred", "left_out"),
    [
        pytest.param(
            (-2, 2, 0, 1, -3), -0.4, [-1.6, 2.4, 0.4, 1.4, -2.6], [-2, 3, 0.5, 1.75, -3.25], id="W-2 humanoid"
        ),
        pytest.param((2, 5, 8, 12), 6.75, [-4.75, -1.75, 1.25, 5.25], None, id="W-3 all positive"),
        pytest.param(
            (0, 0, 0, 1), 0.25, [-0.25, -0.25, -0.25, 0.75], [-0.333333, -0.333333, -0.333333, 1.0], id="W-4 laundry"
        ),
    ],
)
def test_W_2_to_W_4_baselines(
    returns: tuple[float, ...], mean: float, centred: list[float], left_out: list[float] | None
) -> None:
    r, end = one_step(*returns)
    assert printed(batch_mean(r, end, None), 9) == [mean] * len(returns)
    assert printed(r - batch_mean(r, end, None), 6) == centred
    if left_out is not None:
        assert printed(r - leave_one_out(r, end, None), 6) == left_out


def test_baselines_count_trajectories_and_not_steps() -> None:
    b = random_batch(whole=True, n=4)
    g_t = torch.zeros_like(b.reward_t)
    g_t[0] = torch.tensor([1.0, 2.0, 3.0, 6.0])
    assert float(batch_mean(g_t, b.end_t, b.valid_t)[0, 0]) == 3.0
    assert leave_one_out(g_t, b.end_t, b.valid_t)[0].tolist() == pytest.approx([11 / 3, 10 / 3, 3.0, 2.0])


def test_W_1_normalisation() -> None:
    g_t = torch.tensor([2.458, 1.62, 1.8, 2.0], dtype=torch.float64)
    assert printed(normalise(g_t, ddof=1), 4) == [1.3541, -0.9688, -0.4698, 0.0845]
    assert printed(normalise(g_t, ddof=0), 4) == [1.5636, -1.1187, -0.5425, 0.0976]
    assert round(float(g_t.std(correction=1)), 6) == 0.360760
    assert round(float(g_t.std(correction=0)), 6) == 0.312427


def forms(x: Tensor, ddof: int) -> list[Tensor]:
    """Every way by which the engine normalises one group of numbers."""
    end = torch.zeros(len(x), 1, dtype=torch.bool)
    end[-1] = True
    with_graph = normalise(x.clone().requires_grad_(), None, ddof).detach()
    padded = normalise(torch.cat([x, x + 5]), torch.arange(2 * len(x)) < len(x), ddof)[: len(x)]
    late = normalise(torch.cat([x + 5, x]), torch.arange(2 * len(x)) >= len(x), ddof)[len(x) :]
    return [normalise(x, None, ddof), with_graph, padded, late, normalise_pieces(x.unsqueeze(1), end, ddof).squeeze(1)]


@pytest.mark.parametrize("ddof", [0, 1])
def test_every_form_of_normalisation_agrees(ddof: int) -> None:
    x = torch.randn(37, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) + 3
    expected = (x - x.mean()) / (x.std(correction=ddof) + 1e-8)
    for form in forms(x, ddof):
        assert close(form, expected)
        assert abs(float(form.sum())) < 1e-9


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, -47.3])
@pytest.mark.parametrize("n", [1, 2, 10, 1000])
def test_equal_numbers_normalise_to_0_and_one_number_too(ddof: int, value: float, n: int) -> None:
    for form in forms(torch.full((n,), value), ddof):
        assert form.tolist() == [0.0] * n


def test_normalisation_forgets_scale_and_shift() -> None:
    x = torch.randn(50, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert close(normalise(3 * x - 7), normalise(x), 1e-6)


def test_normalisation_per_piece_is_blind_to_other_pieces() -> None:
    b = random_batch(t=12, n=3)
    a_t = torch.randn(12, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    out = normalise_pieces(a_t, b.end_t)
    for lane in range(3):
        start = 0
        for t in range(12):
            if b.end_t[t, lane]:
                assert close(out[start : t + 1, lane], normalise(a_t[start : t + 1, lane]), 1e-9)
                start = t + 1


@pytest.mark.parametrize("n", [1, 5])
def test_gradient_through_normalisation_of_equal_numbers_is_finite(n: int) -> None:
    x = torch.full((n,), 2.0, requires_grad=True)
    (normalise(x) * torch.arange(n)).sum().backward()
    assert x.grad is not None
    assert bool(x.grad.isfinite().all())


@pytest.mark.usefixtures("float64")
def test_gradient_through_normalisation_is_right() -> None:
    x = torch.randn(6, requires_grad=True)
    assert torch.autograd.gradcheck(normalise, (x,))


def test_normalisation_choice_reaches_the_samples() -> None:
    b = random_batch(whole=True, n=4)
    for norm, expected in (("batch", 0.0), ("episode", 0.0)):
        a = minibatch(b, None, controls("reinforce", advantage_norm=norm)).advantage
        assert abs(float(a.mean()) - expected) < 1e-6
    first_lane = b.valid_t[:, 0]
    per_episode = minibatch(b, None, controls("reinforce", advantage_norm="episode"))
    whole = torch.zeros_like(b.reward_t)
    whole[b.valid_t] = per_episode.advantage
    assert abs(float(whole[first_lane, 0].mean())) < 1e-6


@pytest.mark.parametrize(("how", "expected"), [("traj_mean", 21 / 4), ("step_mean", 1.0), ("sum", 21.0)])
def test_reduction_turns_a_mean_into_the_named_sum(how: str, expected: float) -> None:
    assert reduction_scale(how, 21, 4) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("how", ["traj_mean", "step_mean", "sum"])
def test_reduction_counts_valid_steps_and_trajectories(how: str) -> None:
    b = random_batch(t=7, n=4, whole=True)
    steps = int(b.valid_t.sum())
    c = controls("reinforce", reduction=how)
    assert scale(minibatch(b, None, c), c) == reduction_scale(how, steps, 4)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("schedule", "at_half", "at_end"), [("constant", 2.0, 2.0), ("linear", 1.0, 0.0), ("exponential", 0.2, 0.02)]
)
def test_schedules(schedule: str, at_half: float, at_end: float) -> None:
    assert scheduled(2.0, schedule, 0.0) == 2.0  # type: ignore[arg-type]
    assert scheduled(2.0, schedule, 0.5) == pytest.approx(at_half)  # type: ignore[arg-type]
    assert scheduled(2.0, schedule, 1.0) == pytest.approx(at_end)  # type: ignore[arg-type]
