"""Every algorithm is driven through its own source in a tiny environment: nothing here knows how it collects."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from rl_core.algorithms.algorithm import Algorithm, algorithms
from rl_core.run.run import Run
from rl_core.telemetry.probes import Probe
from rl_core.updates.update import Update
from tests.contracts.references import reference
from tests.contracts.test_boundaries import ALIVE, Seen
from tests.rl_core.support import run

EVERY = pytest.mark.parametrize("a", algorithms.values(), ids=lambda a: a.id)
OFF_POLICY = {"learning_starts": 64, "memory_size": 256, "batch_size": 32, "target_network": "none", "reward": 1}


def started(a: Algorithm[Any], **values: Any) -> Run:
    """A run of the algorithm on two poles, with as much of these settings as it has."""
    known = {name: value for name, value in values.items() if name in a.controls.model_fields}
    known |= {"trunk": "separate"} if "trunk" in a.controls.model_fields else {}
    start = {"algorithm": a.id, "environment": {"id": "CartPole-v1", "num_envs": 2}, "controls": known}
    return run(start | {"budget": {"updates": 10}})


def updated(a: Algorithm[Any], **values: Any) -> tuple[Run, Update]:
    """One update of it, probed."""
    r = started(a, **ALIVE | OFF_POLICY | values)
    return r, r.learner.update(r.source.collect(r.c.at(0.0)), r.c, 0.0, probe_leaks=True)


@EVERY
def test_the_first_losses_are_the_reference(a: Algorithm[Any]) -> None:
    r = started(a, initialisation="default")
    batch = r.source.collect(r.c.at(0.0))
    expected = reference(a.id)(r.learner.net, batch)
    found = r.learner.update(batch, r.c, 0.0).steps[0].losses.terms
    assert {name: float(found[name].detach()) for name in expected} == pytest.approx(expected, rel=2e-4, abs=1e-5)
    assert all(float(x.detach()) == 0.0 for name, x in found.items() if name not in expected)


@EVERY
def test_terms_in_force_are_those_of_the_declaration_and_reach_their_groups(a: Algorithm[Any]) -> None:
    """Before any gate is opened a term reaches the groups it is meant for (or a trunk), and no other."""
    r, u = updated(a)
    assert [term.name for term in a.in_force(r.c)] == list(u.steps[0].losses.terms)
    probed = u.find(Probe)
    assert probed is not None
    for term in u.terms:
        for group in r.learner.flat.groups:
            if term.name != "kl":  # at equal policies its gradient is 0
                assert (probed.leaks[term.name, group] > 0) == (group in term.into), (term.name, group)


@EVERY
def test_every_group_is_moved_by_exactly_one_rule(a: Algorithm[Any]) -> None:
    groups = [group for rule in a.rules for group in rule.groups]
    assert len(groups) == len(set(groups))
    assert set(started(a).learner.flat.groups) <= set(groups)


@EVERY
def test_every_gate_is_called_and_opening_it_changes_its_edges_and_no_value(a: Algorithm[Any]) -> None:
    gates = [row for row in a.controls.declarations() if row["kind"] == "gate"]
    _, blocked = updated(a)
    assert set(blocked.pressure) == {row["name"] for row in gates}
    for row in gates:
        _, passed = updated(a, **{row["name"]: "pass"})
        before, after = blocked.left[Probe].leaks, passed.left[Probe].leaks  # type: ignore[attr-defined]
        for edge in map(tuple, row["edges"]):
            assert abs(after[edge] - before[edge]) > 1e-7, (row["name"], edge)
        for name, value in blocked.steps[0].losses.terms.items():
            assert float(passed.steps[0].losses.terms[name].detach()) == pytest.approx(float(value.detach()), rel=1e-6)


@EVERY
def test_every_boundary_is_read_in_an_update(a: Algorithm[Any]) -> None:
    r = started(a, **ALIVE | OFF_POLICY)
    batch, seen = r.source.collect(r.c.at(0.0)), Seen(r.c)  # type: ignore[arg-type]
    r.learner.update(batch, seen, 0.0)  # type: ignore[arg-type]
    assert {row["name"] for row in a.controls.declarations() if row["boundary"]} <= seen.read


@EVERY
def test_a_checkpoint_walks_the_parts(a: Algorithm[Any]) -> None:
    """Whatever remembers: another run that takes the state over makes the same next updates, bit for bit."""
    one, other = (started(a, **ALIVE | OFF_POLICY | {"lag": 2, "target_network": "hard", "target_every": 2})
                  for _ in range(2))  # fmt: skip
    for _ in range(3):
        one.advance()
    other.restore(one.state())
    for _ in range(3):
        one.advance()
        other.advance()
        assert torch.equal(one.learner.flat.vector, other.learner.flat.vector)
