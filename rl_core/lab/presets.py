"""Experiments for a lecture, each one click away: the request, and the question that its table answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rl_core.algorithms.algorithm import algorithms
from rl_core.environments.finite.declared import FiniteEnvironment, finite_environments
from rl_core.lab.estimator import EXTRA, whole_episode_algorithms
from rl_core.lab.oracle import KINDS
from rl_core.lab.policies import policies
from rl_core.lab.request import MAX_ESTIMATORS, StudyRequest

EXACT = {"gamma_t": True}  # the weights that make the discounted gradient unbiased
VALUES = {
    "exact": "The critic knows V and Q of the policy, and how many steps are left.",
    "stationary": "The best critic that sees the state alone: the mean over the times at which it is visited.",
    "zero": "The critic says 0 everywhere: whoever bootstraps from it is misled.",
}
SHOWN = (
    "importance", "self_normalised", "weight_clamp", "clip", "return_kind", "gae_lambda", "n_step", "baseline",
    "baseline_constant", "baseline_source", "gamma_t", "advantage_norm", "norm_ddof", "reduction", "gradient",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preset:
    """A question, and the request whose answer is the table."""

    id: str
    title: str
    doc: str
    request: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The row of the catalog, with every default filled in."""
        request = StudyRequest.model_validate(self.request).model_dump(mode="json")
        return {"id": self.id, "title": self.title, "doc": self.doc, "request": request}


def _rows(common: dict[str, Any], *rows: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": name, "settings": common | own} for name, own in rows]


BASELINES = Preset(
    "baselines",
    "Do baselines bias?",
    "What is subtracted may depend on the state, not on the action. A batch's own mean contains the sample itself and "
    "shrinks the gradient by 1/N; leaving that sample out costs nothing. Q(s, a) leaves nothing to learn, until its "
    "known mean is added back.",
    {
        "environment": {"id": "Chain-v0"}, "gamma": 1.0, "batch": 4, "batches": 2000,
        "estimators": _rows(
            EXACT,
            ("none", {}),
            ("constant", {"baseline": "constant", "baseline_constant": 1.0}),
            ("batch mean", {"baseline": "batch_mean"}),
            ("leave one out", {"baseline": "leave_one_out"}),
            ("learned V", {"baseline": "learned_v"}),
            ("optimal scalar", {"baseline": "optimal_scalar"}),
            ("action dependent", {"baseline": "action_dependent"}),
            ("corrected", {"baseline": "action_dependent_corrected"}),
        ),
    },
)  # fmt: skip
RETURNS = Preset(
    "returns",
    "Which return?",
    "From the full return to one TD error the variance falls. With the exact V every row is unbiased; with a critic "
    "that sees no clock, or says 0, whatever bootstraps is not.",
    {
        "environment": {"id": "Grid-v0"}, "gamma": 0.95, "batch": 16, "batches": 500,
        "estimators": _rows(
            EXACT,
            ("full", {"return_kind": "full"}),
            ("reward to go", {"return_kind": "reward_to_go"}),
            ("reward to go − V", {"return_kind": "reward_to_go", "baseline": "learned_v"}),
            ("5 steps − V", {"return_kind": "n_step", "n_step": 5, "baseline": "learned_v"}),
            ("GAE 0.95", {"return_kind": "gae", "gae_lambda": 0.95}),
            ("TD", {"return_kind": "td"}),
            ("GAE 0.95, no clock", {"return_kind": "gae", "gae_lambda": 0.95, "value": "stationary"}),
            ("TD, V = 0", {"return_kind": "td", "value": "zero"}),
        ),
    },
)  # fmt: skip
WEIGHTS = Preset(
    "weights",
    "Weights explode",
    "The data come from a policy that acts at random every other time. A product of ratios over a trajectory is "
    "unbiased, and rules the batch by its largest weight; weighting every reward by its own past is calmer; a ratio "
    "per step, clipped or not, is calm and wrong.",
    {
        "environment": {"id": "Grid-v0"}, "gamma": 0.95,
        "policy": {"kind": "random", "scale": 1.0, "seed": 0}, "behaviour": {"kind": "mix", "epsilon": 0.5},
        "batch": 16, "batches": 500,
        "estimators": _rows(
            EXACT | {"algorithm": "off_policy_is_pg"},
            ("none", {"importance": "none"}),
            ("trajectory", {"importance": "trajectory"}),
            ("per decision", {"importance": "per_decision"}),
            ("per time step", {"importance": "timestep"}),
            ("clipped", {"importance": "clip"}),
            ("self-normalised", {"importance": "trajectory", "self_normalised": True}),
        ),
    },
)  # fmt: skip
PRESETS = (BASELINES, RETURNS, WEIGHTS)


def _environment(declared: FiniteEnvironment) -> dict[str, Any]:
    """A finite environment with those of its keywords that are numbers."""
    numbers = {name: value for name, value in declared.keywords().items() if isinstance(value, int | float)}
    keywords = [{"name": name, "default": value, "integer": isinstance(value, int)} for name, value in numbers.items()]
    return {"id": declared.id, "title": declared.title, "doc": declared.info().doc, "keywords": keywords}


def laboratory() -> dict[str, Any]:
    """What the page needs: policies, what a critic may know, the settings that shape a gradient, and the presets."""
    studied = whole_episode_algorithms()
    fields = {name: algorithms[name].controls.model_fields for name in studied}
    return {
        "algorithms": studied,
        "environments": [_environment(declared) for declared in finite_environments.values()],
        "settings": {name: [shown for shown in SHOWN if shown in fields[name]] for name in studied},
        "values": [{"id": kind, "doc": VALUES[kind]} for kind in KINDS],
        "extra": list(EXTRA),
        "policies": [kind.to_json() for kind in policies.values()],
        "presets": [preset.to_json() for preset in PRESETS],
        "max_estimators": MAX_ESTIMATORS,
    }
