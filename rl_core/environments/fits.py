"""Which values of a control fit which environment; what does not fit is refused before anything starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rl_core.environments.lanes import EnvironmentInfo
from rl_core.policies.family import families
from rl_core.refusals import ConfigError
from rl_core.types import Discrete

Fit = Callable[[Any, EnvironmentInfo], str | None]  # controls, environment -> why they do not fit

fits: dict[str, Fit] = {}  # by control


def fit(control: str) -> Callable[[Fit], Fit]:
    """Declare what one control needs of the environment; asked only where an algorithm has that control."""

    def declare(why_not: Fit) -> Fit:
        fits[control] = why_not
        return why_not

    return declare


def misfits(c: Any, info: EnvironmentInfo) -> list[ConfigError]:
    """Every control whose value does not fit the environment, with the reason."""
    found = ((name, why_not(c, info)) for name, why_not in fits.items() if name in type(c).model_fields)
    return [
        ConfigError(code="invalid_combination", message=reason, field=f"controls.{name}")
        for name, reason in found
        if reason is not None
    ]


def concerned(names: Iterable[str]) -> bool:
    """Whether a change of these controls can make a misfit."""
    return any(name in fits for name in names)


@fit("network")
def table_for_states(c: Any, info: EnvironmentInfo) -> str | None:
    """A table has a row per state."""
    if c.network != "tabular" or info.one_hot:
        return None
    seen = "shows features of its states" if info.enumerable else "is no finite MDP"
    return (
        f"network 'tabular' has a row per state, so it needs a finite MDP whose states are observed one-hot, but "
        f"{info.id} {seen}. Use 'linear' or 'mlp', or an environment such as Grid-v0 with features 'one_hot'."
    )


@fit("distribution")
def family_for_actions(c: Any, info: EnvironmentInfo) -> str | None:
    """A family says which actions it is of."""
    if c.distribution == "auto":
        return None
    misfit = families[c.distribution].misfit(info.actions)
    return f"distribution '{c.distribution}' {misfit.format(environment=info.id)}" if misfit else None


@fit("critic")
def value_per_action(c: Any, info: EnvironmentInfo) -> str | None:
    """Q(s, .) has one output per action."""
    if c.critic != "q" or isinstance(info.actions, Discrete):
        return None
    return (
        f"critic 'q' has a value per action, but {info.id} acts with {info.actions.size} real numbers. Use 'v', or an "
        "environment with discrete actions."
    )


@fit("td_target")
def largest_value(c: Any, info: EnvironmentInfo) -> str | None:
    """A maximum over actions is taken over a list of them."""
    if isinstance(info.actions, Discrete):
        return None
    return (
        f"the target of Q is a maximum over actions, but {info.id} acts with {info.actions.size} real numbers. "
        "Use 'ppo' or another algorithm with an actor, or an environment with discrete actions."
    )


@fit("loss_form")
def actions_as_labels(c: Any, info: EnvironmentInfo) -> str | None:
    """Cross-entropy needs labels."""
    if c.loss_form != "cross_entropy" or isinstance(info.actions, Discrete):
        return None
    return (
        f"loss_form 'cross_entropy' takes the actions as labels, but {info.id} acts with {info.actions.size} real "
        "numbers. Use 'log_prob'."
    )


@fit("gradient")
def known_gradient(c: Any, info: EnvironmentInfo) -> str | None:
    """The true gradient takes the transition probabilities."""
    if c.gradient != "exact" or info.enumerable:
        return None
    return (
        f"gradient 'exact' is computed from transition probabilities, so it needs a finite MDP, but {info.id} is none. "
        "Use 'surrogate', or an environment such as Grid-v0 or FrozenLake-v1."
    )
