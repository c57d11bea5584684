"""The MDPs that the identities are tested on."""

from __future__ import annotations

import pytest

from tests.rl_core.identities.problem import SIZES, Problem


@pytest.fixture(params=SIZES, ids=lambda p: "S{1}A{2}H{3}".format(*p))
def problem(request: pytest.FixtureRequest, float64: None) -> Problem:
    """Each of them, in float64."""
    return Problem(*request.param)
