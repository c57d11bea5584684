"""The policies of the laboratory: logits [S, A] of a finite MDP, or of another policy, by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rl_core.lab.estimator import check_logits
from rl_core.refusals import ConfigError, ConfigErrors, from_unknown
from rl_core.registry import Registry, UnknownId
from rl_core.tabular.dynamic_programming import softmax
from rl_core.tabular.mdp import Float64, TabularMDP

Make = Callable[..., Float64]  # (mdp, keywords), or (logits of the policy, keywords)


class Bounds(NamedTuple):
    """What a keyword may be."""

    latex: str
    doc: str
    least: float
    most: float
    unit: str = "1"


KEYWORDS = {
    "scale": Bounds(r"\sigma", "Standard deviation of the logits; larger is nearer to deterministic.", 0.0, 20.0),
    "seed": Bounds(r"\text{seed}", "Which random logits; the same number gives the same ones.", 0, 2**31 - 1),
    "temperature": Bounds(r"T", "Towards 0 only the best action is taken, towards infinity all are.", 0.01, 1000.0),
    "epsilon": Bounds(r"\varepsilon", "Probability of acting uniformly instead.", 0.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class PolicyKind:
    """A way to make logits: from the MDP, or (`collects`) from the logits of the policy under study."""

    id: str
    title: str
    latex: str
    doc: str
    collects: bool
    make: Make

    def defaults(self) -> dict[str, Any]:
        """Every keyword with its default."""
        return {name: p.default for name, p in list(inspect.signature(self.make).parameters.items())[1:]}

    def to_json(self) -> dict[str, Any]:
        """The row of the catalog."""
        about = {"id": self.id, "title": self.title, "latex": self.latex, "doc": self.doc, "collects": self.collects}
        return about | {"keywords": [_keyword(name, default) for name, default in self.defaults().items()]}


policies: Registry[PolicyKind] = Registry("policy")


def policy(kind: str, title: str, latex: str, collects: bool = False) -> Callable[[Make], Make]:
    """Declare a kind of policy by the function that makes its logits; its docstring is what people read."""

    def declare(make: Make) -> Make:
        policies.add(kind, PolicyKind(kind, title, latex, inspect.getdoc(make) or title, collects, make))
        return make

    return declare


@policy("uniform", "Uniform", r"\pi(a\mid s)=1/|A|")
def uniform(mdp: TabularMDP) -> Float64:
    """Every action equally likely: where training begins."""
    return np.zeros((mdp.n_states, mdp.n_actions))


@policy("random", "Random", r"\theta_{s,a}\sim\mathcal N(0,\sigma^2)")
def random(mdp: TabularMDP, scale: float = 1.0, seed: int = 0) -> Float64:
    """Normal logits: some policy or other, different in every state."""
    logits: Float64 = scale * np.random.default_rng(seed).normal(size=(mdp.n_states, mdp.n_actions))
    return logits


@policy("greedy", "Nearly optimal", r"\pi\propto e^{Q^*_0(s,a)/T}")
def greedy(mdp: TabularMDP, temperature: float = 0.2) -> Float64:
    """The softmax of the optimal values with the whole horizon left: where training ends."""
    v = np.zeros(mdp.n_states)
    paid = (mdp.P * mdp.R).sum(-1)
    for _ in range(mdp.horizon):
        q = paid + mdp.gamma * mdp.P @ v
        v = q.max(-1)
    logits: Float64 = q / temperature
    return logits


@policy("logits", "Logits of your own", r"\theta_{s,a}")
def given(mdp: TabularMDP, logits: list[Any] | None = None) -> Float64:
    """One logit per state and action, as nested lists [state][action]."""
    return check_logits("logits", [] if logits is None else logits, mdp)


@policy("mix", "Mixed with uniform", r"\beta=(1-\varepsilon)\pi+\varepsilon/|A|", collects=True)
def mix(theta: Float64, epsilon: float = 0.2) -> Float64:
    """The policy itself, that now and then acts at random."""
    pi = softmax(theta)
    logits: Float64 = np.log(np.maximum((1 - epsilon) * pi + epsilon / pi.shape[1], 1e-300))
    return logits


@policy("temperature", "Hotter or colder", r"\beta\propto\pi^{1/T}", collects=True)
def temperature(theta: Float64, temperature: float = 2.0) -> Float64:
    """The same logits at another temperature: T above 1 explores more than the policy, T below 1 less."""
    return theta / temperature


def logits_of(spec: Mapping[str, Any], mdp: TabularMDP, theta: Float64 | None = None) -> Float64:
    """The logits [S, A] that {"kind": "random", "seed": 3} asks for; with `theta` also of a policy made from that.

    Raises ConfigErrors whose fields are the names inside `spec`.
    """
    kind = _kind(spec.get("kind"), theta is not None)
    keywords = {name: value for name, value in spec.items() if name != "kind"}
    errors = [error for name, value in keywords.items() if (error := _fault(kind, name, value)) is not None]
    if errors:
        raise ConfigErrors(errors)
    try:
        return kind.make(theta if kind.collects else mdp, **keywords)
    except ValueError as wrong:
        raise ConfigErrors([ConfigError(code="invalid_value", message=str(wrong), field="logits")]) from None


def _kind(name: Any, collecting: bool) -> PolicyKind:
    allowed = [kind.id for kind in policies.values() if collecting or not kind.collects]
    try:
        found = policies[str(name)]
    except UnknownId as unknown:
        raise ConfigErrors([from_unknown(unknown, "policy").model_copy(update={"field": "kind"})]) from None
    if found.id not in allowed:
        message = f"kind is '{name}', which is made from another policy; allowed {', '.join(allowed)}."
        raise ConfigErrors([ConfigError(code="invalid_value", message=message, field="kind")])
    return found


def _fault(kind: PolicyKind, name: str, value: Any) -> ConfigError | None:
    defaults = kind.defaults()
    if name not in defaults:
        takes = ", ".join(defaults) or "none"
        message = f"A policy '{kind.id}' takes no '{name[:80]}'; it takes: {takes}."
        return ConfigError(code="unknown_field", message=message, field=name)
    bounds = KEYWORDS.get(name)
    if bounds is None:
        return None
    whole = isinstance(defaults[name], int)
    fits = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if fits and bounds.least <= value <= bounds.most:
        return None
    what = "a whole number" if whole else "a number"
    message = f"{name} is {value!r:.80}; expected {what} from {bounds.least:g} to {bounds.most:g}."
    return ConfigError(code="out_of_range" if fits else "invalid_value", message=message, field=name)


def _keyword(name: str, default: Any) -> dict[str, Any]:
    row = {"name": name, "default": default, "integer": isinstance(default, int)}
    bounds = KEYWORDS.get(name)
    if bounds is None:
        return row | {"latex": "", "doc": "", "min": None, "max": None, "unit": "1"}
    return row | {
        "latex": bounds.latex, "doc": bounds.doc, "min": bounds.least, "max": bounds.most, "unit": bounds.unit,
    }  # fmt: skip
