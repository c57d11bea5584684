"""One step of each optimiser by hand: what momentum and the two kinds of weight decay do."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from rl_core.updates.flat import FlatParameters
from rl_core.updates.optimisers import OptimiserControls, build_optimiser

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
