r"""Holding the policy near the one that made the data: a KL penalty, one that adapts, or an early end of the epochs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import torch
from pydantic import model_validator
from torch import Tensor

from rl_core.ad.gate import constant
from rl_core.controls import acting_when, choice, inherited, number
from rl_core.estimators.kl import KlDirection, sampled_kl
from rl_core.estimators.options import kl_estimators
from rl_core.on_policy.controls import MinibatchControls
from rl_core.on_policy.kl_reference import ReferenceControls, exact_kl, reference
from rl_core.on_policy.old_policy import RatioAt
from rl_core.telemetry.metric import scalar
from rl_core.telemetry.reading import Reading
from rl_core.updates.rule import Declared, PlainRule
from rl_core.updates.term import Losses, deed, term, where
from rl_core.updates.update import Update

if TYPE_CHECKING:  # the values are those of the options that are declared
    KlEstimator = str
else:
    KlEstimator = kl_estimators.literal()

PENALTIES = ("penalty", "adaptive_penalty")
CONTROLLED = ("kl", "not", "none")
TOLERANCE = 1.5  # the KL may exceed its target by this factor, or fall short of it
BETA_RANGE = (1e-6, 1e6)  # beyond it a coefficient that adapts would need hundreds of updates to come back


class KlControls(ReferenceControls, MinibatchControls):
    """Controls of the distance to the data policy, for algorithms with several gradient steps per batch."""

    kl: Literal["none", "penalty", "adaptive_penalty", "early_stop"] = choice(
        r"\mathrm{KL}", "none", title="KL control", group="policy", ref="Schulman et al. 2017, section 4",
        effect="Holds the policy near the one that made the data; with a wide clip range it does so alone.",
    )  # fmt: skip
    """A penalty on the KL, one whose coefficient adapts to a target, or an end of the epochs beyond the target."""

    kl_direction: KlDirection = inherited(ReferenceControls, "kl_direction", "old||new", **acting_when(CONTROLLED))
    kl_reference: Literal["saved", "recomputed", "recomputed_attached"] = inherited(
        ReferenceControls, "kl_reference", "saved", **acting_when(CONTROLLED)
    )

    kl_coef: float = number(
        r"\beta", 1.0, when=[("kl", "in", PENALTIES)], title="KL coefficient", ge=0, le=1000, group="policy",
        effect="Larger holds harder; where it adapts this is where it begins.",
    )  # fmt: skip
    """Weight of the KL penalty; an edit starts the adaptive one again from here."""

    kl_target: float = number(
        r"d_{\text{targ}}", 0.01,
        when=[("kl", "in", ("adaptive_penalty", "early_stop"))],
        title="KL target", ge=1e-5, le=10, unit="nat", log=True, group="policy",
        effect="Small steps are safe and slow; the epochs end, or beta doubles, at 1.5 times this.",
    )  # fmt: skip
    """KL per batch that the adaptive penalty aims at, and that the early stop allows 1.5 times of."""

    kl_estimator: KlEstimator = choice(
        r"\widehat{\mathrm{KL}}", "exact",
        when=[("kl", "not", "none")],
        title="KL estimator", group="policy", ref="Schulman 2020",
        terms=kl_estimators.latex(),
        effect="The gradients of exact, k1 and k3 have one mean; k1's is pure noise where the policies are equal.",
    )  # fmt: skip
    """The sum over all actions, or an estimate from the actions that were taken; k2's gradient is biased."""

    @model_validator(mode="after")
    def _kl_valid(self) -> KlControls:
        if self.kl != "none" and self.epochs == self.minibatches == 1 and not self.minibatch_size:
            self.refuse("kl", f"kl '{self.kl}' holds the policy near the one that made the batch, but with epochs 1 "
                        "and minibatches 1 there is a single step, at which the KL and its gradient are still 0. "
                        "Raise epochs or minibatches, or set kl to 'none', in the same edit.")  # fmt: skip
        if self.kl == "adaptive_penalty" and not self.kl_coef:
            self.refuse("kl_coef", "kl_coef is 0, which stays 0 however often the adaptive penalty doubles it. Set "
                        "kl_coef above 0, for instance 1, or kl to 'none'.")  # fmt: skip
        return self


class KlAt(RatioAt):
    """Samples whose ratio is clipped and whose KL to the reference is controlled."""

    @property
    def clip_range(self) -> float | None:
        """The clip range in force."""
        clip: float = self.c.clip
        return clip

    @cached_property
    def kl(self) -> Tensor | None:
        r"""(1/M) \sum_t of the KL between \pi_\theta and its reference, as chosen (nats)."""
        c = self.c
        if c.kl == "none":
            return None
        if c.kl_estimator == "exact":
            return exact_kl(self)
        log_rho = self.log_pi - reference(self)[1]
        return sampled_kl(log_rho, c.kl_estimator, c.kl_direction).mean()


MEAN_KL = r"\textstyle\frac1M\sum @kl_estimator@(@kl_direction@)"


@term("kl", rf"\\ +\;@kl_coef@\,{MEAN_KL}", "actor", ("kl", "is", "penalty"))
def kl_penalty(at: KlAt) -> Tensor:
    r"""\beta KL (nats)."""
    return at.c.kl_coef * at.kl  # type: ignore[no-any-return]


adaptive_kl_penalty = term("kl", rf"\\ +\;\beta_k\,{MEAN_KL}", "actor", ("kl", "is", "adaptive_penalty"))(
    kl_penalty.value
)


@where(rf"\\ \text{{stop}}=\big[\,{MEAN_KL}>1.5\,@kl_target@\,\big]", ("kl", "is", "early_stop"))
def stop(at: KlAt) -> Tensor:
    """1 where the KL ends the epochs, else 0."""
    return _beyond(at).to(at.log_pi)


@where(rf"\\ d={MEAN_KL}", ("kl", "is", "adaptive_penalty"))
def measured_kl(at: KlAt) -> Tensor:
    """The KL that is held against its target; at the end of an update it says what becomes of the coefficient."""
    assert at.kl is not None
    return at.kl


@deed(r",\quad\beta_0=@kl_coef@", ("kl", "is", "adaptive_penalty"))
def first_beta(u: Update) -> Tensor:
    """Where the coefficient begins."""
    return torch.as_tensor(u.reading(Beta).first)


@deed(r",\quad\beta_{k+1}=2^{[d>1.5\,@kl_target@]-[d<@kl_target@/1.5]}\,\beta_k", ("kl", "is", "adaptive_penalty"))
def next_beta(u: Update) -> Tensor:
    """What it becomes."""
    return torch.as_tensor(u.reading(Beta).following)


@where(r",\quad\bar\pi=@kl_reference@", ("kl", "not", "none"))
def reference_policy(at: KlAt) -> Tensor:
    """The parameters [B, P] of the policy that the KL is measured from."""
    return reference(at)[0].params


kl_lines = (stop, measured_kl, first_beta, next_beta, reference_policy)


@dataclass(frozen=True, slots=True)
class Beta(Reading):
    r"""The weight of the KL penalty in this update, in the first and in the next one."""

    value: float
    first: float = 0.0
    following: float = 0.0


@scalar("policy/kl_coef", title="KL coefficient", unit="1", latex=r"\beta", colour="violet")
def beta_in_force(u: Beta) -> float:
    """Weight of the KL penalty in this update; where it adapts it doubles and halves to keep the KL at its target."""
    return u.value


class AdaptBeta(PlainRule):
    r"""The \beta in force: kl_coef, or what has become of it by doubling and halving."""

    def __init__(self) -> None:
        self._given, self._beta = 0.0, 0.0

    def in_force(self, c: Any) -> Mapping[str, Any]:
        r"""\beta for the next update, where something is penalised."""
        if c.kl not in PENALTIES:
            self._given = 0.0
            return {}
        if c.kl == "penalty" or c.kl_coef != self._given:
            self._given = self._beta = c.kl_coef
        return {"kl_coef": self._beta}

    def __call__(self, u: Update) -> int:
        r"""\beta doubles if KL > 1.5 d after the update, and halves if KL < d / 1.5."""
        if u.c.kl == "adaptive_penalty":
            after = u.see(u.samples, u.net, u.c).kl
            kl = float(constant(after))
            factor = 2.0 if kl > TOLERANCE * u.c.kl_target else 0.5 if kl < u.c.kl_target / TOLERANCE else 1.0
            self._beta = min(max(factor * self._beta, BETA_RANGE[0]), BETA_RANGE[1])
        if u.c.kl in PENALTIES:
            u.leave(Beta(u.c.kl_coef, self._given, self._beta))
        return 0

    def state(self) -> dict[str, float]:
        """For a checkpoint."""
        return {"given": self._given, "beta": self._beta}

    def restore(self, state: dict[str, float]) -> None:
        """Go on from a checkpoint."""
        self._given, self._beta = state["given"], state["beta"]


adapt_beta = Declared((), lambda flat, c: AdaptBeta())


def too_far(losses: Losses) -> bool:
    """Whether the early stop ends the epochs here, before this minibatch's step."""
    return bool(losses.at.c.kl == "early_stop" and _beyond(losses.at))


def _beyond(at: KlAt) -> Tensor:
    assert at.kl is not None
    beyond: Tensor = constant(at.kl) > TOLERANCE * at.c.kl_target
    return beyond
