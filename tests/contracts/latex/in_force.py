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
from rl_core.data.batch import Batch, LivePolicy
from rl_core.on_policy.truth import Truth
from rl_core.streams import Streams
from rl_core.tabular.mdp import TabularMDP
from rl_core.updates.descend import Descend
from rl_core.updates.term import Deed, Line
from rl_core.updates.trust_region import StepReport
from rl_core.updates.update import Update
from tests.contracts.latex.arithmetic import Array, Point
from tests.contracts.latex.numbers import Data, scheduled
from tests.rl_core.support import Fit

SWITCH = re.compile(r"@(\w+)@")


@dataclass(frozen=True)
class Case:
    """What an update is made of."""

    algorithm: Algorithm[Any]
    c: Any
    learner: Fit
    batch: Batch
    previous: Batch  # the one before it, for what parts remember
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
    gradient: Array  # in the actor's parameters, then in the critic's
    data: Data
    point: Point


def in_force(case: Case) -> InForce:
    """Every line of the equation that is in force, with the value that the code gives it."""
    a, c, learner = case.algorithm, case.c, case.learner
    learner.instruments = [Truth(*case.mdp)] if case.mdp else []
    _remember(case)
    point = {symbol: _numbers(learner, group) for symbol, group in ((r"\theta", "actor"), (r"\phi", "critic"))}
    u = _update(case, _kept(case.batch, learner.net, c))
    u.samples = _after_some_steps(learner.estimate(u))
    index = torch.arange(len(u.samples)) if case.part is None else torch.as_tensor(case.part)
    m = u.samples if case.part is None else u.samples.take(index)
    losses = u.losses(learner.estimate.prepared(u, m, index))
    lines = [line for line in a.where if line.in_force(c)]
    rows = [_row(line, losses.terms[line.name], c, line.name) for line in losses.declared]
    rows += [_row(line, line.value(losses.at), c) for line in lines if not isinstance(line, Deed)]
    total = losses.total()
    gradient = torch.autograd.grad(total, _parameters(learner), retain_graph=True, materialize_grads=True)
    if deeds := [line for line in lines if isinstance(line, Deed)]:
        for rule in learner.rules:
            if type(rule) is not Descend:  # of which the equation says nothing
                rule(u)
        rows += [_row(line, line.value(u), c) for line in deeds]
    return InForce(rows, total.item(), torch.cat([g.reshape(-1) for g in gradient]).numpy(), _data(case, u), point)


def written(latex: str, c: Any) -> str:
    """The line as the screen writes it: `@name@` is the LaTeX of the control's value, or its symbol."""
    about, values = {row["name"]: row for row in c.declarations()}, c.values()

    def one(match: re.Match[str]) -> str:
        row, value = about[match[1]], values[match[1]]
        if "when" in row and not _shown(row["when"], values):
            return ""
        key = str(value).lower() if isinstance(value, bool) else str(value)
        return str(row.get("terms", {}).get(key, row["latex"])) + " "  # so that a command ends here

    return SWITCH.sub(one, latex)


def _shown(when: dict[str, Any], values: dict[str, Any]) -> bool:
    value = values[when["control"]]
    return bool(value != when["not"] if "not" in when else value == when["is"] if "is" in when else value in when["in"])


def _row(line: Line, value: Tensor, c: Any, name: str = "") -> Row:
    return Row(name, written(line.latex, c), np.atleast_1d(value.detach().numpy()), line)


def _update(case: Case, b: Batch) -> Update:
    learner, remembered = case.learner, dict[str, Any]()
    for rule in learner.rules:
        remembered |= rule.in_force(case.c)
    return Update(
        b, case.c.at(case.progress, remembered), learner.net, learner.flat, Streams(0), learner.estimate,
        case.algorithm.in_force(case.c), case.algorithm.see, learner.instruments,
    )  # fmt: skip


def _remember(case: Case) -> None:
    """Let every part see the batch before, as far as that moves no parameters."""
    u = _update(case, case.previous)
    u.samples = case.learner.estimate(u)
    for rule in case.learner.rules:
        if not rule.groups:
            rule(u)


def _after_some_steps(samples: Any) -> Any:
    """The same where V has moved since the first step of the update, if anything compares them."""
    if samples.value is None:
        return samples
    return replace(samples, value=samples.value - torch.sin(torch.arange(len(samples)) + 1.0))


def _kept(b: Batch, net: Any, c: Any) -> Batch:
    """The batch of a rollout that kept what the controls ask for."""
    if c.keeps is None:
        return b
    pi = net.policy(b.obs_t[:-1])
    return replace(b, live_t=LivePolicy(pi.params, pi.log_prob(b.action_t) if c.keeps == "log_prob" else None))


def _parameters(learner: Fit) -> list[Tensor]:
    groups = learner.net.groups()
    return [p for name in ("actor", "critic") for p in groups.get(name, ())]


def _numbers(learner: Fit, group: str) -> Array:
    parts = [p.detach().reshape(-1) for p in learner.net.groups().get(group, ())]
    return torch.cat(parts).numpy().copy() if parts else np.zeros(0)


def _data(case: Case, u: Update) -> Data:
    c, family = case.c, case.learner.net.family
    numbers = {row["name"]: row for row in c.declarations() if row["kind"] == "number"}
    shown = {name for line in case.algorithm.equation() for name in SWITCH.findall(line.latex)} & set(numbers)
    given = {
        numbers[name]["latex"]: scheduled(c, name, numbers[name].get("schedule", ""), case.progress) for name in shown
    }
    step = u.find(StepReport)
    said = {"j": step.backtracks} if step is not None and step.backtracks is not None else {}
    said |= {r"\beta_k": u.c.kl_coef} if "kl_coef" in shown else {}
    return Data.of(
        case.batch, c, family=family, part=None if case.part is None else np.asarray(case.part), mdp=case.mdp,
        old_value=None if u.samples.value is None else u.samples.value.detach().numpy(),
        previous=Data.of(case.previous, c, family=family), given=given | said,
    )  # fmt: skip
