"""What the steps of an update see: each sample at its place in the episode, every epoch in another order."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from rl_core.on_policy.kl_control import too_far
from tests.rl_core.support import SMALL_PPO, run


def small(**controls: Any) -> dict[str, Any]:
    return SMALL_PPO | {"controls": SMALL_PPO["controls"] | controls}


def test_gamma_t_counts_from_the_start_of_the_episode_and_not_of_the_segment() -> None:
    """A pole stands for at least eight steps, so the second segment of four is steps 4 to 7 of every episode."""
    r = run(small(n_steps=4, gamma=0.5, gamma_t=True, epochs=1, minibatches=1))
    for first in (0, 4):
        batch = r.source.collect(r.c)
        assert not batch.episodes
        u = r.learner.update(batch, r.c, 0.0)
        found = u.samples.discount.view(4, -1)
        expected = torch.tensor([0.5 ** (first + t) for t in range(4)])
        assert torch.allclose(found, expected.unsqueeze(1).expand_as(found))


def test_every_epoch_goes_through_all_samples_in_another_order() -> None:
    r = run(small(n_steps=16, epochs=3, minibatches=4))
    u = r.learner.update(r.source.collect(r.c), r.c, 0.0)
    epochs = [torch.cat([step.samples.obs for step in u.steps[k : k + 4]]) for k in (0, 4, 8)]
    whole = sorted(map(tuple, u.samples.obs.tolist()))
    assert [sorted(map(tuple, rows.tolist())) for rows in epochs] == [whole] * 3
    assert not torch.equal(epochs[0], epochs[1])
    assert not torch.equal(epochs[1], epochs[2])


@pytest.mark.parametrize(("share", "stopped"), [(1.2, False), (1.49, False), (1.51, True), (3.0, True)])
def test_the_early_stop_allows_one_and_a_half_times_the_target(share: float, stopped: bool) -> None:
    c = SimpleNamespace(kl="early_stop", kl_target=0.01)
    losses: Any = SimpleNamespace(at=SimpleNamespace(c=c, kl=torch.tensor(0.01 * share)))
    assert too_far(losses) == stopped


@pytest.mark.parametrize(("size", "sizes"), [(0, [16] * 4), (10, [10, 9, 9, 9, 9, 9, 9]), (64, [64]), (1000, [64])])
def test_minibatches_can_be_asked_for_by_their_size(size: int, sizes: list[int]) -> None:
    """64 samples: as even as they can be, none larger than asked for."""
    r = run(small(n_steps=16, epochs=1, minibatches=4, minibatch_size=size))
    u = r.learner.update(r.source.collect(r.c), r.c, 0.0)
    assert sorted((len(step.samples.action) for step in u.steps), reverse=True) == sizes
