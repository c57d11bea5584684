"""The learner of the on-policy family: estimate once, then epochs of minibatches, each one backward and one step."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from typing import Any, cast

import torch
from torch import Tensor

from rl_core.ad.gate import Tap
from rl_core.ad.size import graph_size
from rl_core.algorithms.algorithm import Algorithm
from rl_core.data.batch import Batch
from rl_core.data.samples import Losses, Minibatch
from rl_core.estimators.advantages import normalise
from rl_core.estimators.schedules import scheduled
from rl_core.networks.actor_critic import ActorCritic
from rl_core.on_policy.controls import OnPolicyControls
from rl_core.on_policy.estimate import estimate
from rl_core.on_policy.gradient import GradientReport, fill_gradient, probe_score
from rl_core.on_policy.kl_control import KlCoefficient, KlControls, too_far
from rl_core.on_policy.samples import Samples
from rl_core.on_policy.score_baselines import OptimalBaseline
from rl_core.on_policy.truth import Truth
from rl_core.on_policy.valuation import Valuation
from rl_core.run.trace import Trace
from rl_core.streams import Streams
from rl_core.telemetry.probes import probe
from rl_core.types import ActionSpace, Box
from rl_core.updates.flat import FlatParameters
from rl_core.updates.optimisers import build_optimiser, set_learning_rate
from rl_core.updates.step import backward, descend


class Learner:
    """Networks, their flat parameters and the optimiser of one run; `grad_steps` counts optimiser steps."""

    def __init__(
        self, algorithm: Algorithm[Any], c: OnPolicyControls, obs_size: int, actions: ActionSpace, streams: Streams
    ) -> None:
        self._algorithm, self._streams = algorithm, streams
        self.net = ActorCritic(obs_size, actions, c, c.critic, streams.initialisation()).to(c.device)
        self.flat = FlatParameters(self.net.groups())
        self.optimiser = build_optimiser(self.flat, c, () if algorithm.actor_step is None else ("actor",))
        self.values = Valuation(self.net, actions)
        self._dropout, self.actions = c.dropout, actions
        self._kl_coef, self._optimal = KlCoefficient(), OptimalBaseline()
        self.truth: Truth | None = None  # given where the MDP is known
        self.grad_steps = 0

    def update(self, b: Batch, c: OnPolicyControls, progress: float, probe_leaks: bool = False) -> Trace:
        """Fit to one batch. `progress` in [0, 1] drives the schedules; probing changes nothing but its own result."""
        began = time.perf_counter()
        values, kl_coef = self.values(b), self._kl_coef.at(c)
        found = self._optimal.find(b, values, self.net, c)
        estimates = estimate(b, values, c, found.baseline_t)
        samples = Samples.of(b, estimates, c, progress, kl_coef).with_variate(found.control_variate)
        set_learning_rate(self.optimiser, scheduled(c.learning_rate, c.learning_rate_schedule, progress))
        trace = Trace(estimates, samples, [], [], [], {}, {}, None, _parts(samples, c), {}, [], kl_coef=kl_coef)
        trace.seconds = {"estimate": time.perf_counter() - began, "backward": 0.0, "optimiser": 0.0}
        if self._algorithm.actor_step is not None:
            self._step_actor(b, samples, c, trace, probe_leaks)
        trace.epoch_stopped = self._epochs(b, samples, c, trace, probe_leaks)
        if getattr(c, "kl", "none") == "adaptive_penalty":
            self._kl_coef.adapt(samples.minibatch, self.net, cast(KlControls, c))
        return trace

    def _step_actor(self, b: Batch, samples: Samples, c: OnPolicyControls, trace: Trace, probe_leaks: bool) -> None:
        """The actor's one step on the whole batch, where the algorithm takes it itself."""
        assert self._algorithm.actor_step is not None
        began, everything = time.perf_counter(), torch.arange(len(samples), device=samples.device)
        m = self._prepared(samples.minibatch, everything, b, c)
        losses, tap = self._heard(m, c, trace, probe_leaks)
        backward(losses.total(), self.flat, keep_graph=True)
        self._note_first(trace, tap)
        trace.step = self._algorithm.actor_step(m, losses, self.net, self.flat, c)
        trace.add(m, losses, trace.step.gradient_norm, GradientReport())
        trace.seconds["optimiser"] += time.perf_counter() - began
        self.grad_steps += 1

    def _epochs(self, b: Batch, samples: Samples, c: OnPolicyControls, trace: Trace, probe_leaks: bool) -> int | None:
        """Every step of every epoch; the epoch in which an early stop ended them."""
        for epoch in range(getattr(c, "epochs", 1)):
            if epoch and getattr(c, "recompute_advantage", False):
                samples = samples.estimated(b, estimate(b, self.values(b), c))
            for m, index in self._minibatches(samples, c):
                if not self._step(self._prepared(m, index, b, c), c, trace, probe_leaks and not trace.norms):
                    return epoch
        return None

    def _step(self, m: Minibatch, c: OnPolicyControls, trace: Trace, probe_leaks: bool) -> bool:
        """One step, or False where the KL forbids it; the first is always taken, so that every update has one."""
        began, first = time.perf_counter(), not trace.norms
        if first:
            losses, tap = self._heard(m, c, trace, probe_leaks)
        else:
            losses = self._losses(m, c)
            if too_far(losses, c):
                return False
        report = self._fill(losses, m, c, trace)
        middle = time.perf_counter()
        norm = descend(self.flat, self.optimiser, c.max_grad_norm)
        if first:
            self._note_first(trace, tap)
        trace.add(m, losses, norm, report)
        trace.seconds["backward"] += middle - began
        trace.seconds["optimiser"] += time.perf_counter() - middle
        self.grad_steps += 1
        return True

    def _heard(self, m: Minibatch, c: OnPolicyControls, trace: Trace, probe_leaks: bool) -> tuple[Losses, Tap]:
        """The losses of an update's first step, with a tap on their gates and, where one is due, a probe."""
        tap = Tap()
        with tap.listen():
            losses = self._losses(m, c)
        if self.truth is not None:
            trace.known = self.truth.beside(losses, self.net, c)
        if probe_leaks:
            trace.graph = graph_size(losses.total())
            trace.probe = probe(losses.terms, self.net.groups())
            if losses.score is not None:
                trace.score = probe_score(losses.score, losses.pi, m, self.net)
        if probe_leaks or trace.known:
            tap.forget()
        return losses, tap

    def _fill(self, losses: Losses, m: Minibatch, c: OnPolicyControls, trace: Trace) -> GradientReport:
        """The gradient of this step; an actor that takes its own step has none of it."""
        if self._algorithm.actor_step is None:
            return fill_gradient(losses, m, self.net, self.flat, c, lambda: self._exact(c, trace))
        backward(losses.total() if c.advantage.passes else losses.total("policy", "entropy"), self.flat)
        self.flat.part("actor").zero_()
        return GradientReport()

    def _exact(self, c: OnPolicyControls, trace: Trace) -> Tensor:
        r"""\nabla J [P] at the parameters of now, which the first step of an update knows already."""
        if not trace.norms and trace.known:
            return trace.known.ascent
        if self.truth is None:
            raise ValueError("gradient 'exact' needs a finite MDP, and this run's environment is none.")
        return self.truth.gradient(self.net, c.gamma)[1]

    def _note_first(self, trace: Trace, tap: Tap) -> None:
        trace.pressure = tap.pressure()
        trace.first_gradient = {name: p.grad.clone() for name, p in self.flat.groups.items() if p.grad is not None}

    def _losses(self, m: Minibatch, c: OnPolicyControls) -> Losses:
        with self.net.one_forward():
            return self._algorithm.losses(m, self.net, c)

    def _minibatches(self, samples: Samples, c: OnPolicyControls) -> Iterator[tuple[Minibatch, Tensor]]:
        """Each epoch gathers the shuffled batch once; its minibatches are slices of that, without a copy."""
        parts = _parts(samples, c)
        if parts == 1:
            yield samples.minibatch, torch.arange(len(samples), device=samples.device)
            return
        order = torch.from_numpy(self._streams["minibatch"].permutation(len(samples))).to(samples.device)
        shuffled = samples.take(order)
        for index, part in zip(order.tensor_split(parts), shuffled.split(parts), strict=True):
            yield part, index

    def _prepared(self, m: Minibatch, index: Tensor, b: Batch, c: OnPolicyControls) -> Minibatch:
        """Estimates under the graph where a gate on them passes; another mask, action or normalisation where chosen."""
        changed: dict[str, Any] = {}
        if c.advantage.passes or c.value_target.passes:
            live = estimate(b, self.values.with_graph(b), c)
            changed["advantage"] = Samples.flat(live.advantage_t, b)[index]
            changed["target"] = Samples.flat(live.target_t, b)[index]
        if m.masks and c.dropout_mask != "stored":
            changed["masks"] = () if c.dropout_mask == "off" else tuple(self._redrawn(mask) for mask in m.masks)
        if c.stored_action == "clipped" and isinstance(self.actions, Box):
            low, high = (m.action.new_tensor(bound) for bound in (self.actions.low, self.actions.high))
            changed["action"] = m.action.clamp(low, high)
        if c.norm_at_update == "updated" and b.renormalised_t is not None:
            changed["obs"] = Samples.flat(b.renormalised_t, b)[index]
        if c.advantage_norm == "minibatch":
            changed["advantage"] = normalise(changed.get("advantage", m.advantage), None, c.norm_ddof)
        return dataclasses.replace(m, **changed) if changed else m

    def _redrawn(self, mask: Tensor) -> Tensor:
        keep = 1.0 - self._dropout
        draw = torch.from_numpy(self._streams["dropout"].random(tuple(mask.shape), dtype="float32"))
        return ((draw < keep) / keep).to(mask)

    def state(self) -> dict[str, Any]:
        """Everything a checkpoint needs to go on."""
        parameters, optimiser = self.flat.vector.clone(), self.optimiser.state_dict()
        counted = {"grad_steps": self.grad_steps, "kl_coef": self._kl_coef.state(), "optimal": self._optimal.state()}
        return {"parameters": parameters, "optimiser": optimiser} | counted

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint, in place: everything that shares the parameters' memory goes on seeing them."""
        self.flat.load(state["parameters"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.grad_steps = state["grad_steps"]
        self._kl_coef.restore(state["kl_coef"])
        self._optimal.restore(state["optimal"])


def _parts(samples: Samples, c: OnPolicyControls) -> int:
    """Minibatches per epoch: never more than there are samples."""
    return min(getattr(c, "minibatches", 1), len(samples))
