"""The one recursion behind every return: its values, its gradient, and the gradient of its gradient."""

from __future__ import annotations

import pytest
import torch

from rl_core.ad.scan import reverse_scan

pytestmark = pytest.mark.usefixtures("float64")


@pytest.mark.parametrize("shape", [(1, 1), (6, 3), (5, 2, 2)])
def test_scan_is_the_recursion(shape: tuple[int, ...]) -> None:
    x, c = torch.randn(*shape), torch.rand(*shape)
    y_tp1 = torch.zeros(shape[1:])
    for t in reversed(range(shape[0])):
        y_tp1 = x[t] + c[t] * y_tp1
        assert bool((reverse_scan(x, c)[t] - y_tp1).abs().max() < 1e-12)


@pytest.mark.parametrize("shape", [(1, 1), (6, 3)])
def test_gradient_and_double_gradient(shape: tuple[int, ...]) -> None:
    c = torch.rand(*shape)
    c[shape[0] // 2, 0] = 0.0
    x = torch.randn(*shape, requires_grad=True)
    assert torch.autograd.gradcheck(lambda y: reverse_scan(y, c), (x,))
    assert torch.autograd.gradgradcheck(lambda y: reverse_scan(y, c).square(), (x,))


def test_scan_leaves_its_inputs_alone_and_keeps_its_precision() -> None:
    x, c = torch.ones(4, 2, dtype=torch.float32), torch.ones(4, 2, dtype=torch.float32)
    y = reverse_scan(x, c)
    assert y.dtype == torch.float32
    assert bool((x == 1).all())
    assert bool((c == 1).all())


def test_unequal_shapes_are_refused_with_both_named() -> None:
    with pytest.raises(ValueError, match=r"\(4, 2\).*\(4, 1\)"):
        reverse_scan(torch.ones(4, 2), torch.ones(4, 1))
