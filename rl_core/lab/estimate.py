"""One sampled estimate of a policy's gradient in a finite MDP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import ArrayLike

from rl_core.estimators.options import baselines
from rl_core.lab.bench import Bench
from rl_core.lab.estimator import check_logits, parse
from rl_core.lab.sampling import Sampler
from rl_core.refusals import ConfigError, ConfigErrors
from rl_core.tabular.mdp import Float64, TabularMDP

LARGEST_BATCH = 100_000


def estimate(mdp: TabularMDP, theta: ArrayLike, settings: Mapping[str, Any], batch: int, seed: int) -> Float64:
    r"""The ascent gradient [S, A] in the logits `theta` [S, A] that `batch` sampled trajectories give.

    Its expectation is \nabla J of `exact` where the settings are unbiased (section 13.3 of Sutton and Barto 2018 asks
    for `gamma_t`). `settings` are controls of an algorithm, {"return_kind": "full", "baseline": "leave_one_out"}, and
    `algorithm`, `value`, `behaviour`: see `rl_core.lab.estimator.parse`. A baseline made of the previous batch gets one
    more batch. The same seed gives the same trajectories whatever the settings. Raises ConfigErrors, and ValueError for
    an unusable theta, batch or seed.
    """
    logits, e = check_logits("theta", theta, mdp), parse(settings, mdp)
    _check_count("batch", batch, 1, LARGEST_BATCH)
    _check_count("seed", seed, 0, 2**63 - 1)
    sampler = Sampler(mdp, logits if e.behaviour is None else e.behaviour, batch, seed)
    bench = Bench(mdp, logits, e)
    if needs_previous(e.c):
        bench.gradient(sampler.sample())
    return bench.gradient(sampler.sample())


def needs_previous(c: Any) -> bool:
    """Whether the baseline is made from the batch before."""
    return "scores" in baselines[c.baseline].facts and c.baseline_source == "previous"


def _check_count(name: str, found: Any, least: int, most: int) -> None:
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
        message = f"{name} is {found!r:.80}; expected a whole number from {least} to {most}."
        raise ConfigErrors([ConfigError(code="out_of_range", message=message, field=name)])
