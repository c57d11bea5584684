"""One estimator under study: an algorithm's controls, what its critic says, and whose data it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rl_core.algorithms.algorithm import Algorithm, algorithms
from rl_core.config import checked_controls
from rl_core.estimators.options import return_kinds
from rl_core.lab.oracle import KINDS, given_table
from rl_core.refusals import ConfigError, ConfigErrors, from_unknown
from rl_core.registry import UnknownId
from rl_core.tabular.mdp import Float64, TabularMDP

EXTRA = ("algorithm", "value", "behaviour")  # settings that are no controls
ONLY: dict[str, tuple[Any, ...]] = {
    "network": ("tabular",), "distribution": ("categorical", "auto"), "device": ("cpu",), "minibatches": (1,),
    "minibatch_size": (0,),
    "normalise_obs": ("off",), "normalise_reward": ("off",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Estimator:
    """What turns a batch into a gradient; `behaviour` are the logits [S, A] of who collects it, if somebody else."""

    algorithm: Algorithm[Any]
    c: Any
    value: Any
    behaviour: Float64 | None


def parse(settings: Mapping[str, Any], mdp: TabularMDP) -> Estimator:
    """The estimator that `settings` = {control: value} ask for; raises ConfigErrors with every reason why not.

    `algorithm` ("reinforce") is one whose loss runs along whole trajectories. `value` says what its critic knows:
    "exact", "stationary", "zero", or an array. `behaviour` are the logits of the policy that collects. gamma is the
    MDP's unless it is given, and the critic the one that the other settings need.
    """
    algorithm = _algorithm(settings.get("algorithm", "reinforce"))
    given = {name: value for name, value in settings.items() if name not in EXTRA}
    errors = [error for name, value in given.items() if (error := _refused(name, value)) is not None]
    complete = {"network": "tabular", "gamma": mdp.gamma} | _critic(given) | given
    values, invalid = checked_controls(algorithm.id, complete)
    value, behaviour = settings.get("value", "exact"), settings.get("behaviour")
    errors += invalid + _value_errors(value, values.get("critic"), mdp) + _logit_errors(behaviour, mdp)
    if not errors and behaviour is not None and values.get("logprob_source", "recompute") != "recompute":
        errors.append(_kept(values["logprob_source"]))
    if errors:
        raise ConfigErrors(errors)
    logits = None if behaviour is None else np.asarray(behaviour, np.float64)
    return Estimator(algorithm, algorithm.controls.model_validate(values), value, logits)


def whole_episode_algorithms() -> list[str]:
    """The algorithms that can be studied: those whose loss knows the trajectories of its samples."""
    return [name for name, a in algorithms.items() if a.controls.along_trajectories]


def _algorithm(name: Any) -> Algorithm[Any]:
    try:
        found = algorithms[str(name)]
    except UnknownId as unknown:
        raise ConfigErrors([from_unknown(unknown, "algorithm")]) from None
    if not found.controls.along_trajectories:
        message = (
            f"algorithm '{name}' learns from pieces of trajectories, but an estimate is made from whole ones. Use "
            f"{' or '.join(whole_episode_algorithms())}."
        )
        raise ConfigErrors([ConfigError(code="invalid_value", message=message, field="algorithm")])
    return found


def _critic(given: Mapping[str, Any]) -> dict[str, str]:
    """The critic that the settings need: it is told what to say, so nobody has to decide to learn one."""
    if str(given.get("baseline")).startswith("action_dependent"):
        return {"critic": "q"}
    needs_v = given.get("return_kind") in return_kinds.names("critic") or given.get("baseline") in (
        "learned_v",
        "optimal_state",
    )
    return {"critic": "v"} if needs_v else {}


def _refused(name: str, value: Any) -> ConfigError | None:
    if name not in ONLY or value in ONLY[name]:
        return None
    message = (
        f"{name} is {value!r:.80}, but here the policy is a table of logits in float64, and its gradient that of the "
        f"whole batch. Leave {name} out, or set it to {ONLY[name][0]!r}."
    )
    return ConfigError(code="invalid_combination", message=message, field=f"controls.{name}")


def _value_errors(value: Any, critic: str | None, mdp: TabularMDP) -> list[ConfigError]:
    if isinstance(value, str):
        allowed = ", ".join(map(repr, KINDS))
        message = "" if value in KINDS else f"value is {value!r:.80}; allowed {allowed}, or an array."
    else:
        message = _shape_fault(value, critic, mdp)
    return [ConfigError(code="invalid_value", message=message, field="value")] if message else []


def _shape_fault(value: Any, critic: str | None, mdp: TabularMDP) -> str:
    if critic not in ("v", "q"):
        return ""
    try:
        given_table(mdp, critic, value)
    except ValueError as wrong:
        return str(wrong)
    return ""


def _logit_errors(given: Any, mdp: TabularMDP) -> list[ConfigError]:
    try:
        if given is not None:
            check_logits("behaviour", given, mdp)
    except ValueError as wrong:
        return [ConfigError(code="invalid_value", message=str(wrong), field="behaviour")]
    return []


def check_logits(name: str, given: Any, mdp: TabularMDP) -> Float64:
    """`given` as logits [S, A]; raises ValueError with what is wrong."""
    try:
        logits = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is no array of numbers; expected nested lists [state][action].") from None
    if logits.shape != (mdp.n_states, mdp.n_actions):
        expected = (mdp.n_states, mdp.n_actions)
        raise ValueError(f"{name} has shape {logits.shape}; expected {expected}: one logit per state and action.")
    if not np.isfinite(logits).all():
        raise ValueError(f"{name} holds a logit that is not finite; expected finite numbers only.")
    return logits


def _kept(source: str) -> ConfigError:
    message = (
        f"logprob_source '{source}' keeps what the policy said while it acted, but here another policy acts "
        "(behaviour). Use 'recompute'."
    )
    return ConfigError(code="invalid_combination", message=message, field="controls.logprob_source")
