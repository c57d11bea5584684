"""One declaration is enough: a control, a boundary or a metric that is declared appears wherever it is needed.

That a whole file dropped in declares itself is run in `test_adding.py`; here is what one declaration gives.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, Literal

import pytest

from rl_core.ad.gate import Gate
from rl_core.algorithms.algorithm import Algorithm, algorithms
from rl_core.algorithms.reinforce import Reinforce
from rl_core.catalog import catalog
from rl_core.config import ConfigErrors, check_edit, resolve
from rl_core.controls import boundary, choice, flag, number
from rl_core.on_policy.score_gradient import sourced_loss
from rl_core.registry import Registry, UnknownId, near_misses
from rl_core.run.run import train
from rl_core.telemetry.metric import scalar, scalars
from rl_core.telemetry.reading import Reading
from rl_core.updates.update import Onlooker, Update

BODY: dict[str, Any] = {"algorithm": "sampled", "environment": {"id": "CartPole-v1"}, "budget": {"updates": 2}}


class Sampled(Reinforce):
    """Controls of the sample algorithm."""

    twist: float = number(r"\xi", 0.5, title="Twist", ge=0, le=2, unit="rad", effect="Nothing moves.")
    """How far it is twisted."""

    flavour: Literal["sweet", "sour"] = choice(r"f", "sweet", title="Flavour", spec="B-99", effect="It tastes wrong.")
    """What it tastes of."""

    loud: bool = flag(r"\ell", False, title="Loud", live=False, effect="It is heard.")
    """Whether it is heard."""

    echo: Gate = boundary(
        r"\operatorname{sg}[e]",
        passed="e",
        title="Echo",
        spec="B-98",
        edges=(("policy", "actor"),),
        effect="It returns.",
    )
    """Treat the echo as a constant."""


@dataclasses.dataclass(frozen=True)
class Answer(Reading):
    """A reading of a new quantity."""

    value: float


class Oracle(Onlooker):
    """Leaves the answer after every update."""

    def read(self, u: Update) -> None:
        """The answer."""
        u.leave(Answer(42.0))


def echoed(at: Any) -> Any:
    """The policy's loss, with an echo that adds nothing."""
    loss = sourced_loss.value(at)
    return loss + 0.0 * at.c.echo(loss)


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    """An algorithm and a metric, declared while a test runs."""
    a = algorithms["reinforce"]
    terms = (dataclasses.replace(sourced_loss, value=echoed), *a.terms[1:])
    onlookers = (*a.instruments, lambda net, lanes, watched: Oracle())
    sample = dataclasses.replace(a, id="sampled", controls=Sampled, terms=terms, instruments=onlookers)
    algorithms.add("sampled", sample)

    @scalar("sample/answer", title="Answer", unit="1", latex="42")
    def answer(u: Answer) -> float:
        """The answer."""
        return u.value

    yield
    del algorithms._items["sampled"], scalars._items["sample/answer"]


def row(name: str) -> dict[str, Any]:
    return next(r for r in catalog()["controls"]["sampled"] if r["name"] == name)


def test_a_number_is_described_validated_and_editable() -> None:
    about = row("twist")
    assert {key: about[key] for key in ("kind", "min", "max", "unit", "default", "doc", "title", "live")} == {
        "kind": "number", "min": 0, "max": 2, "unit": "rad", "default": 0.5, "doc": "How far it is twisted.",
        "title": "Twist", "live": True,
    }  # fmt: skip
    config = resolve(BODY)
    assert config.controls["twist"] == 0.5
    assert check_edit(config, config.controls, {"twist": 1.5}) == []
    assert check_edit(config, config.controls, {"twist": 3})[0].message == "twist is 3; allowed 0 to 2."


def test_a_choice_with_a_boundary_id_is_a_boundary() -> None:
    about = row("flavour")
    assert (about["kind"], about["values"], about["boundary"], about["spec"]) == (
        "choice", ["sweet", "sour"], True, "B-99",
    )  # fmt: skip
    assert not row("twist")["boundary"]


def test_a_flag_that_is_not_live_is_fixed_at_the_start() -> None:
    config = resolve(BODY | {"controls": {"loud": True}})
    assert check_edit(config, config.controls, {"loud": False})[0].code == "not_live"


def test_a_gate_is_a_switch_a_metric_and_a_curve() -> None:
    assert row("echo")["values"] == ["block", "pass"]
    assert row("echo")["edges"] == [["policy", "actor"]]
    assert "gate/echo" in [m["name"] for m in catalog()["metrics"]]
    with pytest.raises(ConfigErrors, match="'block' or 'pass'"):
        resolve(BODY | {"controls": {"echo": "open"}})
    frames = trained()
    assert all("gate/echo" in frame["scalars"] for frame in frames)


def test_a_metric_is_described_and_measured() -> None:
    about = next(m for m in catalog()["metrics"] if m["name"] == "sample/answer")
    assert (about["doc"], about["unit"], about["kind"]) == ("The answer.", "1", "scalar")
    assert {x for frame in trained() for x in frame["scalars"]["sample/answer"]["last"]} == {42.0}


def trained() -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = []
    train(BODY, records.append)
    return [r for r in records if r["type"] == "frame"]


def test_an_algorithm_is_in_the_catalog_and_suggested_for_a_near_miss() -> None:
    assert "sampled" in [a["id"] for a in catalog()["algorithms"]]
    with pytest.raises(ConfigErrors, match="Did you mean sampled"):
        resolve(BODY | {"algorithm": "sample"})


# --- the registry -----------------------------------------------------------------------------------------------------


def test_an_id_cannot_be_declared_twice() -> None:
    again: Algorithm[Any] = algorithms["sampled"]
    with pytest.raises(ValueError, match="'sampled' is declared twice"):
        algorithms.add("sampled", again)


def test_an_unknown_id_names_the_nearest_and_the_known() -> None:
    registry: Registry[int] = Registry("thing")
    for name in ("apple", "apricot", "plum"):
        registry.add(name, 1)
    with pytest.raises(UnknownId, match=r"no thing 'aple'. Did you mean apple.*Known: apple, apricot, plum") as unknown:
        registry["aple"]
    assert unknown.value.did_you_mean[0] == "apple"
    assert (list(registry), len(registry), "plum" in registry, "pear" in registry) == (
        ["apple", "apricot", "plum"], 3, True, False,
    )  # fmt: skip


def test_near_misses_ignore_case_and_survive_nonsense() -> None:
    assert near_misses("CARTPOLE-V1", ["CartPole-v1", "Acrobot-v1"])[0] == "CartPole-v1"
    assert near_misses("x" * 10_000, ["CartPole-v1"]) == []
