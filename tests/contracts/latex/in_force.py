r"""The one place that knows the engine: an algorithm's lines in force, and the code's value of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rl_core.algorithms.algorithm import Algorithm
from rl_core.data.batch import LivePolicy
from rl_core.data.transitions import Transitions
from rl_core.on_policy.truth import Truth
from rl_core.run.learner import Learner
from rl_core.streams import Streams
from rl_core.tabular.mdp import TabularMDP
from rl_core.updates.descend import Descend
from rl_core.updates.lag import LaggedDescend
from rl_core.updates.term import Deed, Line
from rl_core.updates.trust_region import StepReport
from rl_core.updates.update import Update
from tests.contracts.latex.action_values import TransitionData
from tests.contracts.latex.arithmetic import Array, Point
from tests.contracts.latex.numbers import Data, scheduled

SWITCH = re.compile(r"@(\w+)@")
SYMBOLS = {"actor": r"\theta", "critic": r"\phi", "q": r"\phi", "q_target": r"\bar\phi"}


@dataclass(frozen=True)
class Case:
    """What an update is made of."""

    algorithm: Algorithm[Any]
    c: Any
    learner: Learner
    batch: Any
    previous: Any  # the one before it, for what parts remember
    progress: float = 0.25
    part: Sequence[int] | None = None  # places of the samples of a minibatch
    mdp: tuple[TabularMDP, Array] | None = None  # behind the batch, and the features of its states


@dataclass(frozen=True)
class Row:
    """A line in force: a term's name, or nothing; what the screen says; the code's value, samples or columns last."""

    name: str
    latex: str
    value: Array
    line: Line


@dataclass(frozen=True)
class InForce:
    """The rows, the loss as the code sums it with its gradient, and what symbols are looked up in."""

    rows: list[Row]
    total: float
    gradient: Array  # in the parameters of `point`
    data: Any
    point: Point


def in_force(case: Case) -> InForce:
    """Every line of the equation that is in force, with the value that the code gives it."""
    a, c, learner = case.algorithm, case.c, case.learner
    learner.instruments = [Truth(*case.mdp)] if case.mdp else []
    before = _point(learner)
    _remember(case)
    point = _point(learner)
    old = before if getattr(c, "lag", 0) else point
    u = _update(case, _kept(case.batch, learner.net, c))
    u.samples = _after_some_steps(learner.estimate(u))
    index = torch.arange(len(u.samples)) if case.part is None else torch.as_tensor(case.part)
    m = u.samples if case.part is None else u.samples.take(index)
    losses = u.losses(learner.estimate.prepared(u, m, index))
    lines = [line for line in a.where if line.in_force(c)]
    rows = [_row(line, losses.terms[line.name], c, line.name) for line in losses.declared]
    rows += [_row(line, line.value(losses.at), c) for line in lines if not isinstance(line, Deed)]
    total = losses.total()
    parameters = [p for group in learner.net.groups().values() for p in group]
    gradient = torch.autograd.grad(total, parameters, retain_graph=True, materialize_grads=True)
    if deeds := [line for line in lines if isinstance(line, Deed)]:
        for rule in learner.rules:
            if type(rule) is not Descend:  # of which the equation says nothing
                rule(u)
        rows += [_row(line, line.value(u), c) for line in deeds]
    flat = torch.cat([g.reshape(-1) for g in gradient]).numpy()
    return InForce(rows, total.item(), flat, _data(case, u, old), point)


def written(latex: str, c: Any) -> str:
    """The line as the screen writes it: `@name@` is the LaTeX of the control's value, or its symbol."""
    about, values = {row["name"]: row for row in c.declarations()}, c.values()

    def one(match: re.Match[str]) -> str:
        row, value = about[match[1]], values[match[1]]
        if row["kind"] == "flag" and row.get("when") and not any(_holds(when, values) for when in row["when"]):
            value = False  # it does nothing
        key = str(value).lower() if isinstance(value, bool) else str(value)
        return str(row.get("terms", {}).get(key, row["latex"])) + " "  # so that a command ends here

    return SWITCH.sub(one, latex)


def _holds(when: dict[str, Any], values: dict[str, Any]) -> bool:
    value = values[when["control"]]
    return bool(value != when["not"] if "not" in when else value == when["is"] if "is" in when else value in when["in"])


def _row(line: Line, value: Tensor, c: Any, name: str = "") -> Row:
    return Row(name, written(line.latex, c), np.atleast_1d(value.detach().numpy()), line)


def _update(case: Case, b: Any) -> Update:
    learner, remembered = case.learner, dict[str, Any]()
    for rule in learner.rules:
        remembered |= rule.in_force(case.c)
    return Update(
        b, case.c.at(case.progress, remembered), learner.net, learner.flat, Streams(0), learner.estimate,
        case.algorithm.in_force(case.c), case.algorithm.see, learner.instruments,
    )  # fmt: skip


def _remember(case: Case) -> None:
    """Let every part see the batch before; only what is known to remember parameters moves them."""
    u = _update(case, case.previous)
    u.samples = case.learner.estimate(u)
    for rule in case.learner.rules:
        if not rule.groups or isinstance(rule, LaggedDescend):
            rule(u)


def _after_some_steps(samples: Any) -> Any:
    """The same where V has moved since the first step of the update, if anything compares them."""
    if getattr(samples, "value", None) is None:
        return samples
    return replace(samples, value=samples.value - torch.sin(torch.arange(len(samples)) + 1.0))


def _kept(b: Any, net: Any, c: Any) -> Any:
    """The batch of a rollout that kept what the controls ask for."""
    if getattr(c, "keeps", None) is None:
        return b
    pi = net.policy(b.obs_t[:-1])
    return replace(b, live_t=LivePolicy(pi.params, pi.log_prob(b.action_t) if c.keeps == "log_prob" else None))


def _point(learner: Learner) -> Point:
    """The parameters of every group as one vector, under its symbol."""
    return {
        SYMBOLS[name]: torch.cat([p.detach().reshape(-1) for p in group]).numpy().copy()
        for name, group in learner.net.groups().items()
    }


def _data(case: Case, u: Update, old: Point) -> Data | TransitionData:
    if isinstance(case.batch, Transitions):
        return TransitionData(case.c, case.batch)
    c, family = case.c, case.learner.net.family.id
    numbers = {row["name"]: row for row in c.declarations() if row["kind"] == "number"}
    shown = {name for line in case.algorithm.equation() for name in SWITCH.findall(line.latex)} & set(numbers)
    given = {
        numbers[name]["latex"]: scheduled(c, name, numbers[name].get("schedule", ""), case.progress) for name in shown
    }
    step = u.find(StepReport)
    said = {"j": step.backtracks} if step is not None and step.backtracks is not None else {}
    said |= {r"\theta_{t-\ell}": old[r"\theta"][:, None, None]} if "lag" in shown else {}
    said |= {r"\beta_k": u.c.kl_coef} if "kl_coef" in shown else {}
    return Data.of(
        case.batch, c, family=family, part=None if case.part is None else np.asarray(case.part), mdp=case.mdp,
        old_value=None if u.samples.value is None else u.samples.value.detach().numpy(),
        previous=Data.of(case.previous, c, family=family), given=given | said,
    )  # fmt: skip
