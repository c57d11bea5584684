"""One step of each optimiser by hand: what momentum and the two kinds of weight decay do."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from rl_core.updates.flat import FlatParameters
from rl_core.updates.optimisers import OptimiserControls, build_optimiser, set_learning_rates
from tests.rl_core.support import controls

pytestmark = pytest.mark.usefixtures("float64")

START, GRADIENT, LR, EPS = torch.tensor([2.0, -1.0]), torch.tensor([0.3, -0.4]), 0.1, 1e-5


def stepped(steps: int = 1, **values: Any) -> Tensor:
    c = OptimiserControls(learning_rate=LR, adam_epsilon=EPS, **values)
    flat = FlatParameters({"actor": [nn.Parameter(START.clone())]})
    optimiser = build_optimiser(flat, c)
    for _ in range(steps):
        flat.gradient.copy_(GRADIENT)
        optimiser.step()
    return flat.vector.clone()


def test_sgd_and_its_momentum() -> None:
    assert torch.allclose(stepped(optimiser="sgd"), START - LR * GRADIENT)
    twice = START - LR * GRADIENT - LR * (GRADIENT + 0.9 * GRADIENT)
    assert torch.allclose(stepped(2, optimiser="sgd", momentum=0.9), twice)


def test_weight_decay_of_adam_is_in_the_gradient_and_of_adamw_beside_it() -> None:
    """First step of Adam: g / (|g| + eps); with decay 0.5 the L2 gradient hides in the sign, the decoupled does not."""
    l2 = GRADIENT + 0.5 * START
    assert torch.allclose(stepped(optimiser="adam"), START - LR * GRADIENT / (GRADIENT.abs() + EPS))
    assert torch.allclose(stepped(optimiser="adam", weight_decay=0.5), START - LR * l2 / (l2.abs() + EPS))
    shrunk = START * (1 - LR * 0.5)
    decoupled = shrunk - LR * GRADIENT / (GRADIENT.abs() + EPS)
    assert torch.allclose(stepped(optimiser="adamw", weight_decay=0.5), decoupled)
    assert torch.allclose(stepped(optimiser="adamw"), stepped(optimiser="adam"))


def test_rmsprop() -> None:
    root = (0.01 * GRADIENT.square()).sqrt()
    assert torch.allclose(stepped(optimiser="rmsprop"), START - LR * GRADIENT / (root + EPS))


def test_momentum_of_another_optimiser_is_refused() -> None:
    with pytest.raises(ValidationError, match="'sgd' only, but optimiser is 'adam'"):
        OptimiserControls(momentum=0.5)


def test_rmsprop_with_epsilon_inside_the_root_is_the_published_step() -> None:
    """Two steps by hand: s = 0.01 g^2, then 0.99 s + 0.01 g^2; and torch's own where epsilon stays outside."""
    found = {}
    for where in ("outside", "inside"):
        p, s = START.clone(), torch.zeros_like(START)
        for _ in range(2):
            s = 0.99 * s + 0.01 * GRADIENT**2
            p = p - LR * GRADIENT / ((s + EPS).sqrt() if where == "inside" else s.sqrt() + EPS)
        found[where] = stepped(2, optimiser="rmsprop", rmsprop_epsilon=where)
        assert torch.allclose(found[where], p)
    assert not torch.allclose(found["outside"], found["inside"])


def test_adams_betas_are_those_of_the_controls() -> None:
    """The second step by hand, with both means corrected for their start at 0."""
    b1, b2, m, v, p = 0.5, 0.75, torch.zeros_like(START), torch.zeros_like(START), START.clone()
    for t in (1, 2):
        m, v = b1 * m + (1 - b1) * GRADIENT, b2 * v + (1 - b2) * GRADIENT**2
        p = p - LR * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + EPS)
    assert torch.allclose(stepped(2, optimiser="adam", adam_beta1=b1, adam_beta2=b2), p)


@pytest.mark.parametrize(("own", "expected"), [(0.0, (0.1, 0.1)), (0.4, (0.1, 0.4))])
def test_a_group_follows_its_own_learning_rate_where_it_has_one(own: float, expected: tuple[float, float]) -> None:
    c = controls(
        "ppo", optimiser="sgd", learning_rate=0.2, critic_learning_rate=2 * own, learning_rate_schedule="linear"
    )
    flat = FlatParameters({name: [nn.Parameter(START.clone())] for name in ("actor", "critic")})
    optimiser = build_optimiser(flat, c)
    set_learning_rates(optimiser, c.at(0.5))  # half of the budget is left, and of every rate
    flat.gradient.copy_(torch.cat([GRADIENT, GRADIENT]))
    optimiser.step()
    for name, rate in zip(("actor", "critic"), expected, strict=True):
        assert torch.allclose(flat.values(name), START - rate * GRADIENT)
