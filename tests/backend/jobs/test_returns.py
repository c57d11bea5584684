"""The mean of the newest returns, whatever batches the episodes came in."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from backend.jobs.returns import returns_of
from backend.storage import RunRecord
from tests.backend.storage.telemetry import new_record


def after(returns: list[float], size: int) -> RunRecord:
    """Return a run's record after episodes that came in batches."""
    record = new_record()
    for start in range(0, len(returns), size):
        ended = [{"return": value, "kind": "train"} for value in returns[start : start + size]]
        record = msgspec.structs.replace(record, **returns_of(record, ended))
    return record


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_mean_is_of_the_last_hundred_and_the_best_one_stays(size: int) -> None:
    rng = np.random.default_rng(2)
    returns = [*rng.normal(100, 5, 150).tolist(), *rng.normal(10, 5, 180).tolist()]
    record = after(returns, size)
    means = [np.mean(returns[max(0, end - 100) : end]) for end in range(10, len(returns) + 1)]
    assert record.last_return == pytest.approx(np.mean(returns[-100:]))
    assert record.best_return == pytest.approx(max(means))


def test_nine_episodes_make_no_best_and_evaluations_do_not_count() -> None:
    record = after([5.0] * 9, 2)
    assert (record.last_return, record.best_return) == (5.0, None)
    record = msgspec.structs.replace(record, **returns_of(record, [{"return": 500.0, "kind": "eval"}]))
    assert record.last_return == 5.0
    assert after([5.0] * 10, 3).best_return == 5.0


def test_a_mean_that_is_no_number_is_not_measured() -> None:
    record = after([math.nan, *([1.0] * 100)], 1)
    assert (record.last_return, record.best_return) == (1.0, 1.0)
    assert after([1.0] * 20 + [math.nan], 21).last_return is None
    assert after([math.inf] * 10, 10).best_return == math.inf
